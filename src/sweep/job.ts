/** What a sweep asks to be computed, what comes back, and who computes it. */
import { isObject, messageOf, show } from '../validate.ts';
import type { Settings } from './settings.ts';

/** One trial, to be trained up to a number of epochs. Its result is a function of `settings` and `epochs` alone. */
export interface Job {
  /** Number of the trial, from 0. */
  readonly trial: number;
  /** Its settings. */
  readonly settings: Settings;
  /** Epochs that it has when the job is done. */
  readonly epochs: number;
  /** What an earlier job of this trial found, after fewer epochs. Whoever still has its checkpoint may go on from there. Default none. */
  readonly from?: Outcome;
  /** Whether a later job may go on from here, so that a checkpoint is worth keeping. */
  readonly keep: boolean;
}

/**
 * What a trial came to. Times depend on the machine; everything else is a function of the settings. One that failed has empty lists, and no history.
 */
export interface Outcome {
  /** One number an epoch for each key, from the first epoch of the trial; fewer than the epochs of the job if the training ended early. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** SHA-256 of the weights after each epoch, where they are known: a list of the same length, or an empty one. */
  readonly digests: readonly string[];
  /** SHA-256 of the weights at the end, or of the history where there are none; `''` if the trial failed. */
  readonly digest: string;
  /** Wall-clock seconds of each epoch. */
  readonly seconds: readonly number[];
  /** Who computed the last epoch. */
  readonly worker: string;
  /** What the training threw, or how it ended its process. It counts as a result: the search goes on without the trial. Default none: the trial did not fail. */
  readonly failed?: string;
}

/** What a sweep gives along with a job. */
export interface ComputeOptions {
  /** Aborted when the result is no longer wanted. */
  readonly signal: AbortSignal;
  /** Workers that must not compute it: they have computed it already. */
  readonly avoid: readonly string[];
  /** Called after each epoch, counted from 0. It may be left out, and an epoch may come twice if a worker died. */
  onEpoch(epoch: number, logs: Readonly<Record<string, number>>): void;
}

/**
 * Whoever computes jobs: functions in this program, processes of this machine, a queue that workers of other machines read. A sweep decides which jobs there
 * are and keeps their results; hands only compute.
 */
export interface Hands {
  /** Chooses the trials to verify, where workers could work out from the seed of the search which ones these are. Default: that seed. */
  readonly secret?: number;
  /** Jobs that may be under way at a time. It is read before each job, so it may change. */
  readonly capacity: number;
  /**
   * Computes a job. A worker that ends on the way is no error: another one computes the job again.
   *
   * @throws Error that no other worker could avoid; the signal's reason after an abort
   */
  compute(job: Job, options: ComputeOptions): Promise<Outcome>;
  /** Never gives a job to this worker again: its results were wrong. */
  dismiss(worker: string, reason: string): void;
  /** Trials that will not go on: their checkpoints are not needed. */
  forget?(trials: readonly number[]): void;
  /** Ends the workers. */
  close(): Promise<void>;
}

const HEX = /^[0-9a-f]{64}$/;
/** More keys than any history has. */
const MOST_KEYS = 1000;

/** Characters of a message that are kept. */
const MOST_MESSAGE = 1000;

const isList = (value: unknown, length: number, fits: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === length && value.every(fits);
const isNumber = (value: unknown): boolean => typeof value === 'number';
/** JSON has no others: the journal could not be read again. */
const isDuration = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;

/** Checks what a worker sent: it may be broken, of another version, or a liar. */
export function checkOutcome(
  value: unknown,
  { trial, epochs }: Pick<Job, 'trial' | 'epochs'>,
): asserts value is Outcome {
  const wrong = (what: string, got: unknown): never => {
    throw new TypeError(`trial ${trial}: expected ${what}, got ${show(got)}`);
  };
  if (!isObject(value)) return wrong('a result', value);
  const { history, digests, digest, seconds, worker, failed } = value as Partial<Record<keyof Outcome, unknown>>;
  if (typeof worker !== 'string' || worker.length > 256) return wrong('the name of a worker', worker);
  if (!isObject(history) || Array.isArray(history)) return wrong('a history', history);
  const keys = Object.keys(history);
  if (failed !== undefined) {
    if (typeof failed !== 'string' || failed.length > MOST_MESSAGE) return wrong('why the trial failed', failed);
    const isEmpty = keys.length === 0 && digest === '' && isList(digests, 0, isNumber) && isList(seconds, 0, isNumber);
    return isEmpty ? undefined : wrong('no numbers of a trial that failed', value);
  }
  if (keys.length === 0 || keys.length > MOST_KEYS) return wrong('a history with keys', history);
  const { length } = Object(Reflect.get(history, keys[0] ?? '')) as { length: unknown };
  if (typeof length !== 'number' || length < 1 || length > epochs)
    return wrong(`a history of 1 to ${epochs} epochs`, length);
  for (const key of keys)
    if (!isList(Reflect.get(history, key), length, isNumber))
      return wrong(`${length} numbers of ${show(key)}`, Reflect.get(history, key));
  if (!isList(seconds, length, isDuration)) return wrong(`seconds of ${length} epochs`, seconds);
  const isDigest = (one: unknown): boolean => typeof one === 'string' && HEX.test(one);
  const count = Array.isArray(digests) && digests.length === 0 ? 0 : length;
  if (!isList(digests, count, isDigest)) return wrong(`digests of ${length} epochs`, digests);
  if (!isDigest(digest)) return wrong('a digest', digest);
}

/** An outcome without what else an object has. */
export const outcomeIn = ({ history, digests, digest, seconds, worker, failed }: Outcome): Outcome => ({
  ...{ history, digests, digest, seconds, worker },
  ...(failed !== undefined && { failed }),
});

/** What came of a trial that failed. */
export const failure = (why: unknown, worker: string): Outcome => ({
  ...{ history: {}, digests: [], digest: '', seconds: [], worker },
  failed: (messageOf(why) || String(why)).slice(0, MOST_MESSAGE),
});

/** A trial in a message: its number and settings. */
export const describeTrial = ({ trial, settings }: Pick<Job, 'trial' | 'settings'>): string =>
  `trial ${trial} (${Object.entries(settings)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(',') : value}`)
    .join(', ')})`;
