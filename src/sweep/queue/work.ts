/** A worker of a queue: takes orders, has them computed by the hands of its machine, answers. */
import { getBuiltin } from '../../files/modules.ts';
import { isLink } from '../../queue-address.ts';
import {
  checkInteger,
  checkKind,
  checkLabel,
  checkNumber,
  checkOptions,
  checkSignal,
  messageOf,
  shorten,
} from '../../validate.ts';
import { VERSION } from '../../version.ts';
import { failure, type Hands, type Job, type Outcome } from '../job.ts';
import { served } from '../served/receiver.ts';
import { bullmq, checkQueueName } from './bullmq.ts';
import type { Engine, Handle } from './engine.ts';
import { failed, found, headOf, orderFrom } from './orders.ts';

/** Options of {@link work}. */
export interface WorkOptions {
  /** Address of the server: the same as of `queue`, or the `url` of `serve`. */
  readonly url: string;
  /** Name of the queue. Default `'simdescent'`. */
  readonly name?: string;
  /** Compute the trials, as many at a time as their `capacity`. They are closed at the end. */
  readonly hands: Hands;
  /**
   * The same as of `queue`, found out by this worker itself. A function is called when the server has let this worker in, before its first trial: load there what is large.
   * Default `''`.
   */
  readonly about?: string | (() => Promise<string>);
  /** Name of this worker, different from all others. Default: host and process. */
  readonly worker?: string;
  /** Seconds without a sign of life after which others compute its trials. Default 30. */
  readonly lease?: number;
  /** Throws for a job that cannot be computed, like settings that mean nothing: its trial fails. Default: none. */
  readonly check?: (job: Job) => void;
  /** Called before each trial. Default none. */
  readonly onJob?: (job: Job) => void;
  /** Called with what somebody should know. Default none. */
  readonly onNote?: (text: string) => void;
  /** Ends the worker when the trials under way are done. Default none: it works for ever. */
  readonly signal?: AbortSignal;
}

const OPTIONS = ['url', 'name', 'hands', 'about', 'worker', 'lease', 'check', 'onJob', 'onNote', 'signal'];
/** Milliseconds between two words about a trial: of short epochs some are left out. */
const PAUSE = 200;
/** Trials whose checkpoints are kept. */
const KEPT = 64;

/**
 * Computes the trials of sweeps whose hands are a {@link queue}, until the signal is aborted, or of one that {@link serve} serves, until it ends.
 *
 * @throws TypeError or RangeError for wrong options; Error without `bullmq` and the client of the server, if the server cannot be reached, and when a sweep is of another version of this
 * package or has another `about`
 * @category Sweeps
 * @example
 * ```ts no-run
 * import { processes, work } from 'simdescent/sweep';
 * const hands = processes({ module: new URL('./trial.js', import.meta.url) });
 * await work({ url: 'redis://queue.example:6379', name: 'rates', about: 'trial.js 3', hands });
 * ```
 */
export async function work(options: WorkOptions): Promise<void> {
  checkOptions('work', options, OPTIONS);
  const { url, name = 'simdescent', hands, about = '', lease = 30, signal, worker } = options;
  checkQueueName(name);
  checkKind(typeof hands === 'object', 'hands', 'processes or functions that compute trials', hands);
  checkKind(typeof about === 'string' || typeof about === 'function', 'about', 'text or a function', about);
  if (worker !== undefined) checkLabel('worker', worker);
  checkNumber('lease', lease, 1, 86_400);
  checkSignal(signal);
  try {
    await workWith(isLink(url) ? served(url) : bullmq(url, name), { ...options, lease });
  } finally {
    await hands.close();
  }
}

function nameOfProcess(): string {
  const builtin = getBuiltin();
  // what serves a sweep names its guests itself
  if (builtin === undefined) return 'page';
  return `${builtin('node:os').hostname()}/${process.pid}-${Math.floor(Date.now() / 1000).toString(36)}`;
}

export async function workWith(engine: Engine, options: Omit<WorkOptions, 'url' | 'name'>): Promise<void> {
  const { hands, worker = nameOfProcess(), lease = 30, onJob, onNote, signal } = options;
  checkInteger('the capacity of hands', hands.capacity, 1);
  let refuse: (error: Error) => void = () => undefined;
  let finish: () => void = () => undefined;
  const refused = new Promise<void>((resolve, reject) => {
    finish = resolve;
    refuse = reject;
  });
  refused.catch(() => undefined);
  let about = '';
  const latest = new Set<number>();
  let ended = false;
  const handle: Handle = async (value, say, unwanted) => {
    const giveBack = undefined;
    if (ended) return giveBack;
    try {
      const wrong = whyNot(headOf(value), about);
      if (wrong !== undefined) {
        ended = true;
        say({ refuses: `worker ${worker} is refused: ${wrong}` });
        refuse(new Error(wrong));
        return giveBack;
      }
      const { job, avoid } = orderFrom(value);
      if (avoid.includes(worker)) {
        say({ declines: worker });
        return giveBack;
      }
      const reply = (outcome: Outcome) => found(job, outcome, worker);
      try {
        options.check?.(job);
      } catch (error) {
        return reply(failure(error, worker));
      }
      onJob?.(job);
      if (job.keep) keepLatest(latest, job.trial, hands);
      let said = Number.NEGATIVE_INFINITY;
      const onEpoch = (epoch: number, logs: Readonly<Record<string, number>>) => {
        if (performance.now() - said < PAUSE) return;
        said = performance.now();
        say({ epoch, logs });
      };
      // a signal for each: Node warns of many listeners
      const { signal: never } = new AbortController();
      return reply(await hands.compute(job, { signal: unwanted ?? never, avoid: [], onEpoch }));
    } catch (error) {
      // hands may end what they compute with the worker
      if (unwanted?.aborted || (signal?.aborted && error === signal.reason)) return giveBack;
      const why = messageOf(error);
      onNote?.(why);
      return failed(why, worker);
    }
  };
  const receiver = await engine.receive({
    ...{ concurrency: hands.capacity, lease, handle },
    async ready() {
      const { about: given = '' } = options;
      about = typeof given === 'string' ? given : await given();
    },
    back: () => onNote?.('the queue is there again'),
    away: (why) => onNote?.(why),
    end(error) {
      ended = true;
      if (error === undefined) finish();
      else refuse(error);
    },
  });
  try {
    await Promise.race([
      refused,
      new Promise<void>((resolve) => {
        if (signal?.aborted) resolve();
        signal?.addEventListener('abort', () => resolve());
      }),
    ]);
  } finally {
    await receiver.close();
  }
}

/** Why this worker cannot compute an order. */
function whyNot(order: { readonly simdescent: string; readonly about: string }, about: string): string | undefined {
  if (order.simdescent !== VERSION)
    return `the sweep is of simdescent ${shorten(order.simdescent)}, and this is ${VERSION}, which may give other bits: npm install simdescent@${shorten(order.simdescent)}`;
  if (order.about !== about) return `the sweep is about '${shorten(order.about)}', and this worker about '${about}'`;
  return undefined;
}

/** Checkpoints are a cache: those of the trials that were computed last are kept. */
function keepLatest(latest: Set<number>, trial: number, hands: Hands): void {
  latest.delete(trial);
  latest.add(trial);
  const [oldest] = latest;
  if (latest.size <= KEPT || oldest === undefined) return;
  latest.delete(oldest);
  hands.forget?.([oldest]);
}
