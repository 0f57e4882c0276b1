/** Puts samples where the worker's models read them, a piece at a time. */
import { Printed } from '../printed.ts';
import { type SparseParts, sparseParts } from '../sparse-parts.ts';
import { checkInteger, isShared, showShape, typedKind } from '../validate.ts';
import {
  type ArrayData,
  inOrder,
  isSparse,
  type NestedArray,
  type Numbers,
  type SparseData,
  type Values,
  valuesOf,
  weightsInOrder,
} from '../values.ts';
import type { Connection } from './connection.ts';
import type { Placed, PlacedSparse, Sent } from './protocol.ts';

/** An array that a remote model takes: placed data, or whatever a model here takes. */
export type RemoteArray = RemoteData | ArrayData | NestedArray | SparseData;

/** The data of a remote model: an array, or one for each input or output, as an array or by name. */
export type RemoteModelData =
  | RemoteArray
  | readonly RemoteArray[]
  | (Readonly<Record<string, RemoteArray>> & {
      /** Not a name: `{ data, shape }` is one array. */
      readonly data?: never;
    });

/** How arrays get to the worker. */
export interface TransferOptions {
  /**
   * Hands the memory over instead of copying it, where the host can: from the call on, the arrays over it are empty. Default false. Arrays over a
   * SharedArrayBuffer are shared where the page is cross-origin isolated, and never copied on the page's thread.
   */
  readonly transfer?: boolean;
}

/** Bytes of a piece: copying it takes some 2 ms, and between pieces everything else gets its turn. */
const PIECE = 4 * 1024 * 1024;

/** Whether memory can be shared with the worker: on isolated pages, and outside browsers. */
const mayShare = (): boolean => globalThis.crossOriginIsolated !== false;

/** Data in the worker's memory: used by any number of its models, copied for none of them. Made by `client.data`. */
export class RemoteData extends Printed {
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
  readonly #connection: Connection;
  readonly #number: number;
  readonly #from: number;
  readonly #whole: RemoteData;
  #disposed = false;

  /** @internal */
  constructor(connection: Connection, number: number, shape: readonly number[], from = 0, whole?: RemoteData) {
    super();
    this.#connection = connection;
    this.#number = number;
    this.shape = Object.freeze([...shape]);
    this.#from = from;
    this.#whole = whole ?? this;
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'RemoteData';
  }

  toString(): string {
    return `RemoteData ${showShape(this.shape)}${this.#whole.#disposed ? ', disposed of' : ''}`;
  }

  /**
   * Samples `from` up to, but not including, `to`, without a copy, as `rows` of a tensor. They end with the whole.
   *
   * @throws RangeError if there are no such samples.
   */
  rows(from: number, to: number): RemoteData {
    const [count, ...rest] = this.shape;
    if (count === undefined) throw new RangeError('a scalar has no rows');
    checkInteger('to', to, 0, count);
    checkInteger('from', from, 0, to);
    return new RemoteData(this.#connection, this.#number, [to - from, ...rest], this.#from + from, this.#whole);
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
  placedFor(connection: Connection): Placed {
    if (this.#whole.#disposed) throw new Error('the data has been disposed of');
    if (connection !== this.#connection) throw new Error('the data is in the worker of another client');
    return { placed: this.#number, from: this.#from, count: this.shape[0] ?? 0 };
  }
}

/** Values on their way. */
interface Parcel extends Values {
  readonly name: string;
  /** Nobody else uses the buffer: it may go as it is. */
  readonly whole: boolean;
}

/** Takes a buffer from the caller, now; undefined where that cannot be done (WebAssembly's memory, shared memory), which has to be copied. */
export function take(buffer: ArrayBufferLike): ArrayBuffer | undefined {
  try {
    return structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }) as ArrayBuffer;
  } catch {
    return undefined;
  }
}

/**
 * Reads what the caller has given, all of it before any of it is taken. With `transfer` the memory is the client's from here on: what is
 * done to the caller's arrays until it is sent changes nothing. Arrays may have one buffer in common.
 */
export function pack(given: readonly (readonly [name: string, value: unknown])[], transfer: boolean): Parcel[] {
  const parcels = given.map(([name, value]) => {
    const lists = typedKind(value) ?? typedKind(Object(value).data);
    return { ...valuesOf(name, value), name, whole: lists === undefined };
  });
  if (!transfer) return parcels;
  const uses = new Map<ArrayBufferLike, number>();
  for (const { data } of parcels) uses.set(data.buffer, (uses.get(data.buffer) ?? 0) + 1);
  const taken = new Map<ArrayBufferLike, ArrayBuffer | undefined>();
  // before anything is taken: a view of a buffer that is gone has neither offset nor length
  const views = parcels.map(({ data: { buffer, byteOffset, length } }) => ({ buffer, byteOffset, length }));
  return parcels.map((parcel, i) => {
    const { buffer, byteOffset, length } = views[i] ?? parcel.data;
    if (parcel.whole || isShared(buffer)) return parcel;
    if (!taken.has(buffer)) taken.set(buffer, take(buffer));
    const own = taken.get(buffer);
    if (own === undefined) return parcel;
    const Own = parcel.data.constructor as new (...args: unknown[]) => Numbers;
    const data = new Own(own, byteOffset, length);
    return { ...parcel, data, whole: uses.get(buffer) === 1 };
  });
}

/** The arrays as a tensor of the worker holds them. */
const kinds: Readonly<Record<string, 'int32' | 'uint8'>> = { Int32Array: 'int32', Uint8Array: 'uint8' };

async function send(connection: Connection, parcel: Parcel): Promise<RemoteData> {
  const { name, data, shape, divisor, whole } = parcel;
  const { length, buffer } = data;
  const dtype = kinds[typedKind(data) ?? ''] ?? 'float32';
  const number = await connection.call('place', [shape, { dtype, divisor }]);
  const placed = new RemoteData(connection, number, shape);
  try {
    if (isShared(buffer) && mayShare()) await connection.call('write', [number, 0, data]);
    else if (whole) await connection.call('write', [number, 0, data], { transfer: [buffer as ArrayBuffer] });
    else {
      const step = PIECE / data.BYTES_PER_ELEMENT;
      for (let at = 0; at < length; at += step) {
        if (data.length !== length)
          throw new Error(`${name} has lost its memory before it was copied: its buffer was transferred elsewhere`);
        const part = data.subarray(at, at + step);
        const piece = dtype === 'float32' ? new Float32Array(part) : part.slice();
        await connection.call('write', [number, at, piece], { transfer: [piece.buffer as ArrayBuffer] });
      }
    }
    return placed;
  } catch (error) {
    placed.dispose();
    throw error;
  }
}

/** Places an array in the worker. */
export async function place(connection: Connection, value: unknown, { transfer = false }: TransferOptions) {
  const [parcel] = pack([['data', value]], transfer);
  if (parcel === undefined) throw new Error('one value makes one parcel');
  return send(connection, parcel);
}

/** Data of a call: of the inputs or outputs with these names, or weights of samples, which outputs may be without. */
export interface Given {
  readonly value: RemoteModelData;
  readonly names: readonly string[];
  readonly weights?: boolean;
}

/** Calls `use` with the data as they go to the worker; what is placed for the occasion is freed again. */
export async function withData<T>(
  connection: Connection,
  given: Readonly<Record<string, Given | undefined>>,
  { transfer = false }: TransferOptions,
  use: (sent: Readonly<Record<string, Sent>>) => Promise<T>,
): Promise<T> {
  const placed = new Map<unknown, Placed>();
  /** Names in messages; an array that is given twice is sent once. */
  const local = new Map<unknown, string>();
  const sparse = new Map<unknown, SparseParts>();
  const parts = Object.entries(given).flatMap(([what, one]) => {
    if (one === undefined) return [];
    const { value, names, weights = false } = one;
    const arrays = weights ? weightsInOrder(value, names) : inOrder(what, value, names);
    for (const [i, array] of arrays.entries())
      if (array instanceof RemoteData) placed.set(array, array.placedFor(connection));
      else if (array !== undefined && !local.has(array) && !sparse.has(array)) {
        const name = weights || names.length === 1 ? what : `${what} ${names[i]}`;
        if (!isSparse(array)) local.set(array, name);
        else {
          const all = sparseParts(name, array);
          sparse.set(array, all);
          for (const part of [all.indices, all.offsets, all.values]) if (part !== undefined) local.set(part, name);
        }
      }
    return [[what, names, arrays] as const];
  });
  const temporary: RemoteData[] = [];
  try {
    const parcels = pack(
      [...local].map(([array, name]) => [name, array]),
      transfer,
    );
    for (const [i, array] of [...local.keys()].entries()) {
      const data = await send(connection, parcels[i] as Parcel);
      temporary.push(data);
      placed.set(array, data.placedFor(connection));
    }
    const found = (array: unknown): Placed | PlacedSparse | undefined => {
      const rows = sparse.get(array);
      if (rows === undefined) return placed.get(array);
      const [indices, offsets, values] = [rows.indices, rows.offsets, rows.values].map((part) => placed.get(part));
      if (indices === undefined || offsets === undefined) throw new Error('sparse rows are sent with all their parts');
      return { sparse: rows.shape, indices, offsets, ...(values && { values }) };
    };
    const sent = parts.map(([what, names, arrays]): [string, Sent] => {
      const all = arrays.map(found);
      const named = names.flatMap((name, i) => (all[i] === undefined ? [] : [[name, all[i]] as const]));
      return [what, names.length === 1 ? (all[0] as Placed) : Object.fromEntries(named)];
    });
    return await use(Object.fromEntries(sent));
  } finally {
    for (const data of temporary) data.dispose();
  }
}
