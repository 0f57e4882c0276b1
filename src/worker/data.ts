/** Puts samples where the worker's models read them, a piece at a time. */
import type { ArrayData, NestedArray } from '../index.ts';
import type { Connection } from './connection.ts';
import type { Samples } from './host.ts';

/** What the methods of a remote model take: placed data, a typed array with a shape (or a tensor), or nested arrays for small things. */
export type RemoteArray = RemoteData | ArrayData | NestedArray;

/** How arrays get to the worker. */
export interface TransferOptions {
  /**
   * Hands the memory over instead of copying it: the array is empty afterwards. Default false. Arrays over a SharedArrayBuffer are
   * shared where the page is cross-origin isolated, and never copied on the page's thread.
   */
  readonly transfer?: boolean;
}

/** Bytes of a piece: copying it takes some 2 ms, and between pieces everything else gets its turn. */
const PIECE = 4 * 1024 * 1024;

const isShared = (buffer: ArrayBufferLike): boolean =>
  typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;

/** Whether memory can be shared with the worker: on isolated pages, and outside browsers. */
const mayShare = (): boolean => globalThis.crossOriginIsolated !== false;

function dtypeOf(data: unknown): 'float32' | 'int32' | 'uint8' {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint8Array) return 'uint8';
  throw new TypeError('data must be a Float32Array, Float64Array, Int32Array or Uint8Array');
}

/** Data in the worker's memory: used by any number of its models, copied for none of them. Made by `client.data`. */
export class RemoteData {
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
  readonly #connection: Connection;
  readonly #number: number;
  readonly #whole: RemoteData;
  #disposed = false;

  /** @internal */
  constructor(connection: Connection, number: number, shape: readonly number[], whole?: RemoteData) {
    this.#connection = connection;
    this.#number = number;
    this.shape = shape;
    this.#whole = whole ?? this;
  }

  /**
   * The first `count` samples, without a copy. They end with the whole.
   *
   * @throws RangeError if there are fewer.
   */
  first(count: number): RemoteData {
    const [all = 0, ...rest] = this.shape;
    if (!Number.isInteger(count) || count < 0 || count > all)
      throw new RangeError(`the first samples must be an integer from 0 to ${all}, got ${count}`);
    return new RemoteData(this.#connection, this.#number, [count, ...rest], this.#whole);
  }

  /** Frees the memory when no call uses it any more. Using the data afterwards is an Error. */
  dispose(): void {
    if (this.#whole !== this) this.#whole.dispose();
    if (this.#whole !== this || this.#disposed) return;
    this.#disposed = true;
    // a worker that has ended has freed it
    this.#connection.call('release', [this.#number]).catch(() => undefined);
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** As it goes to the worker. @internal */
  placedFor(connection: Connection): Samples {
    if (this.#whole.#disposed) throw new Error('the data has been disposed of');
    if (connection !== this.#connection) throw new Error('the data is in the worker of another client');
    return { placed: this.#number, count: this.shape[0] ?? 0 };
  }
}

/** Places `array` in the worker. */
export async function place(
  connection: Connection,
  array: ArrayData,
  { transfer = false }: TransferOptions,
): Promise<RemoteData> {
  const { shape, divisor } = array;
  const data = array.data instanceof Float64Array ? new Float32Array(array.data) : array.data;
  const dtype = dtypeOf(data);
  const size = Array.isArray(shape) ? shape.reduce((product, axis) => product * axis, 1) : Number.NaN;
  if (size !== data.length) throw new RangeError(`shape [${shape}] has ${size} elements, data has ${data.length}`);
  const options = { dtype, ...(divisor !== undefined && { divisor }) };
  const number = await connection.call('place', [[...shape], options]);
  const placed = new RemoteData(connection, number, [...shape]);
  try {
    const { buffer } = data;
    if (isShared(buffer) && mayShare()) await connection.call('write', [number, 0, data]);
    else if (transfer && buffer instanceof ArrayBuffer)
      await connection.call('write', [number, 0, data], { transfer: [buffer] });
    else {
      const step = PIECE / data.BYTES_PER_ELEMENT;
      for (let at = 0; at < data.length; at += step) {
        const piece = data.slice(at, at + step);
        await connection.call('write', [number, at, piece], { transfer: [piece.buffer as ArrayBuffer] });
      }
    }
    return placed;
  } catch (error) {
    placed.dispose();
    throw error;
  }
}

/** Calls `use` with samples as they go to the worker; what is placed for the occasion is freed again. */
export async function withSamples<T>(
  connection: Connection,
  arrays: readonly (RemoteArray | undefined)[],
  options: TransferOptions,
  use: (samples: readonly (Samples | undefined)[]) => Promise<T>,
): Promise<T> {
  const temporary: RemoteData[] = [];
  try {
    const samples: (Samples | undefined)[] = [];
    for (const array of arrays) {
      if (array instanceof RemoteData) samples.push(array.placedFor(connection));
      else if (typeof array === 'object' && array !== null && 'data' in array) {
        const placed = await place(connection, array, options);
        temporary.push(placed);
        samples.push(placed.placedFor(connection));
      } else samples.push(array);
    }
    return await use(samples);
  } finally {
    for (const placed of temporary) placed.dispose();
  }
}
