/**
 * Batches of a stream on their way into a program.
 *
 *   source ── next() ──► slots of linear memory, up to eight batches ──► run of steps
 *
 * A batch is copied into its slot as soon as it arrives, so nothing keeps it and the source may use its arrays again. Slots lie one
 * behind the other, so several batches run at once. While they run, the next ones arrive; while all slots are full, the source is not asked.
 */
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { partsOf } from '../stream.ts';
import { inputsFor, oneOrAll } from './batch-calls.ts';
import type { Feed } from './feed.ts';
import type { ModelData } from './options.ts';
import { type Samples, weightsBy } from './samples.ts';
import type { Sink } from './sinks.ts';
import { hook, type Inputs, type SparseSlots } from './sparse-hook.ts';
import type { StreamPlan } from './stream.ts';
import { type Naming, StreamReader } from './stream-reader.ts';

/** The most batches in memory, as long as their inputs take no more than so many bytes; two at least. */
const SLOTS = 8;
const BYTES = 16 * 1024 * 1024;

/** What the call wants of the stream. */
interface StreamCall extends Naming {
  readonly engine: Engine;
  /** Names of the inputs, and of the outputs that have a loss: none to predict. */
  readonly ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** The number of passes. */
  readonly passes: number;
  /** Called with the first batch. */
  readonly sinkFor: (first: Samples) => Sink;
  /** Throws if the call has been aborted, or the model is gone. */
  readonly check: () => void;
  /** Whether to wait no longer. */
  readonly stops?: () => boolean;
}

/** Slots of memory and the program that reads them. */
interface Slots {
  readonly scope: Scope;
  readonly program: Program;
  readonly count: number;
  /** Rows of a batch. */
  readonly size: number;
  /** What the program depends on beside the number of rows. */
  readonly form: string;
  /** For each array of a batch: where its first slot begins, and the bytes of a slot. */
  readonly places: readonly (readonly [base: number, bytes: number])[];
  /** The slots of inputs that are sparse, if any. */
  readonly sparse: SparseSlots | undefined;
}

/** A batch that has been read. */
interface Read {
  readonly x: Inputs;
  /** The samples with these inputs, or others. */
  readonly samples: (x: Inputs) => Samples;
  readonly rows: number;
  readonly bytes: number;
  readonly form: string;
}

export class StreamFeed implements Feed {
  /** Unknown until the stream has ended. */
  readonly count = undefined;
  readonly steps: number | undefined;
  rows = 0;
  readonly #plan: StreamPlan;
  readonly #call: StreamCall;
  readonly #reader: StreamReader;
  #sink: Sink | undefined;
  #slots: Slots | undefined;
  /** The slot that runs next, and the rows in it and in those behind it. */
  #head = 0;
  #filled: number[] = [];
  /** A batch that needs another program: it must wait for those before it. */
  #held: Read | undefined;
  /** Batches of this pass that have run. */
  #done = 0;
  /** Passes that are left. */
  #passes: number;

  constructor(plan: StreamPlan, call: StreamCall) {
    this.#plan = plan;
    this.#call = call;
    this.#passes = call.passes;
    this.steps = plan.steps;
    this.#reader = new StreamReader(plan, call, {
      hasRoom: () => this.#held === undefined && this.#filled.length < (this.#slots?.count ?? 1),
      take: (batch) => this.#take(batch),
    });
  }

  /** Waits for the first batch, which says what to record. */
  async first(): Promise<void> {
    this.#reader.open(this.#call.epoch ?? 0, this.#passes);
    if ((await this.ready()) === 0) throw new RangeError(`${this.#call.name} 1: the stream has no batches`);
  }

  get program(): Program {
    return this.#now.program;
  }

  get batchSize(): number {
    return this.#now.size;
  }

  get ended(): boolean {
    const { over, failure } = this.#reader;
    const left = this.#filled.length > 0 || this.#held !== undefined || failure !== undefined;
    return this.#done === this.steps || (over && !left);
  }

  async begin(epoch: number): Promise<void> {
    const reader = this.#reader;
    // the first pass has its first batch already
    if (this.#passes < this.#call.passes && (!this.#plan.goesOn || reader.over)) {
      await reader.end();
      reader.open(epoch, this.#passes);
    }
    this.#passes--;
    this.#done = 0;
    this.rows = 0;
    this.program.begin(0, this.#now.sparse?.order);
  }

  ready(): number | Promise<number> {
    this.#call.check();
    if (this.ended) return 0;
    const reader = this.#reader;
    void reader.fill();
    if (this.#filled.length === 0 && this.#held !== undefined) {
      this.#renew(this.#held);
      void reader.fill();
    }
    if (this.#filled.length > 0) return this.#aim();
    if (reader.failure !== undefined) throw reader.failure;
    return this.ended ? 0 : this.#wait();
  }

  ran(steps: number): void {
    for (const rows of this.#filled.splice(0, steps)) this.rows += rows;
    this.#head = (this.#head + steps) % this.#now.count;
    this.#done += steps;
  }

  /** Ends a wait, to find out whether to go on. */
  wake(): void {
    this.#reader.wake();
  }

  /** Frees the memory and ends the stream. Closing again does nothing. */
  close(): Promise<void> {
    this.#slots?.scope.dispose();
    this.#slots = undefined;
    return this.#reader.close();
  }

  get #now(): Slots {
    if (this.#slots === undefined) throw new Error('the stream has not begun');
    return this.#slots;
  }

  #read(value: unknown): Read {
    const { inputs, outputs } = this.#call.ports;
    const { x: given, y = [], sampleWeight } = partsOf(value, outputs.length > 0) as Partial<Samples>;
    // a tensor's numbers are copied as all others are
    const x = inputsFor(given as ModelData, inputs);
    const weights = sampleWeight === undefined ? [] : weightsBy(sampleWeight, outputs);
    const kinds = x.map((one) =>
      'offsets' in one ? `sparse ${one.values !== undefined}` : `${one.data instanceof Uint8Array} ${one.divisor}`,
    );
    const { classWeight } = this.#plan;
    return {
      x,
      samples: (own) => ({ x: oneOrAll(own), y, sampleWeight, classWeight }),
      rows: x[0]?.shape[0] ?? 0,
      bytes: x.reduce((sum, one) => sum + ('offsets' in one ? one.bytes : one.data.byteLength), 0),
      form: [...kinds, ...weights.map((one) => one !== undefined)].join(),
    };
  }

  /** Copies a batch into the next free slot, or holds it if it needs another program. */
  #take(batch: unknown): void {
    const read = this.#read(batch);
    const { x, rows, form, samples } = read;
    const slots = this.#slots;
    if (slots === undefined || rows > slots.size || form !== slots.form || slots.sparse?.fits(x) === false) {
      this.#held = read;
      return;
    }
    const slot = (this.#head + this.#filled.length) % slots.count;
    let next = 0;
    const allocate = (): number => {
      const [base, bytes] = slots.places[next++] ?? [0, 0];
      return base + slot * bytes;
    };
    this.#sink?.place({ allocate }, samples(slots.sparse?.at(slot, x) ?? x));
    this.#filled.push(rows);
  }

  /** Makes slots, and a program, for batches like this one, which goes into the first of them. */
  #renew({ x, samples, rows, bytes, form }: Read): void {
    const before = this.#slots;
    const { engine, sinkFor } = this.#call;
    const scope = engine.scope();
    try {
      this.#sink ??= sinkFor(samples(x));
      const size = Math.max(rows, before?.size ?? 0);
      const count = Math.max(2, Math.min(SLOTS, Math.floor((BYTES * rows) / (bytes * size))));
      const sparse = hook.sparse?.slots(x, engine, scope, count, size, before?.sparse);
      const places: [number, number][] = [];
      const allocate = (given: number): number => {
        // behind sparse rows there is one more offset
        const slot = (given / rows) * (sparse === undefined ? size : size + 1);
        const base = scope.allocate(slot * count);
        places.push([base, slot]);
        return base;
      };
      const placed = this.#sink.place({ allocate }, samples(sparse?.at(0, x) ?? x));
      const program = this.#sink.record(scope, placed, size);
      program.begin(0, sparse?.order);
      if (before !== undefined) program.follow(before.program);
      this.#slots = { scope, program, count, size, form, places, sparse };
    } catch (error) {
      scope.dispose();
      throw this.#reader.named(error);
    }
    before?.scope.dispose();
    this.#head = 0;
    this.#filled = [rows];
    this.#held = undefined;
  }

  /** Lets the program read the batches that lie one behind the other, a short one last. */
  #aim(): number {
    const { program, size, count } = this.#now;
    const filled = this.#filled;
    const left = (this.steps ?? Number.POSITIVE_INFINITY) - this.#done;
    const short = filled.findIndex((rows) => rows < size);
    const steps = Math.min(short < 0 ? filled.length : short + 1, count - this.#head, left);
    const from = this.#head * size;
    program.aim(from, from + (steps - 1) * size + (filled[steps - 1] ?? 0));
    return steps;
  }

  async #wait(): Promise<number> {
    if (this.#slots !== undefined && this.#call.stops?.()) return 0;
    await this.#reader.news();
    return this.ready();
  }
}
