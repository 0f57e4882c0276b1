/** The messages of a queue, checked by whoever gets them: anybody who reaches the queue may have written them. They are data; nothing of them is run. */
import { sha256 } from '../../sha256.ts';
import { encodeUtf8 } from '../../utf8.ts';
import { isObject, show } from '../../validate.ts';
import { VERSION } from '../../version.ts';
import { type Job, type Outcome, outcomeIn } from '../job.ts';
import { type Entry, entryFrom, plain } from '../record.ts';
import type { Settings, SettingValue } from '../settings.ts';

/** A job for whoever has the same version and the same data. */
export interface Order {
  /** Version of the package. */
  readonly simdescent: string;
  /** Whatever else decides the results, as its SHA-256 or any other text. */
  readonly about: string;
  readonly job: Job;
  /** Workers that must not compute it. */
  readonly avoid: readonly string[];
}

/** What a worker answers. */
export type Reply = { readonly simdescent: string; readonly worker: string } & (
  | { readonly entry: unknown }
  | { readonly error: string }
);

/** What a worker says while it has an order. */
export type Word =
  | { readonly epoch: number; readonly logs: Readonly<Record<string, number>> }
  /** It computes nothing for this sweep. */
  | { readonly refuses: string }
  /** It is one of those to avoid. */
  | { readonly declines: string };

const LONGEST = 4096;
const MOST_EPOCHS = 1_000_000;
const MOST_NAMES = 10_000;
const MOST_DEPTH = 8;

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST;
const isName = (value: unknown): value is string => isText(value) && value.length <= 256;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isValue = (value: unknown, depth = 0): value is SettingValue =>
  Array.isArray(value)
    ? depth < MOST_DEPTH && value.every((one) => isValue(one, depth + 1))
    : typeof value === 'boolean' || isText(value) || (typeof value === 'number' && Number.isFinite(value));

function settingsFrom(value: unknown): Settings {
  if (!isObject(value) || Array.isArray(value)) throw new TypeError(`expected settings, got ${show(value)}`);
  for (const [name, one] of Object.entries(value)) {
    if (name === '__proto__') throw new TypeError("a setting cannot be named '__proto__'");
    if (!isValue(one)) throw new TypeError(`setting ${show(name)} has no value of a setting: ${show(one)}`);
  }
  return value as Settings;
}

const fields = (what: string, value: unknown): Readonly<Record<string, unknown>> => {
  if (!isObject(value) || Array.isArray(value)) throw new TypeError(`expected ${what}, got ${show(value)}`);
  return value as Readonly<Record<string, unknown>>;
};

/** An order as plain JSON. */
export const orderOf = (job: Job, avoid: readonly string[], about: string): Order => {
  const { trial, settings, epochs, keep, from } = job;
  const plainJob = {
    trial,
    settings,
    epochs,
    keep,
    ...(from && { from: plain(outcomeIn(from)) as unknown as Outcome }),
  };
  return { simdescent: VERSION, about, job: plainJob, avoid: [...new Set(avoid)].sort() };
};

/** The same order has the same id, so a sweep that goes on finds what it ordered before it was killed. `again` counts wrong answers. */
export function idOf({ simdescent, about, job, avoid }: Order, again = 0): string {
  const { trial, settings, epochs, keep, from } = job;
  // not the seconds of `from`: they differ between runs
  const text = JSON.stringify([simdescent, about, trial, settings, epochs, keep, from?.digest, avoid]);
  return `trial-${trial}-${sha256([encodeUtf8(text)]).slice(0, 32)}${again > 0 ? `-${again}` : ''}`;
}

/** Version and `about` of anything, to be compared before the rest is read: other versions may have other orders. */
export function headOf(value: unknown): Pick<Order, 'simdescent' | 'about'> {
  const { simdescent, about } = fields('an order', value);
  if (!isText(simdescent) || !isText(about)) throw new TypeError(`expected an order, got ${show(value)}`);
  return { simdescent, about };
}

/** @throws TypeError for anything that is no order */
export function orderFrom(value: unknown): Order {
  const head = headOf(value);
  const { job, avoid } = fields('an order', value);
  const { trial, settings, epochs, keep, from } = fields('a job', job);
  if (!isCount(trial) || !isCount(epochs) || epochs < 1 || epochs > MOST_EPOCHS || typeof keep !== 'boolean')
    throw new TypeError(`expected a job with trial, epochs and keep, got ${show(job)}`);
  if (!Array.isArray(avoid) || avoid.length > MOST_NAMES || !avoid.every(isText))
    throw new TypeError(`expected names of workers to avoid, got ${show(avoid)}`);
  const checked = settingsFrom(settings);
  const before =
    from === undefined
      ? undefined
      : outcomeIn(entryFrom({ ...fields('a result', from), trial, epochs, settings: checked }));
  return { ...head, job: { trial, settings: checked, epochs, keep, ...(before && { from: before }) }, avoid };
}

/** What a worker found, as plain JSON. */
export const found = ({ trial, epochs, settings }: Job, outcome: Outcome, worker: string): Reply => {
  const entry: Entry = { trial, epochs, settings, ...outcomeIn(outcome), worker };
  return { simdescent: VERSION, worker, entry: plain(entry) };
};

export const failed = (error: string, worker: string): Reply => ({
  ...{ simdescent: VERSION, worker, error: error.slice(0, LONGEST) },
});

/**
 * What a worker found.
 *
 * @returns its outcome, or what went wrong in the trial
 * @throws TypeError for an answer that is none, is about another job, or is of a worker that should not have computed it
 */
export function replyFrom(value: unknown, { job, avoid }: Order): Outcome | { readonly error: string } {
  const { simdescent, worker, entry, error } = fields('an answer', value);
  if (!isName(worker)) throw new TypeError(`expected the name of a worker, got ${show(worker)}`);
  if (simdescent !== VERSION)
    throw new TypeError(`worker ${show(worker)} has simdescent ${show(simdescent)}, and this is ${VERSION}`);
  if (avoid.includes(worker)) throw new TypeError(`worker ${show(worker)} was not to compute it`);
  if (entry === undefined) {
    if (!isText(error)) throw new TypeError(`expected an answer, got ${show(value)}`);
    return { error };
  }
  const read = entryFrom(entry);
  const same = (other: unknown, own: unknown): boolean => JSON.stringify(other) === JSON.stringify(own);
  if (!same([read.trial, read.epochs], [job.trial, job.epochs]) || !same(sorted(read.settings), sorted(job.settings)))
    throw new TypeError(`worker ${show(worker)} answered with another trial, ${read.trial}`);
  return { ...outcomeIn(read), worker };
}

const sorted = (settings: Settings) => Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));

/** Who sent an answer, whatever it is otherwise; undefined if it does not say. */
export function senderOf(value: unknown): string | undefined {
  const worker: unknown = isObject(value) ? Reflect.get(value, 'worker') : undefined;
  return isName(worker) ? worker : undefined;
}

/** What a worker says, or undefined for anything that is not understood. */
export function wordFrom(value: unknown, { job }: Order): Word | undefined {
  if (!isObject(value)) return undefined;
  const { epoch, logs, refuses, declines } = value as Readonly<Record<string, unknown>>;
  if (isText(refuses)) return { refuses };
  if (isText(declines)) return { declines };
  if (!isCount(epoch) || epoch >= job.epochs || !isObject(logs)) return undefined;
  const numbers = Object.entries(logs).filter(([, one]) => typeof one === 'number');
  return { epoch, logs: Object.fromEntries(numbers.slice(0, 100)) as Readonly<Record<string, number>> };
}
