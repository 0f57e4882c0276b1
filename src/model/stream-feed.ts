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
import type { Values } from '../values.ts';
import { inputsFor, oneOrAll } from './batch-calls.ts';
import type { Feed } from './feed.ts';
import type { ModelData } from './options.ts';
import { type Samples, weightsBy } from './samples.ts';
import type { Sink } from './sinks.ts';
import type { SparseInput, SparseSlots } from './sparse-hook.ts';
import type { StreamPlan } from './stream.ts';
import { named, StreamReader } from './stream-reader.ts';

/** The most batches in memory, as long as their inputs take no more than so many bytes; two at least. */
const SLOTS = 8;
const BYTES = 16 * 1024 * 1024;

/** What the call wants of the stream. */
interface StreamCall {
  readonly engine: Engine;
  /** Names of the inputs, and of the outputs that have a loss: none to predict. */
  readonly ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** The number of passes, and the epoch of the first. */
  readonly passes: number;
  readonly epoch?: number | undefined;
  /** The name of a batch in messages: `validation batch`. */
  readonly name: string;
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
  /** Address of the order in which the rows of all slots are read, 0 for as they lie: there is a row between the slots of sparse rows. */
  readonly order: number;
  /** What the program depends on beside the number of rows. */
  readonly form: string;
  /** For each array of a batch: where its first slot begins, and the bytes of a slot. */
  readonly places: readonly (readonly [base: number, bytes: number])[];
  /** The slots of inputs that are sparse. */
  readonly sparse: readonly (SparseSlots | undefined)[];
}

/** A batch that has been read. */
interface Read {
  readonly x: readonly (Values | SparseInput)[];
  /** The samples with these inputs, or others. */
  readonly samples: (x: readonly (Values | SparseInput)[]) => Samples;
  readonly rows: number;
  readonly bytes: number;
  readonly form: string;
  readonly label: string;
}

/** Whether a batch can lie in a slot. */
const fits = ({ x, rows, form }: Read, { size, sparse, form: own }: Slots): boolean =>
  rows <= size &&
  form === own &&
  x.every((one, i) => !('offsets' in one) || one.indices.length <= (sparse[i]?.most ?? 0));

/** A batch whose sparse inputs go into this slot. */
const inSlot = ({ x, samples }: Read, sparse: readonly (SparseSlots | undefined)[], slot: number): Samples =>
  samples(x.map((one, i) => ('offsets' in one ? (sparse[i]?.at(slot, one) ?? one) : one)));

export class StreamFeed implements Feed {
  /** Unknown until the stream has ended. */
  readonly count = undefined;
  readonly steps: number | undefined;
  rows = 0;
  readonly #plan: StreamPlan;
  readonly #call: StreamCall;
  readonly #reader: StreamReader;
  #sink: Sink | undefined;
  #closed = false;
  #slots: Slots | undefined;
  /** The slot that runs next, and the rows in it and in those behind it. */
  #head = 0;
  #filled: number[] = [];
  /** A batch that needs another program: it must wait for those before it. */
  #held: Read | undefined;
  /** Batches of this pass that have run. */
  #done = 0;
  #passes: number;
  #fresh = false;
  #resume: (() => void) | undefined;

  constructor(plan: StreamPlan, call: StreamCall) {
    this.#plan = plan;
    this.#call = call;
    this.#passes = call.passes;
    this.steps = plan.steps;
    this.#reader = new StreamReader(plan, call.name, call.epoch !== undefined, {
      hasRoom: () => this.#held === undefined && this.#filled.length < (this.#slots?.count ?? 1),
      take: (batch, label) => this.#take(batch, label),
      news: () => this.#resume?.(),
    });
  }

  /** Waits for the first batch, which says what to record. */
  async first(): Promise<void> {
    const { epoch = 0 } = this.#call;
    const reader = this.#reader;
    reader.open(epoch, this.#passes);
    for (reader.fill(); this.#held === undefined; reader.fill()) {
      if (reader.failure !== undefined) throw reader.failure;
      if (reader.over) throw new RangeError(`${this.#call.name} 1: the stream has no batches`);
      await this.#news();
    }
    this.#renew(this.#held);
    this.#fresh = true;
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
    if (!this.#fresh && (!this.#plan.goesOn || this.#reader.over)) {
      await this.#reader.end();
      this.#reader.open(epoch, this.#passes);
    }
    this.#fresh = false;
    this.#passes--;
    this.#done = 0;
    this.rows = 0;
    this.program.begin(0, this.#now.order);
  }

  ready(): number | Promise<number> {
    if (this.ended) return 0;
    const reader = this.#reader;
    this.#call.check();
    reader.fill();
    if (this.#filled.length === 0 && this.#held !== undefined) {
      this.#renew(this.#held);
      reader.fill();
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
    this.#resume?.();
  }

  /** Frees the memory and ends the stream. Closing again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#slots?.scope.dispose();
    await this.#reader.close();
  }

  get #now(): Slots {
    if (this.#slots === undefined) throw new Error('the stream has not begun');
    return this.#slots;
  }

  #read(value: unknown, label: string): Read {
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
      label,
    };
  }

  /** Puts a batch into a slot, or holds it if it needs another program. */
  #take(batch: unknown, label: string): void {
    const read = this.#read(batch, label);
    if (this.#slots === undefined || !fits(read, this.#slots)) this.#held = read;
    else this.#put(read, this.#slots);
  }

  /** Copies a batch into the next free slot. */
  #put(read: Read, { places, count, sparse }: Slots): void {
    const slot = (this.#head + this.#filled.length) % count;
    let next = 0;
    const allocate = (): number => {
      const [base, bytes] = places[next++] ?? [0, 0];
      return base + slot * bytes;
    };
    this.#sink?.place({ allocate }, inSlot(read, sparse, slot));
    this.#filled.push(read.rows);
  }

  /** Makes slots, and a program, for batches like this one. */
  #renew(read: Read): void {
    const { x, samples, rows, bytes, form, label } = read;
    const before = this.#slots;
    const { engine } = this.#call;
    const scope = engine.scope();
    try {
      this.#sink ??= this.#call.sinkFor(samples(x));
      const size = Math.max(rows, before?.size ?? 0);
      const count = Math.max(2, Math.min(SLOTS, Math.floor((BYTES * rows) / (bytes * size))));
      const sparse = x.map((one, i) =>
        'offsets' in one ? one.slots(engine, scope, count, size, before?.sparse[i]?.most ?? 0) : undefined,
      );
      const apart = sparse.find((one) => one !== undefined);
      const stride = apart ? size + 1 : size;
      const order = apart?.order ?? 0;
      const places: [number, number][] = [];
      const allocate = (given: number): number => {
        const slot = (given / rows) * stride;
        const base = scope.allocate(slot * count);
        places.push([base, slot]);
        return base;
      };
      const program = this.#sink.record(scope, this.#sink.place({ allocate }, inSlot(read, sparse, 0)), size);
      program.begin(0, order);
      if (before !== undefined) program.follow(before.program);
      this.#slots = { scope, program, count, size, order, form, places, sparse };
    } catch (error) {
      scope.dispose();
      throw named(label, error);
    }
    before?.scope.dispose();
    this.#head = 0;
    this.#filled = [rows];
    this.#held = undefined;
  }

  /** Lets the program read the batches that lie one behind the other, a short one last. */
  #aim(): number {
    const { program, size, count } = this.#now;
    const from = this.#head * size;
    const most = Math.min(
      this.#filled.length,
      count - this.#head,
      (this.steps ?? Number.POSITIVE_INFINITY) - this.#done,
    );
    const short = this.#filled.findIndex((rows) => rows < size);
    const steps = short < 0 ? most : Math.min(most, short + 1);
    program.aim(from, from + (steps - 1) * size + (this.#filled[steps - 1] ?? 0));
    return steps;
  }

  async #wait(): Promise<number> {
    if (this.#call.stops?.()) return 0;
    await this.#news();
    return this.ready();
  }

  /** Waits for a batch, the end of the stream, or `wake`. */
  async #news(): Promise<void> {
    this.#call.check();
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    this.#resume = undefined;
    this.#call.check();
  }
}
