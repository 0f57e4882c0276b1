/**
 * Batches of a stream on their way into a program.
 *
 *   source ── next() ──► slots of linear memory, up to eight batches ──► run of steps
 *
 * A batch is copied into its slot as soon as it arrives, so nothing keeps it and the source may use its arrays again. Slots lie one
 * behind the other, so several batches run at once. While they run, the next ones arrive; while all slots are full, the source is not asked.
 */
import type { Room, Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { type Batches, partsOf, start } from '../stream.ts';
import { isError, isObject } from '../validate.ts';
import { arraysFor, oneOrAll } from './batch-calls.ts';
import type { Feed } from './feed.ts';
import type { ModelData } from './options.ts';
import { type Samples, weightsBy } from './samples.ts';
import type { StreamPlan } from './stream.ts';

/** The most batches in memory, as long as their inputs take no more than so many bytes; two at least. */
const SLOTS = 8;
const BYTES = 16 * 1024 * 1024;

/** How a batch gets into memory, and the program for it. */
export interface Sink<T> {
  readonly place: (room: Room, samples: Samples) => T;
  /** Records a program for batches of up to `size` rows like this one. */
  readonly record: (scope: Scope, placed: T, size: number) => Program;
}

/** What the call wants of the stream. */
export interface StreamCall<T> {
  readonly engine: Engine;
  /** Names of the inputs, and of the outputs that have a loss: none to predict. */
  readonly ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** The number of passes, and the epoch of the first. */
  readonly passes: number;
  readonly epoch?: number | undefined;
  /** The name of a batch in messages: `validation batch`. */
  readonly name: string;
  /** Called with the first batch. */
  readonly sinkFor: (first: Samples) => Sink<T>;
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
  /** Rows of a slot. */
  readonly size: number;
  /** What the program depends on beside the number of rows. */
  readonly form: string;
  /** For each array of a batch: where its first slot begins, and the bytes of a slot. */
  readonly places: readonly (readonly [base: number, bytes: number])[];
}

/** A batch that has been read. */
interface Read {
  readonly samples: Samples;
  readonly rows: number;
  readonly bytes: number;
  readonly form: string;
  readonly label: string;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> => isObject(value) && 'then' in value;

/** The same kind of Error, which names the batch. */
function named(label: string, cause: unknown): Error {
  const Kind = [TypeError, RangeError].find((one) => cause instanceof one) ?? Error;
  return new Kind(`${label}: ${isError(cause) ? cause.message : String(cause)}`, { cause });
}

export class StreamFeed<T> implements Feed {
  /** Unknown until the stream has ended. */
  readonly count = undefined;
  readonly steps: number | undefined;
  rows = 0;
  readonly #plan: StreamPlan;
  readonly #call: StreamCall<T>;
  #sink: Sink<T> | undefined;
  /** The stream, and the epoch in which it began. */
  #batches: Batches | undefined;
  #epoch = 0;
  /** Batches that have arrived from it, and how many there may be. */
  #arrived = 0;
  #most = Number.POSITIVE_INFINITY;
  #asking = false;
  /** The stream has nothing more. */
  #over = false;
  #failure: Error | undefined;
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

  constructor(plan: StreamPlan, call: StreamCall<T>) {
    this.#plan = plan;
    this.#call = call;
    this.#passes = call.passes;
    this.steps = plan.steps;
  }

  /** Waits for the first batch, which says what to record. */
  async first(): Promise<void> {
    const { epoch = 0 } = this.#call;
    this.#open(epoch);
    for (this.#fill(); this.#held === undefined; this.#fill()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#over) throw new RangeError(`${this.#call.name} 1: the stream has no batches`);
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
    const left = this.#filled.length > 0 || this.#held !== undefined || this.#failure !== undefined;
    return this.#done === this.steps || (this.#over && !left);
  }

  async begin(epoch: number): Promise<void> {
    if (!this.#fresh && (!this.#plan.goesOn || this.#over)) {
      await this.#return();
      this.#open(epoch);
    }
    this.#fresh = false;
    this.#passes--;
    this.#done = 0;
    this.rows = 0;
    this.program.begin(0);
  }

  ready(): number | Promise<number> {
    if (this.ended) return 0;
    this.#call.check();
    this.#fill();
    if (this.#filled.length === 0 && this.#held !== undefined) {
      this.#renew(this.#held);
      this.#fill();
    }
    if (this.#filled.length > 0) return this.#aim();
    if (this.#failure !== undefined) throw this.#failure;
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
    await this.#return();
  }

  get #now(): Slots {
    if (this.#slots === undefined) throw new Error('the stream has not begun');
    return this.#slots;
  }

  #open(epoch: number): void {
    this.#batches = undefined;
    this.#epoch = epoch;
    this.#arrived = 0;
    this.#over = false;
    if (this.steps !== undefined) this.#most = this.steps * (this.#plan.goesOn ? this.#passes : 1);
  }

  /** The name of a batch that is the `number`th to arrive: a stream may go on through many epochs. */
  #label(number: number): string {
    const { epoch, name } = this.#call;
    const passed = this.#plan.goesOn ? Math.floor((number - 1) / (this.steps ?? number)) : 0;
    const at = `${name} ${number - passed * (this.steps ?? 0)}`;
    return epoch === undefined ? at : `${at} of epoch ${this.#epoch + passed + 1}`;
  }

  /** Asks for batches while there is room. */
  #fill(): void {
    while (
      !(this.#asking || this.#over || this.#closed) &&
      this.#failure === undefined &&
      this.#held === undefined &&
      this.#filled.length < (this.#slots?.count ?? 1) &&
      this.#arrived < this.#most
    ) {
      if (this.#batches === undefined) {
        this.#await(start(this.#plan.source, this.#epoch), (batches) => {
          this.#batches = batches;
          if (this.#closed) void this.#return();
        });
        return;
      }
      try {
        const next = this.#batches.next();
        if ('then' in next) this.#await(next, (result) => this.#take(result));
        else if (!isPromise(next.value)) this.#take(next);
        else this.#await(next.value, (value) => this.#take({ done: false, value }));
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  /** Uses what a promise gives, and goes on from there. */
  #await<R>(promise: PromiseLike<R>, use: (result: R) => void): void {
    this.#asking = true;
    const settled = (): void => {
      this.#asking = false;
      this.#fill();
      this.#resume?.();
    };
    promise
      .then(use)
      .then(undefined, (error) => this.#fail(error))
      .then(settled);
  }

  /** The stream itself has failed, and with that ended. */
  #fail(error: unknown): void {
    this.#over = true;
    this.#failure = named(this.#label(this.#arrived + 1), error);
  }

  #take({ done, value }: IteratorResult<unknown>): void {
    if (this.#closed) return;
    if (done) {
      this.#over = true;
      return;
    }
    const label = this.#label(++this.#arrived);
    try {
      const read = this.#read(value, label);
      const { size = 0, form } = this.#slots ?? {};
      if (read.rows > size || read.form !== form) this.#held = read;
      else this.#put(read, this.#now);
    } catch (error) {
      this.#failure = named(label, error);
    }
  }

  #read(value: unknown, label: string): Read {
    const { inputs, outputs } = this.#call.ports;
    const { x: given, y = [], sampleWeight } = partsOf(value, outputs.length > 0) as Partial<Samples>;
    // a tensor's numbers are copied as all others are
    const x = arraysFor('x', given as ModelData, inputs);
    const weights = sampleWeight === undefined ? [] : weightsBy(sampleWeight, outputs);
    const kinds = x.map(({ data, divisor }) => `${data instanceof Uint8Array} ${divisor}`);
    return {
      samples: { x: oneOrAll(x), y, sampleWeight, classWeight: this.#plan.classWeight },
      rows: x[0]?.shape[0] ?? 0,
      bytes: x.reduce((sum, { data }) => sum + data.byteLength, 0),
      form: [...kinds, ...weights.map((one) => one !== undefined)].join(),
      label,
    };
  }

  /** Copies a batch into the next free slot. */
  #put({ samples, rows }: Read, { places, count }: Slots): void {
    const slot = (this.#head + this.#filled.length) % count;
    let next = 0;
    const allocate = (): number => {
      const [base, bytes] = places[next++] ?? [0, 0];
      return base + slot * bytes;
    };
    this.#sink?.place({ allocate }, samples);
    this.#filled.push(rows);
  }

  /** Makes slots, and a program, for batches like this one. */
  #renew({ samples, rows, bytes, form, label }: Read): void {
    const before = this.#slots;
    const scope = this.#call.engine.scope();
    try {
      this.#sink ??= this.#call.sinkFor(samples);
      const size = Math.max(rows, before?.size ?? 0);
      const count = Math.max(2, Math.min(SLOTS, Math.floor((BYTES * rows) / (bytes * size))));
      const places: [number, number][] = [];
      const allocate = (given: number): number => {
        const slot = (given / rows) * size;
        const base = scope.allocate(slot * count);
        places.push([base, slot]);
        return base;
      };
      const program = this.#sink.record(scope, this.#sink.place({ allocate }, samples), size);
      if (before !== undefined) program.follow(before.program);
      this.#slots = { scope, program, count, size, form, places };
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

  /** Lets the stream clean up if it has not ended by itself. One that is in the middle of a batch may never do so. */
  async #return(): Promise<void> {
    const batches = this.#batches;
    if (batches === undefined || this.#over) return;
    this.#over = true;
    const returned = (async () => batches.return?.())();
    if (this.#asking) returned.catch(() => undefined);
    else await returned;
  }
}
