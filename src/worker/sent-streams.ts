/**
 * Streams of the page for a model in the worker. The worker asks for batches, one question at a time; the page answers with those that it has read meanwhile, eight
 * at most, and reads ahead while the worker uses them. Batches are copied into memory of their own, which is transferred.
 */
import { sparseParts } from '../sparse-parts.ts';
import { type Batches, partsOf, runsOnce, type Source, start } from '../stream.ts';
import { isError } from '../validate.ts';
import { inOrder, isSparse, type SparseData, type Values, weightsInOrder } from '../values.ts';
import { pack } from './data.ts';
import {
  failureOf,
  type SentBatch,
  type StreamAnswer,
  type StreamKind,
  type StreamQuestion,
  Transferred,
} from './protocol.ts';

const MOST = 8;
const BYTES = 16 * 1024 * 1024;

/** A stream of a call. */
export interface PageStream {
  readonly source: Source;
  readonly inputs: readonly string[];
  /** None to predict. */
  readonly outputs: readonly string[];
  /** Batches that are used of one beginning, if that is known. */
  readonly most?: number | undefined;
  readonly transfer: boolean | undefined;
}

interface Parts {
  readonly name: string;
  readonly arrays: readonly unknown[];
  readonly made: (packed: readonly Values[]) => Values | SparseData | undefined;
}

/** The arrays of an array, itself or the parts of sparse rows, and what they make. */
function partsOfArray(name: string, one: unknown): Parts {
  if (!isSparse(one)) return { name, arrays: [one], made: ([own]) => own };
  const { indices, offsets, values, shape } = sparseParts(name, one);
  return {
    name,
    arrays: [indices, offsets, ...(values === undefined ? [] : [values])],
    made: ([first, second, third]) =>
      first && second && { indices: first.data, offsets: second.data, values: third?.data, shape },
  };
}

/** A stream that has begun. */
class Reader {
  readonly #stream: PageStream;
  readonly #epoch: number;
  #batches: Batches | undefined;
  #read: SentBatch[] = [];
  #bytes = 0;
  #count = 0;
  #reading = false;
  #closed = false;
  /** The stream has nothing more. */
  #over = false;
  failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: PageStream, epoch: number) {
    this.#stream = stream;
    this.#epoch = epoch;
  }

  async answer(): Promise<StreamAnswer> {
    const ended = () => this.#over || this.failure !== undefined;
    void this.#pull();
    while (this.#read.length === 0 && !ended())
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const batches = this.#read;
    this.#read = [];
    this.#bytes = 0;
    const failed = this.failure && { failure: failureOf(this.failure.error) };
    const answer = { batches, done: ended(), ...failed };
    void this.#pull();
    return answer;
  }

  /** Reads ahead. */
  async #pull(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      this.#batches ??= await start(this.#stream.source, this.#epoch);
      while (!this.#over && !this.#closed && this.#read.length < MOST && this.#bytes < BYTES) {
        if (this.#count === this.#stream.most) {
          await this.#return();
          break;
        }
        const { done, value } = await this.#batches.next();
        if (this.#closed) break;
        if (done) this.#over = true;
        else this.#take(await value);
      }
    } catch (error) {
      this.#over = true;
      this.failure ??= { error };
    }
    this.#reading = false;
    if (this.#closed) void this.#return();
    this.#wake?.();
  }

  #take(batch: unknown): void {
    const { inputs, outputs, transfer = false } = this.#stream;
    const { x, y, sampleWeight } = partsOf(batch, outputs.length > 0);
    const weights = sampleWeight === undefined ? [] : weightsInOrder<unknown>(sampleWeight, outputs);
    const given = [
      ...inOrder<unknown>('x', x, inputs).map((one) => ['x', one] as const),
      ...(y === undefined ? [] : inOrder<unknown>('y', y, outputs)).map((one) => ['y', one] as const),
      ...weights.flatMap((one) => (one === undefined ? [] : [['sampleWeight', one] as const])),
    ];
    const parts = given.map(([name, one]) => partsOfArray(name, one));
    const packed = pack(
      parts.flatMap(({ name, arrays }) => arrays.map((array) => [name, array] as const)),
      transfer,
    ).map(({ name: _, whole, data, ...rest }) => {
      this.#bytes += data.byteLength;
      return { ...rest, data: whole ? data : data.slice() };
    });
    const values = parts.map(({ arrays, made }) => made(packed.splice(0, arrays.length)));
    const own = values.slice(inputs.length + (y === undefined ? 0 : outputs.length));
    const named = outputs.flatMap((name, i) => (weights[i] === undefined ? [] : [[name, own.shift()] as const]));
    this.#count++;
    this.#read.push({
      x: values.slice(0, inputs.length),
      ...(y !== undefined && { y: values.slice(inputs.length, inputs.length + outputs.length) }),
      ...(named.length > 0 && { sampleWeight: outputs.length === 1 ? named[0]?.[1] : Object.fromEntries(named) }),
    } as SentBatch);
    this.#wake?.();
  }

  async #return(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#batches?.return?.();
  }

  /** Lets the stream clean up; one that is in the middle of a batch does so when that has come. */
  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#reading) await this.#return();
    else Promise.resolve(this.#batches?.return?.()).catch(() => undefined);
  }
}

/** The streams of one call. */
export class SentStreams {
  readonly #streams: Readonly<Record<string, PageStream | undefined>>;
  readonly #readers = new Map<string, Reader>();

  constructor(streams: Readonly<Record<string, PageStream | undefined>>) {
    this.#streams = streams;
  }

  /** What the worker is told of them. */
  get kinds(): Readonly<Record<string, StreamKind>> {
    const kindOf = (source: Source): StreamKind =>
      typeof source === 'function' ? 'function' : runsOnce(source) ? 'once' : 'iterable';
    return Object.fromEntries(
      Object.entries(this.#streams).flatMap(([name, one]) => (one === undefined ? [] : [[name, kindOf(one.source)]])),
    );
  }

  async answer({ stream, run, epoch, end }: StreamQuestion): Promise<unknown> {
    const key = `${stream} ${run}`;
    const given = this.#streams[stream];
    if (given === undefined) throw new Error(`there is no stream ${stream}`);
    const reader = this.#readers.get(key) ?? new Reader(given, epoch);
    this.#readers.set(key, reader);
    if (end) {
      await reader.close();
      this.#readers.delete(key);
      return undefined;
    }
    return new Transferred(await reader.answer());
  }

  /** The same Error; that of a stream is the cause that its Error had here. */
  restored(error: unknown): unknown {
    for (const { failure } of this.#readers.values()) {
      const { error: own } = failure ?? {};
      if (isError(error) && isError(own) && isError(error.cause) && error.cause.message === own.message)
        Object.defineProperty(error, 'cause', { value: own, configurable: true, writable: true });
    }
    return error;
  }

  /** Ends all that have begun. */
  async close(): Promise<void> {
    for (const reader of this.#readers.values()) await reader.close();
  }
}

/** Calls `use`, and ends the streams whatever comes of it. */
export async function withStreams<T>(streams: SentStreams, use: () => Promise<T>): Promise<T> {
  try {
    const result = await use();
    await streams.close();
    return result;
  } catch (error) {
    await streams.close().catch(() => undefined);
    throw streams.restored(error);
  }
}
