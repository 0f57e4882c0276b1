/** Passes over data: run a program to its end in short runs, and let everything else run in between. */

import type { Program } from '../engine/program.ts';
import { nextTask } from '../task.ts';
import { nextPace } from './pace.ts';
import type { Logs, Progress } from './progress.ts';

/** How often to report progress, in milliseconds. */
const PROGRESS = 100;
/** How long to run before yielding, in milliseconds. */
const TURN = 12;

/** The context of a pass. */
export interface PassOptions {
  readonly program: Program;
  readonly count: number;
  readonly batchSize: number;
  /** Address of the order of the rows, 0 for none. */
  readonly order?: number;
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
}

let lastTurn = 0;

/** Runs `program` once over `count` rows. */
export async function runPass(options: PassOptions): Promise<PassResult> {
  const {
    program,
    count,
    batchSize,
    order = 0,
    signal,
    most = Number.POSITIVE_INFINITY,
    check,
    free,
    afterRun,
    beforeRun,
    onProgress,
  } = options;
  const steps = Math.ceil(count / batchSize);
  let milliseconds = 0;
  const goOn = (): void => {
    check();
    signal?.throwIfAborted();
  };
  let pace = 1;
  let told = performance.now();
  let step = 0;
  program.begin(count, order);
  while (step < steps) {
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
    const wanted = Math.min(pace, most, limit ?? most);
    const start = performance.now();
    const running = program.run(wanted);
    // awaiting a ready value would cost each run a microtask
    const done = typeof running === 'number' ? running : await running;
    const now = performance.now();
    pace = nextPace(pace, done, now - start);
    milliseconds += now - start;
    step += done;
    if (onProgress !== undefined && (step === steps || limit !== undefined || now - told >= PROGRESS)) {
      told = now;
      await onProgress({ step, steps, rows: program.rows, seconds: milliseconds / 1000, logs: program.logs() });
    }
    if (await afterRun?.(step, program.read('loss') ?? 0)) break;
  }
  return { logs: program.logs(), steps: step, seconds: milliseconds / 1000 };
}
