/** A crew: the calling thread and the workers that take shares of its operations (assembly/sync.ts). */
import * as at from '../../assembly/control.ts';
import { nextTask } from '../task.ts';
import type { Machine } from './machine.ts';
import type { Scope } from './memory.ts';
import { type Hand, maySleep, processors, startWorker } from './worker.ts';

/**
 * How often a thread looks before it goes to sleep, for some 0.1 ms: shares of one operation differ by tens of microseconds, and a
 * wake-up costs 50 to 70. The step of 784-300-100-10 at batch 32 on two threads took 0.94 ms with 20,000 looks, 0.68 with 100,000 and
 * 0.67 with 300,000 (Node 20, two cores). With more threads than processors, the awaited thread may need this one's processor.
 */
const SPINS = 100_000;
const FEW_SPINS = 50;
/** The same for a calling thread that must not sleep, before it lets events run: some 10 ms. */
const MANY_SPINS = 5_000_000;

export class Crew {
  /** A run has not finished, and its memory may still be written to. */
  busy = false;
  /** The core of all its workers. */
  readonly module: WebAssembly.Module;
  readonly #engine: Machine;
  readonly #scope: Scope;
  readonly #control: number;
  readonly #words: Int32Array;
  readonly #hands: Hand[] = [];
  #dismissed: Promise<void> | undefined;

  /** `patience`: milliseconds that the calling thread sleeps, where it may, before it looks whether the others are alive. */
  constructor(engine: Machine, patience: number) {
    this.#engine = engine;
    this.module = engine.module;
    this.#scope = engine.scope();
    this.#control = this.#scope.allocate(at.CONTROL_BYTES);
    this.#words = engine.i32(this.#control, at.CONTROL_BYTES / 4);
    if (maySleep(this.#words)) this.#words[at.AT_PATIENCE / 4] = patience * 1e6;
    this.#spin(1);
  }

  /** Threads that are ready: this one and the workers that have reported. */
  get threads(): number {
    let threads = 1;
    while (threads <= this.#hands.length && this.#state(threads) === at.WORKING) threads++;
    return threads;
  }

  /** Why a worker has ended, if one has. The crew is then useless. */
  get lost(): Error | undefined {
    if (this.#dismissed !== undefined) return new Error('the crew has been dismissed');
    return this.#hands.find(({ lost }) => lost !== undefined)?.lost;
  }

  /** A worker ended before it began, because the host refuses it. */
  get refused(): boolean {
    return this.#hands.some(({ lost }, i) => lost !== undefined && this.#state(i + 1) === at.NEW);
  }

  /** Starts workers until there are `threads`; they take some time to get ready. Throws where the host or the memory refuses. */
  grow(threads: number): void {
    for (let thread = this.#hands.length + 1; thread < threads; thread++) {
      const { core, reservation } = this.#engine.parts;
      const { memory } = reservation;
      const { module } = this;
      const scratch = this.#scope.allocate(core.gemmScratchBytes());
      this.#spin(thread + 1);
      this.#hands.push(startWorker({ module, memory, control: this.#control, scratch, thread }));
    }
  }

  /** Runs a program (`run` in assembly/program.ts) on at most `threads` threads. */
  run(program: number, steps: number, threads: number): number {
    return this.#engine.core.run(program, steps, this.#control, Math.min(threads, this.threads));
  }

  /** Continues a run that was UNFINISHED. */
  resume(): number {
    return this.#engine.core.resume(this.#control);
  }

  /** Lets all workers finish their shares, ends them and frees what they used. Resolves when no worker touches the memory any more. */
  dismiss(): Promise<void> {
    this.#dismissed ??= this.#dismiss();
    return this.#dismissed;
  }

  async #dismiss(): Promise<void> {
    const words = this.#words;
    Atomics.store(words, at.AT_STOP / 4, 1);
    // changes both words that a worker may be waiting for
    for (const word of [at.AT_RUN / 4, at.AT_PHASE / 4]) {
      Atomics.add(words, word, 1 << 8);
      Atomics.notify(words, word);
    }
    while (this.#hands.some(({ gone }, i) => !gone && this.#state(i + 1) === at.WORKING)) await nextTask();
    // a worker that has left does not look at the control block again
    const left = this.#hands.map((_, i) => this.#state(i + 1) === at.LEFT);
    const ends = this.#hands.splice(0).map((hand) => hand.end());
    // a memory that goes as a whole is not kept for as long as they take
    if (this.#engine.disposed) return;
    await Promise.all(ends.filter((_, i) => !left[i]));
    this.#scope.dispose();
  }

  #state(thread: number): number {
    return Atomics.load(this.#words, at.AT_STATES / 4 + thread);
  }

  #spin(threads: number): void {
    const spins = threads <= processors() ? SPINS : FEW_SPINS;
    this.#words[at.AT_WORKER_SPINS / 4] = spins;
    this.#words[at.AT_SPINS / 4] = this.#words[at.AT_PATIENCE / 4] === 0 ? MANY_SPINS : spins;
  }
}
