/** A recorded program (assembly/opcodes.ts draws it) and how it is run: alone, or with a crew where that is faster. */
import { UNFINISHED } from '../../assembly/control.ts';
import * as op from '../../assembly/opcodes.ts';
import type { Crew } from './crew.ts';
import type { Engine } from './runtime.ts';
import { nextTask } from './task.ts';
import type { Choice } from './threads.ts';

/** Milliseconds that a caller is held up at most until other threads have finished. */
const PATIENCE = 2000;

/** A float64 total that operations add to, read by its name. */
export interface Total {
  readonly name: string;
  readonly address: number;
}

/** A recorded program: set its data, then `run` it batch by batch. */
export class Program {
  readonly #engine: Engine;
  readonly #address: number;
  readonly #labels: readonly string[];
  readonly #totals: readonly Total[];
  readonly #header: Int32Array;
  /** Threads that it is worth; 1 for good if it is small. */
  readonly #threads: number;
  readonly #choice: Choice | undefined;
  /** The crew that it has last been run with. */
  #crew: Crew | undefined;
  /** Of a run that was UNFINISHED, how many steps it has done, as soon as that is known. */
  #unfinished: { done: number } | undefined;

  constructor(
    engine: Engine,
    address: number,
    operations: number,
    batchSize: number,
    labels: readonly string[],
    totals: readonly Total[],
  ) {
    this.#engine = engine;
    this.#address = address;
    this.#labels = labels;
    this.#totals = totals;
    this.#header = engine.i32(address, op.HEADER_BYTES / 4);
    this.#set(op.AT_OPERATIONS, operations);
    this.#set(op.AT_BATCH_SIZE, batchSize);
    this.#set(op.AT_SCRATCH, engine.scratch);
    const { threads, choice } = engine.threading.plan(address);
    this.#threads = threads;
    this.#choice = choice;
  }

  /** Begins a pass over `rowCount` rows, in the order of the i32 at `order` (0: as they come), with all totals zero. */
  begin(rowCount: number, order = 0): void {
    this.#set(op.AT_ROW_COUNT, rowCount);
    this.#set(op.AT_ORDER, order);
    this.#set(op.AT_CURSOR, 0);
    for (const { address } of this.#totals) this.#engine.f64(address, 1)[0] = 0;
  }

  /** Rows done since `begin`. */
  get rows(): number {
    return this.#get(op.AT_CURSOR);
  }

  /** Steps done since the weights were made, which is what dropout counts. */
  get step(): number {
    return this.#get(op.AT_STEP) >>> 0;
  }

  set step(value: number) {
    this.#set(op.AT_STEP, value | 0);
  }

  /** Threads are in the middle of a run. */
  get busy(): boolean {
    return this.#unfinished?.done === UNFINISHED;
  }

  /**
   * Goes on with a run that threads are in the middle of until it is done, without letting events come.
   *
   * @throws Error if the threads take too long, or do not work any more.
   */
  finish(): void {
    const run = this.#unfinished;
    const start = performance.now();
    while (run?.done === UNFINISHED) {
      if (this.#crew === undefined || this.#crew.lost !== undefined || performance.now() - start > PATIENCE)
        throw new Error('threads are in the middle of a step, and do not finish it');
      run.done = this.#crew.resume();
    }
  }

  /**
   * Runs up to `steps` batches and returns how many: fewer only where the data ends. A promise where other threads have not
   * finished in time, or have failed; nothing else of the program may be used until it settles.
   */
  run(steps: number): number | Promise<number> {
    if (this.#threads === 1) return this.#alone(steps);
    const { threading } = this.#engine;
    if (this.#crew?.lost !== undefined) return this.#fail(this.#crew, this.#crew.lost);
    const crew = threading.crew(this.#threads);
    const start = performance.now();
    if (crew === undefined || this.#choice?.shared === false) {
      const done = this.#alone(steps);
      const milliseconds = performance.now() - start;
      threading.spent += milliseconds;
      this.#choice?.took(false, milliseconds / done);
      return done;
    }
    this.#crew = crew;
    try {
      const done = crew.run(this.#address, steps, Math.min(this.#threads, crew.threads));
      if (done === UNFINISHED) return this.#await(crew, start);
      this.#choice?.took(true, (performance.now() - start) / done);
      return done;
    } catch (cause) {
      return this.#fail(crew, cause);
    }
  }

  #alone(steps: number): number {
    try {
      return this.#engine.core.run(this.#address, steps, 0, 1);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** Lets events come, which tell if a worker has ended, and goes on waiting, until the run is done. */
  async #await(crew: Crew, start: number): Promise<number> {
    const { arena } = this.#engine;
    const run = { done: UNFINISHED };
    arena.hold();
    crew.busy = true;
    this.#unfinished = run;
    try {
      while (run.done === UNFINISHED) {
        await nextTask();
        if (run.done !== UNFINISHED) break;
        if (crew.lost !== undefined) throw crew.lost;
        run.done = crew.resume();
      }
      this.#choice?.took(true, (performance.now() - start) / run.done);
      return run.done;
    } catch (cause) {
      return await this.#fail(crew, cause);
    } finally {
      crew.busy = false;
      this.#unfinished = undefined;
      arena.letGo();
    }
  }

  /** Ends the crew, and when none of it touches the memory any more, rejects. */
  async #fail(crew: Crew, cause: unknown): Promise<never> {
    const { arena } = this.#engine;
    const failure = this.#failure(cause);
    arena.hold();
    await crew.dismiss();
    arena.letGo();
    throw failure;
  }

  #failure(cause: unknown): Error {
    return new Error(`operation ${this.#labels[this.#get(op.AT_OPERATION)]} failed`, { cause });
  }

  /** Writes each total divided by the rows done so far into `means`: the running averages of a pass. */
  readMeans(means: Record<string, number>): void {
    const rows = this.rows;
    for (const { name, address } of this.#totals) means[name] = (this.#engine.f64(address, 1)[0] ?? 0) / rows;
  }

  #get(at: number): number {
    return this.#header[at / 4] ?? 0;
  }

  #set(at: number, value: number): void {
    this.#header[at / 4] = value;
  }
}
