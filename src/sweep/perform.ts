/** Computes a job with a function of the user, from a checkpoint where there is one. */
import type { Callback, Logs, Model } from '../index.ts';
import { jsonNumber } from '../json-numbers.ts';
import { sha256 } from '../sha256.ts';
import { encodeUtf8 } from '../utf8.ts';
import { checkKind, isObject } from '../validate.ts';
import { checkOutcome, failure, type Job, type Outcome } from './job.ts';
import type { Settings } from './settings.ts';

/** What a `run` function gets. */
export interface Task<S = Settings> {
  /** Number of the trial, from 0. Nothing random should depend on it: only on the settings. */
  readonly trial: number;
  /** Its settings. */
  readonly settings: S;
  /** Epochs that the trial has had when `run` is done. */
  readonly epochs: number;
  /** Epochs that are in `checkpoint`; 0 without one. */
  readonly initialEpoch: number;
  /** What `run` returned as `checkpoint` after `initialEpoch` epochs of this trial; undefined at its beginning, or where it has been lost. */
  readonly checkpoint: Uint8Array | undefined;
  /** Whether a later call may go on from here, so that a checkpoint is worth returning. */
  readonly keep: boolean;
  /** Aborted when the result is no longer wanted. */
  readonly signal: AbortSignal;
  /** Options to spread into `fit`: epochs, the signal, and a callback that records the history and the digest of the weights after each epoch. */
  readonly fit: {
    /** The same as in the task. */
    readonly epochs: number;
    /** The same as in the task. */
    readonly initialEpoch: number;
    /** The same as in the task. */
    readonly signal: AbortSignal;
    /** Records the training. */
    readonly callbacks: readonly Callback[];
  };
}

/** What a `run` function gives beside what `task.fit` has recorded. */
export interface RunResult {
  /** One number an epoch for each key, of the epochs after `initialEpoch`. Default: what the callback of `task.fit` has recorded. */
  readonly history?: Readonly<Record<string, readonly number[]>>;
  /** SHA-256 of the result. Default: that of the weights after the last epoch; without `task.fit` that of the history. */
  readonly digest?: string;
  /** What a later call goes on from: `await model.save()`. Default none: later calls begin at the beginning, with the same result. */
  readonly checkpoint?: Uint8Array | undefined;
}

/** Computes a trial: a function of the settings and epochs alone. A number is the value of the objective. If it throws, the trial has failed, and the sweep goes on without it. */
export type Run<S = Settings> = (task: Task<S>) => RunOutput | Promise<RunOutput>;

/** What a `run` function may return; nothing where `task.fit` has recorded all. */
export type RunOutput = RunResult | number | undefined;

/** Keeps checkpoints; whatever it has lost is computed again. */
export interface Store {
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes all whose names begin so. */
  remove(prefix: string): Promise<void>;
}

/** A checkpoint is found by the trial and by what it came to, so that one of another computation is never taken. */
const checkpointOf = (trial: number, digest: string): string => `trial-${trial}-${digest.slice(0, 32)}.checkpoint`;
export const checkpointsOf = (trial: number): string => `trial-${trial}-`;

export function digestOfHistory(history: Outcome['history']): string {
  const entries = Object.entries(history).map(([key, values]) => [key, values.map(jsonNumber)]);
  return sha256([encodeUtf8(JSON.stringify(entries))]);
}

export interface PerformOptions {
  readonly key: string;
  readonly worker: string;
  readonly signal: AbortSignal;
  readonly store: Store | undefined;
  onEpoch(epoch: number, logs: Logs): void;
}

/** Records what `fit` does. */
class Watch implements Callback {
  readonly history: Record<string, number[]> = {};
  readonly digests: string[] = [];
  readonly seconds: number[] = [];
  readonly #onEpoch: PerformOptions['onEpoch'];
  readonly #begins: string | undefined;
  #model: Model | undefined;
  #begun = 0;

  /** @param begins the digest of the weights that the training must begin with */
  constructor(onEpoch: PerformOptions['onEpoch'], begins: string | undefined) {
    this.#onEpoch = onEpoch;
    this.#begins = begins;
  }

  setModel(model: Model): void {
    this.#model = model;
  }

  async onTrainBegin(): Promise<void> {
    if (this.#begins !== undefined && (await this.#model?.digest()) !== this.#begins)
      throw new Error('the training does not go on from the weights of its checkpoint');
  }

  onEpochBegin(): void {
    this.#begun = performance.now();
  }

  async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    for (const key of Object.keys(logs).sort()) {
      this.history[key] ??= [];
      this.history[key].push(logs[key] ?? Number.NaN);
    }
    if (this.#model !== undefined) this.digests.push(await this.#model.digest());
    this.seconds.push((performance.now() - this.#begun) / 1000);
    this.#onEpoch(epoch, logs);
  }
}

/** What came of a job, also if `run` throws. @throws the signal's reason */
export async function perform(run: Run, job: Job, options: PerformOptions): Promise<Outcome> {
  try {
    return await compute(run, job, options);
  } catch (error) {
    options.signal.throwIfAborted();
    return failure(error, options.worker);
  }
}

/** @throws whatever `run` throws; TypeError or RangeError for a result that does not fit */
export async function compute(run: Run, job: Job, options: PerformOptions): Promise<Outcome> {
  const { trial, from } = job;
  const { signal, store } = options;
  const checkpoint = from && (await store?.get(checkpointOf(trial, from.digest)).catch(() => undefined));
  if (checkpoint === undefined) return train(run, job, undefined, options);
  try {
    return await train(run, job, checkpoint, options);
  } catch {
    // perhaps the checkpoint is damaged; from the beginning the result is the same, or the same error
    signal.throwIfAborted();
    await store?.remove(checkpointOf(trial, from?.digest ?? '')).catch(() => undefined);
    return train(run, job, undefined, options);
  }
}

async function train(
  run: Run,
  job: Job,
  checkpoint: Uint8Array | undefined,
  { key, worker, signal, store, onEpoch }: PerformOptions,
): Promise<Outcome> {
  const { trial, settings, epochs, from, keep } = job;
  const before = checkpoint === undefined ? undefined : from;
  const initialEpoch = before?.seconds.length ?? 0;
  const watch = new Watch(onEpoch, before?.digests.at(-1));
  const fit = { epochs, initialEpoch, signal, callbacks: [watch] };
  const begun = performance.now();
  const returned = await run({ trial, settings, epochs, initialEpoch, checkpoint, keep, signal, fit });
  signal.throwIfAborted();
  const took = (performance.now() - begun) / 1000;
  const outcome = joined(before, watch, took, returned, key, worker);
  checkOutcome(outcome, job);
  const saved = isObject(returned) ? returned.checkpoint : undefined;
  // a checkpoint that cannot be kept costs time, no result
  if (keep && saved !== undefined) await store?.put(checkpointOf(trial, outcome.digest), saved).catch(() => undefined);
  return outcome;
}

function joined(
  before: Outcome | undefined,
  watch: Watch,
  took: number,
  returned: RunOutput,
  key: string,
  worker: string,
): Outcome {
  if (typeof returned === 'number') {
    // the value after all epochs: the same with and without a checkpoint
    const history = { [key]: [returned] };
    return { history, digests: [], digest: digestOfHistory(history), seconds: [took], worker };
  }
  checkKind(
    returned === undefined || isObject(returned),
    'the result of run',
    'an object, a number or undefined',
    returned,
  );
  const result: RunResult = returned ?? {};
  const now = result.history ?? watch.history;
  const count = Object.values(now)[0]?.length ?? 0;
  const all = <T>(earlier: readonly T[] | undefined, later: readonly T[]): T[] => [...(earlier ?? []), ...later];
  const history = Object.fromEntries(
    Object.entries(now).map(([name, values]) => [name, all(before?.history[name], values)]),
  );
  const known = watch.digests.length === count && (before === undefined || before.digests.length > 0);
  const digests = known ? all(before?.digests, watch.digests) : [];
  const seconds = watch.seconds.length === count ? watch.seconds : Array<number>(count).fill(took / count);
  return {
    ...{ history, digests, worker },
    digest: result.digest ?? digests.at(-1) ?? digestOfHistory(history),
    seconds: all(before?.seconds, seconds),
  };
}
