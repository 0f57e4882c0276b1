/** What the journal and the result of a sweep hold, as plain JSON: numbers that are not finite are text there. */
import { jsonNumber, numberFrom } from '../json-numbers.ts';
import { isObject, show } from '../validate.ts';
import { checkOutcome, type Job, type Outcome } from './job.ts';

/** A result in the journal. */
export interface Entry extends Outcome {
  readonly trial: number;
  readonly epochs: number;
  readonly settings: Job['settings'];
  /** Who computed it a second time, with the same result. */
  readonly verified?: string;
}

/** A worker whose results do not count. */
export interface Retraction {
  readonly retract: string;
  readonly reason: string;
}

const mapped = <T, U>(history: Readonly<Record<string, readonly T[]>>, to: (value: T) => U) =>
  Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values.map(to)]));

export const plain = <T extends Outcome>(entry: T) => ({ ...entry, history: mapped(entry.history, jsonNumber) });

/** An entry as it was before {@link plain}. @throws TypeError for anything that no sweep has written */
export function entryFrom(value: unknown): Entry {
  if (!isObject(value)) throw new TypeError(`expected a trial, got ${show(value)}`);
  const { trial, epochs, settings, history, verified } = value as Record<keyof Entry, unknown>;
  const isCount = (one: unknown): one is number => Number.isSafeInteger(one) && Number(one) >= 0;
  if (!isCount(trial) || !isCount(epochs) || !isObject(settings))
    throw new TypeError(`expected a trial with its settings and epochs, got ${show(value)}`);
  if (verified !== undefined && typeof verified !== 'string')
    throw new TypeError(`trial ${trial}: expected the name of a worker, got ${show(verified)}`);
  const numbers = (list: unknown): unknown => (Array.isArray(list) ? list.map((one) => numberFrom(one) ?? one) : list);
  const read = isObject(history)
    ? Object.fromEntries(Object.entries(history).map(([key, list]) => [key, numbers(list)]))
    : history;
  const outcome: unknown = { ...value, history: read };
  checkOutcome(outcome, { trial, epochs });
  return outcome as Entry;
}
