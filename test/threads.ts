/** What the tests of threads share: runtimes whose workers are there, and the workers themselves. */
import type { Worker } from 'node:worker_threads';
import { type Engine, engineOf } from '../src/engine/runtime.ts';
import { createRuntime } from '../src/index.ts';
import '../src/relaxed.ts';

const host = process.getBuiltinModule('node:worker_threads');

/** Every worker that has been started, oldest first, and those that have ended. */
export const workers: Worker[] = [];
export const left = new Set<Worker>();

const { Worker: Original } = host;
host.Worker = class extends Original {
  constructor(...args: ConstructorParameters<typeof Original>) {
    super(...args);
    workers.push(this);
    this.once('exit', () => left.add(this));
  }
};

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits for `condition`; for things that come when they come. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

/** A runtime that shares out every operation that can be divided, with all of its workers ready. */
export async function threaded(threads: number, patience?: number, simd?: 'relaxed'): Promise<Engine> {
  const engine = engineOf(createRuntime({ threads, maximumMemory: 2 ** 26, ...(simd && { simd }) }));
  engine.threading.grain = 0;
  if (patience !== undefined) engine.threading.patience = patience;
  if (threads > 1) await until(() => engine.threading.crew(threads)?.threads === threads);
  return engine;
}
