/** Recomputes a trial of a result that somebody has published. */
import { numberFrom } from '../json-numbers.ts';
import { checkInteger, checkKind, checkOptions, checkSignal, isObject, show } from '../validate.ts';
import type { Job } from './job.ts';
import { compute, perform, type Run } from './perform.ts';
import { type Entry, entryFrom } from './record.ts';
import { digestOfTrials } from './search.ts';
import type { Settings } from './settings.ts';
import { firstDifference } from './verify.ts';

/** Options of {@link verify}. */
export interface VerifyOptions<S = Settings> {
  /** Computes a trial. */
  readonly run: Run<S>;
  /** Number of the trial to compute. Default: the best one, or the first if the result names none. */
  readonly trial?: number;
  /** Called after each epoch, counted from 0. Default none. */
  readonly onEpoch?: (epoch: number, logs: Readonly<Record<string, number>>) => void;
  /** Stops it: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** What {@link verify} found. */
export interface Verification {
  /** Number of the trial. */
  readonly trial: number;
  /** Its settings. */
  readonly settings: Job['settings'];
  /** Epochs that it was trained for. */
  readonly epochs: number;
  /** Whether history and digests are the same, epoch by epoch. */
  readonly same: boolean;
  /** The first epoch that differs, counted from 0; undefined if none does. */
  readonly firstDifference: number | undefined;
  /** Digest of the trial as it was published, and as it was computed now. */
  readonly digests: readonly [published: string, computed: string];
  /** Whether the digest of the whole result is that of its trials. */
  readonly whole: boolean;
}

/**
 * Computes one trial of a published result again, and compares it epoch by epoch.
 *
 * @param result what `sweep` resolved with, or the same read from a file: `objective`, `trials` and `digest`
 * @throws TypeError or RangeError for what is no result of a sweep, before anything runs; whatever `run` throws, unless the trial failed when it was published; the signal's reason
 * @category Sweeps
 * @example
 * ```ts
 * import { sweep, verify } from 'simdescent/sweep';
 * const run = ({ settings }: { settings: { readonly x?: unknown } }) => Number(settings.x) ** 2;
 * const published = JSON.stringify(await sweep({ space: { x: [1, 2] }, objective: 'loss', run }));
 * const { same, whole } = await verify(JSON.parse(published), { run, trial: 1 });
 * console.log(same, whole); // true true
 * ```
 */
export async function verify<S = Settings>(result: unknown, options: VerifyOptions<S>): Promise<Verification> {
  checkOptions('verify', options, ['run', 'trial', 'onEpoch', 'signal']);
  const { run, onEpoch, signal = new AbortController().signal } = options;
  checkKind(typeof run === 'function', 'run', 'a function', run);
  checkSignal(signal);
  const { trials, key, digest, best } = resultFrom(result);
  const { trial = best ?? trials[0]?.trial ?? 0 } = options;
  checkInteger('trial', trial, 0);
  const published = trials.find((one) => one.trial === trial);
  if (published === undefined)
    throw new RangeError(`trial must be one of the result's ${trials.length} trials, got ${trial}`);
  const { settings, epochs } = published;
  // an error is no difference, unless the trial is said to have failed
  const computed = await (published.failed === undefined ? compute : perform)(
    run as Run,
    { trial, settings, epochs, keep: false },
    {
      ...{ key, worker: 'verify', signal, store: undefined },
      onEpoch: (epoch, logs) => onEpoch?.(epoch, logs),
    },
  );
  const differs = firstDifference(published, computed);
  return {
    ...{ trial, settings, epochs, same: differs === undefined, firstDifference: differs },
    digests: [published.digest, computed.digest],
    whole: (await digestOfTrials(trials)) === digest,
  };
}

/** @throws TypeError or RangeError for anything that is not what a sweep found */
function resultFrom(value: unknown) {
  checkKind(isObject(value), 'the result', 'an object with objective, trials and digest', value);
  const { objective, trials, digest, best } = value as Readonly<Record<string, unknown>>;
  checkKind(isObject(objective), 'the objective of the result', 'an object with a key', objective);
  const key: unknown = Reflect.get(objective, 'key');
  checkKind(typeof key === 'string', 'the key of the objective', 'a string', key);
  checkKind(Array.isArray(trials) && trials.length > 0, 'the trials of the result', 'a list', trials);
  const read = trials.map((one: unknown): Entry => entryFrom(one)).sort((a, b) => a.trial - b.trial);
  const twice = read.find(({ trial }, i) => read[i + 1]?.trial === trial);
  if (twice !== undefined) throw new RangeError(`the result has trial ${twice.trial} twice`);
  // the whole trial, as `sweep` gives it, or its number, as the file has it
  const chosen: unknown = isObject(best) ? Reflect.get(best, 'trial') : best;
  if (chosen !== undefined && chosen !== null && numberFrom(chosen) === undefined)
    throw new TypeError(`the best trial of the result must be a number, got ${show(chosen)}`);
  return { trials: read, key, digest, best: typeof chosen === 'number' ? chosen : undefined };
}
