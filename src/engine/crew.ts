/** A crew: the calling thread and the workers that take shares of its operations (assembly/sync.ts). */
import * as at from '../../assembly/control.ts';
import type { Engine } from './runtime.ts';
import { nextTask } from './task.ts';
import { type Hand, maySleep, processors, startWorker } from './worker.ts';

/**
 * Loads before a thread goes to sleep, some 0.1 ms: shares of one operation differ by tens of microseconds, and each wake-up costs
 * 50 to 70. The step of 784-300-100-10 at batch 32 took 0.94 ms with 20,000 loads and two threads, 0.68 with 100,000 and 0.67 with
 * 300,000 (Node 20, two cores). Where threads outnumber processors the one that is waited for may need this one's processor.
 */
const SPINS = 100_000;
const FEW_SPINS = 50;
/** Of a calling thread that must not sleep, before it lets others have their turn: some 10 ms. */
const MANY_SPINS = 5_000_000;

export class Crew {
  /** A run has not finished, and its memory may still be written to. */
  busy = false;
  readonly #engine: Engine;
  readonly #memory: WebAssembly.Memory;
  readonly #control: number;
  readonly #words: Int32Array;
  readonly #hands: Hand[] = [];
  readonly #blocks: number[] = [];
  #dismissed: Promise<void> | undefined;

  /** `patience`: milliseconds that the calling thread sleeps, where it may, before it looks whether the others are alive. */
  constructor(engine: Engine, memory: WebAssembly.Memory, patience: number) {
    this.#engine = engine;
    this.#memory = memory;
    this.#control = engine.arena.allocate(at.CONTROL_BYTES);
    this.#blocks.push(this.#control);
    this.#words = engine.i32(this.#control, at.CONTROL_BYTES / 4);
    if (maySleep()) this.#words[at.AT_PATIENCE / 4] = patience * 1e6;
    this.#spin(1);
  }

  /** Threads that can be relied on now: this one and the workers that have reported. */
  get threads(): number {
    let threads = 1;
    while (threads <= this.#hands.length && this.#state(threads) === at.WORKING) threads++;
    return threads;
  }

  /** Why a worker has ended, if one has. A crew that has lost one is of no more use. */
  get lost(): Error | undefined {
    if (this.#dismissed !== undefined) return new Error('the crew has been dismissed');
    return this.#hands.find(({ lost }) => lost !== undefined)?.lost;
  }

  /** A worker has ended before it began: the host does not let them work. */
  get refused(): boolean {
    return this.#hands.some(({ lost }, i) => lost !== undefined && this.#state(i + 1) === at.NEW);
  }

  /** Starts workers until there are `threads`, which takes them some time. Throws where the host or the memory refuses. */
  grow(threads: number): void {
    while (this.#hands.length + 1 < threads) {
      const thread = this.#hands.length + 1;
      const { core, arena, module } = this.#engine;
      const scratch = arena.allocate(core.gemmScratchBytes());
      this.#blocks.push(scratch);
      this.#spin(thread + 1);
      const orders = { module, memory: this.#memory, control: this.#control, scratch, thread };
      this.#hands.push(startWorker(orders));
    }
  }

  /** Runs a program, see `run` in assembly/program.ts. */
  run(program: number, steps: number, threads: number): number {
    return this.#engine.core.run(program, steps, this.#control, threads);
  }

  /** Goes on with a run that was UNFINISHED. */
  resume(): number {
    return this.#engine.core.resume(this.#control);
  }

  /** Ends all workers at once, whatever they are doing. */
  stop(): void {
    this.#tellToLeave();
    for (const hand of this.#hands) void hand.end();
  }

  /** Lets all workers finish their shares, ends them and frees what they used. Resolves when nobody touches the memory any more. */
  dismiss(): Promise<void> {
    this.#dismissed ??= this.#dismiss();
    return this.#dismissed;
  }

  async #dismiss(): Promise<void> {
    this.#tellToLeave();
    while (this.#hands.some(({ gone }, i) => !gone && this.#state(i + 1) === at.WORKING)) await nextTask();
    // one that has left does not look at the control block again; nor does anything here, with no hands left
    const left = this.#hands.map((_, i) => this.#state(i + 1) === at.LEFT);
    const ends = this.#hands.splice(0).map((hand) => hand.end());
    await Promise.all(ends.filter((_, i) => !left[i]));
    for (const address of this.#blocks) this.#engine.free(address);
  }

  #tellToLeave(): void {
    if (this.#hands.length === 0) return;
    const words = this.#words;
    Atomics.store(words, at.AT_STOP / 4, 1);
    // wherever a worker waits, what it waits for changes
    for (const word of [at.AT_RUN / 4, at.AT_PHASE / 4]) {
      Atomics.add(words, word, 1 << 8);
      Atomics.notify(words, word);
    }
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
