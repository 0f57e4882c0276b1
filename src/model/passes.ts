/** Passes over data: run a program to its end in short runs, and let everything else run in between. */

import { nextTask } from '../task.ts';
import type { Feed } from './feed.ts';
import { nextPace } from './pace.ts';
import type { Logs, Progress } from './progress.ts';

/** How often to report progress, in milliseconds. */
const PROGRESS = 100;
/** How long to run before yielding, in milliseconds. */
const TURN = 12;

/** The context of a pass. */
export interface PassOptions {
  readonly feed: Feed;
  /** The epoch that the pass belongs to. Default 0. */
  readonly epoch?: number;
  readonly signal?: AbortSignal | undefined;
  /** Most steps of one run. */
  readonly most?: number | undefined;
  /** Throws if the model is gone; called after every yield. */
  readonly check: () => void;
  /** What the next run must await, if anything. */
  readonly free?: (() => Promise<void> | undefined) | undefined;
  /** After every run, with the mean of the loss so far; returns true to end the pass. */
  readonly afterRun?: ((step: number, loss: number) => boolean | Promise<boolean>) | undefined;
  /** Before every run; may return how many steps it may take at most, 0 to end the pass. */
  readonly beforeRun?: ((step: number) => number | undefined | Promise<number | undefined>) | undefined;
  readonly onProgress?:
    | ((progress: Pick<Progress, 'step' | 'steps' | 'rows' | 'seconds' | 'logs'>) => Promise<void>)
    | undefined;
}

/** The means of the pass and the seconds of its steps. */
export interface PassResult {
  readonly logs: Logs;
  readonly steps: number;
  readonly seconds: number;
  /** Whether all batches were used. */
  readonly complete: boolean;
}

let lastTurn = 0;

/** Runs a program once over the batches of `feed`. */
export async function runPass(options: PassOptions): Promise<PassResult> {
  const {
    feed,
    epoch = 0,
    signal,
    most = Number.POSITIVE_INFINITY,
    check,
    free,
    afterRun,
    beforeRun,
    onProgress,
  } = options;
  const { steps } = feed;
  let milliseconds = 0;
  const goOn = (): void => {
    check();
    signal?.throwIfAborted();
  };
  let pace = 1;
  let step = 0;
  let told = performance.now();
  let toldStep = 0;
  const tell = async (): Promise<void> => {
    told = performance.now();
    toldStep = step;
    await onProgress?.({ step, steps, rows: feed.rows, seconds: milliseconds / 1000, logs: feed.program.logs() });
  };
  const begun = feed.begin(epoch);
  if (begun !== undefined) await begun;
  while (true) {
    const next = feed.ready();
    const available = typeof next === 'number' ? next : await next;
    if (available === 0) break;
    if (performance.now() - lastTurn >= TURN) {
      await nextTask();
      lastTurn = performance.now();
    }
    goOn();
    let limit: number | undefined;
    if (beforeRun !== undefined) {
      limit = await beforeRun(step);
      // a yield may have disposed of the model, whose memory the next step would write to, or have aborted
      goOn();
      if (limit === 0) break;
    }
    const freed = free?.();
    if (freed !== undefined) {
      await freed;
      goOn();
    }
    const wanted = Math.min(pace, most, limit ?? most, available);
    const { program } = feed;
    const start = performance.now();
    const running = program.run(wanted);
    // awaiting a ready value would cost each run a microtask
    const done = typeof running === 'number' ? running : await running;
    const now = performance.now();
    pace = nextPace(pace, done, now - start);
    milliseconds += now - start;
    step += done;
    feed.ran(done);
    if (onProgress !== undefined && (feed.ended || limit !== undefined || now - told >= PROGRESS)) await tell();
    if (await afterRun?.(step, program.read('loss') ?? 0)) break;
  }
  // a stream may end only after its last batch
  if (onProgress !== undefined && feed.ended && toldStep !== step) await tell();
  return { logs: feed.program.logs(), steps: step, seconds: milliseconds / 1000, complete: feed.ended };
}
