/** A recorded program (assembly/opcodes.ts draws it) and how to run it: alone, or with a crew where that is faster. */
import { UNFINISHED } from '../../assembly/control.ts';
import * as op from '../../assembly/opcodes.ts';
import { nextTask } from '../task.ts';
import type { Crew } from './crew.ts';
import type { Engine } from './runtime.ts';
import type { Choice, Plan } from './threads.ts';

/** Milliseconds for which a caller is blocked at most until other threads have finished. */
const PATIENCE = 2000;

/** A number of the logs that grows over a pass. */
export interface Total {
  /** Starts at zero. */
  readonly begin: () => void;
  /** Its value so far. */
  readonly read: () => number;
  /** Takes note of a step of `rows` rows. With it, steps run one at a time, because the next one overwrites the values to read. */
  readonly measure?: (rows: number) => void;
  /** What it has come to, for the same total of another program. */
  readonly state: object;
  /** Goes on from there. */
  readonly follow: (other: Total) => void;
}

/** A recorded program: set its data, then `run` it batch by batch. */
export class Program {
  readonly #engine: Engine;
  readonly #address: number;
  readonly #labels: readonly string[];
  readonly #totals: ReadonlyMap<string, Total>;
  /** Those that look at every step. */
  readonly #measured: readonly Total[];
  /** Rows that they have seen. */
  #seen = 0;
  readonly #header: Int32Array;
  /** Threads that it is worth; always 1 if it is small. */
  readonly #threads: number;
  readonly #choice: Choice | undefined;
  /** The crew of the latest run. */
  #crew: Crew | undefined;
  /** The UNFINISHED run: `done` is its number of steps, once that is known. */
  #unfinished: { done: number } | undefined;

  /** `labels` say which layer each operation belongs to, `totals` are what operations add to. */
  constructor(
    engine: Engine,
    address: number,
    batchSize: number,
    labels: readonly string[],
    { threads, choice }: Plan,
    totals: ReadonlyMap<string, Total>,
  ) {
    this.#engine = engine;
    this.#address = address;
    this.#labels = labels;
    this.#totals = totals;
    this.#measured = [...totals.values()].filter(({ measure }) => measure !== undefined);
    this.#header = engine.i32(address, op.HEADER_BYTES / 4);
    this.#set(op.AT_OPERATIONS, labels.length);
    this.#set(op.AT_BATCH_SIZE, batchSize);
    this.#set(op.AT_SCRATCH, engine.scratch);
    this.#threads = threads;
    this.#choice = choice;
  }

  /** Begins a pass over `rowCount` rows, in the order of the i32 at `order` (0: as they are), with all totals zero. */
  begin(rowCount: number, order = 0): void {
    this.#set(op.AT_ROW_COUNT, rowCount);
    this.#set(op.AT_ORDER, order);
    this.#set(op.AT_CURSOR, 0);
    this.#seen = 0;
    for (const { begin } of this.#totals.values()) begin();
  }

  /** Goes on with the rows `from` to `to`; totals stay. */
  aim(from: number, to: number): void {
    this.#set(op.AT_ROW_COUNT, to);
    this.#set(op.AT_CURSOR, from);
    this.#seen = from;
  }

  /** Goes on from where another program of the same totals stands. */
  follow(other: Program): void {
    this.step = other.step;
    for (const [name, total] of other.#totals) this.#totals.get(name)?.follow(total);
  }

  /** Rows done since `begin`, or the row behind the last one since `aim`. */
  get rows(): number {
    return this.#get(op.AT_CURSOR);
  }

  /** Steps since the weights were made; dropout counts by it. */
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
   * Finishes a run that threads are in the middle of, without letting events run.
   *
   * @throws Error if the threads take too long or have failed.
   */
  finish(): void {
    const run = this.#unfinished;
    const start = performance.now();
    while (run?.done === UNFINISHED) {
      if (this.#crew === undefined || this.#crew.lost !== undefined || performance.now() - start > PATIENCE)
        throw new Error('other threads did not finish a step within two seconds');
      run.done = this.#crew.resume();
    }
  }

  /**
   * Runs up to `steps` batches and returns how many: fewer only where the data ends, or where totals look at every step. Returns a
   * promise if other threads have not finished in time or something has failed; use nothing else of the program until it settles.
   */
  run(steps: number): number | Promise<number> {
    if (this.#measured.length === 0) return this.#run(steps);
    const done = this.#run(Math.min(steps, 1));
    return typeof done === 'number' ? this.#measure(done) : done.then((count) => this.#measure(count));
  }

  /** Shows the latest step to the totals that look at it, once. */
  #measure(done: number): number {
    const rows = this.rows - this.#seen;
    this.#seen += rows;
    if (rows > 0) for (const { measure } of this.#measured) measure?.(rows);
    return done;
  }

  #run(steps: number): number | Promise<number> {
    const { core, threading } = this.#engine;
    try {
      if (this.#threads === 1) return core.run(this.#address, steps, 0, 1);
      const start = performance.now();
      const crew = this.#choice?.shared === false ? undefined : threading.crew(this.#threads);
      this.#crew = crew;
      if (crew === undefined) return this.#took(false, start, core.run(this.#address, steps, 0, 1));
      const done = crew.run(this.#address, steps, this.#threads);
      return done === UNFINISHED ? this.#await(crew, start) : this.#took(true, start, done);
    } catch (cause) {
      return this.#fail(cause);
    }
  }

  /**
   * Runs one batch of one row to its end before anything else happens.
   *
   * @throws Error if other threads take too long or have failed.
   */
  runNow(count = 1): void {
    this.begin(count);
    const done = this.run(1);
    if (typeof done === 'number') return;
    done.catch(() => {});
    this.finish();
    if (this.rows !== count) throw new Error('a thread has failed in the middle of a step');
    this.#measure(1);
  }

  #took(shared: boolean, start: number, done: number): number {
    const milliseconds = performance.now() - start;
    this.#engine.threading.spent += milliseconds;
    this.#choice?.took(shared, milliseconds / done);
    return done;
  }

  /** Lets events run, which tell if a worker has ended, and waits until the run is done. */
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
      return this.#took(true, start, run.done);
    } catch (cause) {
      return await this.#fail(cause);
    } finally {
      crew.busy = false;
      this.#unfinished = undefined;
      arena.letGo();
    }
  }

  /** Ends the crew, and rejects once no worker touches the memory any more. */
  async #fail(cause: unknown): Promise<never> {
    const { arena } = this.#engine;
    const failure = new Error(`operation ${this.#labels[this.#get(op.AT_OPERATION)]} failed`, { cause });
    arena.hold();
    await this.#crew?.dismiss();
    arena.letGo();
    throw failure;
  }

  /** The totals of the pass so far, by their names: means, and what metrics have measured. Programs that train or evaluate have a loss, and others are not asked. */
  logs(): Record<string, number> & { loss: number } {
    const entries = Array.from(this.#totals, ([name, { read }]) => [name, read()] as const);
    return Object.fromEntries(entries) as Record<string, number> & { loss: number };
  }

  /** One of them, without computing the others. */
  read(name: string): number | undefined {
    return this.#totals.get(name)?.read();
  }

  #get(at: number): number {
    return this.#header[at / 4] ?? 0;
  }

  #set(at: number, value: number): void {
    this.#header[at / 4] = value;
  }
}
