/** Sparse rows as the data of a model. */
import type { Room } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import { type Graph, Value } from '../graph/graph.ts';
import { type SparseRowsAt, sparseProduct, updateRows } from '../graph/operations/arrays/sparse.ts';
import { Printed } from '../printed.ts';
import { type SparseParts, sparseParts } from '../sparse-parts.ts';

import { placeAs } from '../targets.ts';
import { checkInteger, checkKind, sameShape, showShape } from '../validate.ts';
import { isSparse, type Numbers, type SparseData, type Values } from '../values.ts';
import { byRows, decide, products } from './by-rows.ts';
import { hook, type PlacedSparse, type RowSlots, type SparseHook } from './sparse-hook.ts';

/** The least power of two from n on. */
const powerOfTwo = (n: number): number => 2 ** (32 - Math.clz32(Math.max(n, 1) - 1));

/** Sparse rows that have been checked. Made by {@link sparse}. @category Tensors and gradients */
export class SparseRows extends Printed implements SparseData {
  /** The columns of the values, row after row. */
  readonly indices: Int32Array;
  /** The values; undefined for ones. */
  readonly values: Numbers | undefined;
  /** Where the values of each row begin, and at last where those of the last one end. */
  readonly offsets: Int32Array;
  /** How many rows and columns: [rows, columns]. */
  readonly shape: readonly number[];

  /** Copies them to the place that they have already, if they have one. */
  readonly #put: (() => PlacedSparse) | undefined;

  /** @internal */
  constructor({ indices, values, offsets, shape }: SparseParts, put?: () => PlacedSparse) {
    super();
    this.#put = put;
    this.indices = indices;
    this.values = values;
    this.offsets = offsets;
    this.shape = Object.freeze([...shape]);
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'SparseRows';
  }

  toString(): string {
    return `SparseRows ${showShape(this.shape)}, ${this.offsets.at(-1)} values`;
  }

  /**
   * Rows `from` up to, but not including, `to`; columns and values are not copied.
   *
   * @throws RangeError if there are no such rows.
   */
  rows(from: number, to: number): SparseRows {
    const [rows, columns = 1] = this.shape;
    checkInteger('to', to, 1, rows);
    checkInteger('from', from, 0, to - 1);
    const [first = 0, last = 0] = [this.offsets[from], this.offsets[to]];
    return new SparseRows({
      indices: this.indices.subarray(first, last),
      values: this.values?.subarray(first, last),
      offsets: this.offsets.slice(from, to + 1).map((offset) => offset - first),
      shape: [to - from, columns],
    });
  }

  /** @internal */
  fitting(shape: readonly number[], expected: string): this {
    const [, columns = 0] = this.shape;
    if (sameShape(shape, [columns])) return this;
    throw new RangeError(`${expected}, got sparse rows [.., ${columns}]`);
  }

  /** With room for more values, so that batches of nearly the same number of them fit the same program. @internal */
  get roomy(): SparseRows {
    const room = powerOfTwo(this.indices.length);
    const more = <T extends Numbers>(list: T): T => {
      const Own = list.constructor as new (length: number) => T;
      const all = new Own(room);
      all.set(list);
      return all;
    };
    return new SparseRows({ ...this, indices: more(this.indices), values: this.values && more(this.values) });
  }

  /** @internal */
  get bytes(): number {
    return 4 * (this.offsets.length + 2 * this.indices.length);
  }

  /** @internal */
  get form(): Values {
    const { indices, values, shape } = this;
    return { data: indices, shape: [...shape, indices.length], divisor: values === undefined ? 1 : 2 };
  }

  /** Copies them into memory, for the program. @internal */
  place(engine: Engine, room: Room): PlacedSparse {
    if (this.#put !== undefined) return this.#put();
    const { offsets, indices, values, shape } = this;
    const [rows = 1, inputs = 1] = shape;
    const at = {
      offsets: placeAs('i32', engine, room, offsets),
      indices: placeAs('i32', engine, room, indices),
      values: values === undefined ? 0 : placeAs('f32', engine, room, values),
      inputs,
      each: Math.ceil((offsets[rows] ?? 0) / rows),
    };
    return placedAt(at, (batchSize) => this.#most(batchSize));
  }

  /** Memory for `count` batches of up to `size` rows like these, each with `most` values or as many as these. @internal */
  slots(engine: Engine, room: Room, count: number, size: number, most: number): RowSlots {
    const own = Math.max(most, powerOfTwo(this.indices.length));
    const block = (each: number): number => room.allocate(4 * count * each);
    const at = {
      offsets: block(size + 1),
      indices: block(own),
      values: this.values === undefined ? 0 : block(own),
      inputs: this.shape[1] ?? 1,
      each: Math.ceil(own / size),
    };
    const placed = placedAt(at, () => own);
    const rows = Int32Array.from({ length: count * size }, (_, i) => i + Math.floor(i / size));
    return {
      most: own,
      order: placeAs('i32', engine, room, rows),
      at: (slot, rows) =>
        new SparseRows(rows, () => {
          const [first, { indices, values, offsets }] = [slot * own, rows];
          engine.i32(at.offsets + 4 * slot * (size + 1), offsets.length).set(offsets.map((offset) => first + offset));
          engine.i32(at.indices + 4 * first, indices.length).set(indices);
          if (values !== undefined) engine.f32(at.values + 4 * first, values.length).set(values);
          return placed;
        }),
    };
  }

  /** The most values that a batch can have, whichever rows are in it. */
  #most(batchSize: number): number {
    const { offsets, indices } = this;
    const rows = offsets.length - 1;
    if (batchSize >= rows) return indices.length;
    const lengths = Int32Array.from({ length: rows }, (_, r) => (offsets[r + 1] ?? 0) - (offsets[r] ?? 0)).sort();
    return lengths.subarray(-batchSize).reduce((sum, length) => sum + length, 0);
  }
}

/** Rows at these addresses; `mostOf` is the most values that a batch of this size can have. */
const placedAt = (at: Omit<SparseRowsAt, 'most'>, mostOf: (batchSize: number) => number): PlacedSparse => ({
  sparse: (graph, isOutput) => {
    if (isOutput) throw new TypeError('sparse rows cannot be an output of the model: put a dense layer between');
    return inputIn(graph, { ...at, most: powerOfTwo(mostOf(graph.batchSize)) });
  },
});

/** The input of a graph whose rows these are. */
function inputIn(graph: Graph, rows: SparseRowsAt): Value {
  const value = new Value(graph, { shape: [rows.inputs], rows: true });
  value.sparse = {
    check({ kind, name }) {
      if (kind !== 'dense') throw new TypeError(`${name} cannot read sparse rows: their first layer must be dense`);
    },
    product: (label, kernel, bias) => sparseProduct(label, rows, kernel, bias),
    update: (label, dz, numbers) => updateRows(label, rows, dz, numbers),
  };
  return value;
}

const read = (name: string, value: SparseData): SparseRows =>
  value instanceof SparseRows ? value : new SparseRows(sparseParts(name, value));

const slots: SparseHook['slots'] = (x, engine, room, count, size, before) => {
  const all = x.map((one, i) =>
    'offsets' in one ? one.slots(engine, room, count, size, before?.most[i] ?? 0) : undefined,
  );
  const any = all.find((one) => one !== undefined);
  return (
    any && {
      most: all.map((one) => one?.most ?? 0),
      order: any.order,
      fits: (inputs) => inputs.every((one, i) => !('offsets' in one) || one.indices.length <= (all[i]?.most ?? 0)),
      at: (slot, inputs) => inputs.map((one, i) => ('offsets' in one ? (all[i]?.at(slot, one) ?? one) : one)),
    }
  );
};

hook.sparse = { read, byRows, decide, products, slots };

/**
 * Rows with few values that are not zero, as the input of a model whose first layer is dense: words of documents, categories. They are never
 * made dense: memory and time follow the values, not the columns, of which there may be millions.
 *
 * A model takes `{ indices, values, offsets, shape }` as it is too, but checks it at every call; and a bundle has the code for sparse rows only if the
 * program imports this function. Columns need not be in order within a row; values of a column that a row names twice are added.
 *
 * @param rows compressed sparse rows: row r has `values` (default ones) in the columns `indices` from `offsets[r]` up to, but not including,
 * `offsets[r + 1]`; `shape` is [rows, columns]. Memory of 32-bit integers is not copied
 * @throws TypeError or RangeError if the parts do not fit each other: offsets that do not ascend from 0 to `indices.length`, a column that
 * is not there.
 * @example
 * ```ts
 * import { layers, sequential, sparse } from 'simdescent';
 * // two documents of a vocabulary of 10,000 words
 * const x = sparse({ indices: [17, 4005, 9, 17, 250], values: [1, 2, 1, 1, 3], offsets: [0, 2, 5], shape: [2, 10_000] });
 * const model = sequential([layers.dense({ units: 16, activation: 'relu' }), layers.dense({ units: 1 })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit(x, [[0], [1]]);
 * ```
 * @category Tensors and gradients
 */
export function sparse(rows: SparseData): SparseRows {
  checkKind(isSparse(rows), 'sparse(rows): rows', '{ indices, offsets, shape } and perhaps values', rows);
  return read('rows', rows);
}
