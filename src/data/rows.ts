/** Rows of whatever holds samples: tables, arrays with a shape, sparse rows, typed arrays, lists. All functions return what they were given. */

import { sparseParts } from '../sparse-parts.ts';
import { checkInteger, checkKind, checkOptions, isObject, sizeOf, typedKind } from '../validate.ts';
import { checkDivisor, isByName, isSparse, type Numbers, type SparseData, valuesOf } from '../values.ts';
import { checkSeed, randomOrder } from './order.ts';
import { Table } from './table.ts';

/** Numbers with a shape, as the data sets, {@link Table.matrix} and tensors have them. */
export interface Shaped {
  /** The numbers, row-major. */
  readonly data: ArrayLike<number>;
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
  /** Divides every number when it is read. Default 1. */
  readonly divisor?: number;
}

/** What holds a sample in each row: a table, numbers with a shape, sparse rows, a typed array or a list of anything. */
export type Rows = Table | Shaped | SparseData | Numbers | readonly unknown[];

/** Rows, or several of the same length by names. */
export type RowsOrNamed = Rows | Readonly<Record<string, Rows>>;

/** Rows of numbers with a shape. */
export interface Samples<D extends ArrayLike<number> = Numbers> {
  /** The numbers, row-major. */
  readonly data: D;
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
  /** Divides every number when it is read. */
  readonly divisor: number;
}

/** Sparse rows, as `fit` takes them. */
export interface SparseSamples extends SparseData {
  /** The columns of the values, row after row. */
  readonly indices: Int32Array;
  /** The values in the same order; undefined for ones. */
  readonly values: Numbers | undefined;
  /** Where the values of each row begin, and at last where those of the last one end. */
  readonly offsets: Int32Array;
}

/** Some rows of one array, of the same kind. */
export type TakenOf<T> = T extends Table
  ? Table
  : T extends Shaped
    ? Samples<T['data'] extends Numbers ? T['data'] : Numbers>
    : T extends SparseData
      ? SparseSamples
      : T extends Numbers
        ? T
        : T extends readonly (infer E)[]
          ? E[]
          : never;

/** Some rows of `T`, of the same kind. */
export type Taken<T> = T extends Rows ? TakenOf<T> : { [K in keyof T]: TakenOf<T[K]> };

const KINDS = 'a table, { data, shape }, sparse rows, a typed array or a list';

const isShaped = (value: unknown): value is Shaped =>
  isObject(value) && !Array.isArray(value) && !ArrayBuffer.isView(value) && 'data' in value && 'shape' in value;

/** Number of rows; refuses what has none. */
function countOf(name: string, rows: unknown): number {
  if (rows instanceof Table) return rows.rowCount;
  if (isShaped(rows)) {
    const { shape } = valuesOf(name, rows);
    if (shape.length === 0) throw new RangeError(`${name} has no rows: its shape is []`);
    return shape[0] ?? 0;
  }
  if (isSparse(rows)) return sparseParts(name, rows).offsets.length - 1;
  checkKind(Array.isArray(rows) || typedKind(rows) !== undefined, name, KINDS, rows);
  return (rows as readonly unknown[]).length;
}

const isNamed = (value: unknown): value is Readonly<Record<string, Rows>> =>
  !(value instanceof Table) && isByName(value) && !isShaped(value);

/** Number of rows of one array, or of several that must agree. */
export function countOfAll(rows: RowsOrNamed): number {
  if (!isNamed(rows)) return countOf('the rows', rows);
  const counts = Object.entries(rows).map(([name, one]) => [name, countOf(name, one)] as const);
  const [first] = counts;
  if (first === undefined) throw new TypeError(`the rows must be ${KINDS}, or such by names, got {}`);
  for (const [name, count] of counts)
    if (count !== first[1])
      throw new RangeError(`${name} has ${count} rows, but ${first[0]} has ${first[1]}: each sample needs one in both`);
  return first[1];
}

/** One, or each of several. */
function each<T extends RowsOrNamed>(rows: T, change: (one: Rows) => unknown): Taken<T> {
  const given: RowsOrNamed = rows;
  const changed = isNamed(given)
    ? Object.fromEntries(Object.entries(given).map(([name, one]) => [name, change(one)]))
    : change(given as Rows);
  return changed as Taken<T>;
}

/** Not checked again, since `batch` asks for some rows after the other. */
function sparseTaken({ indices, values, offsets, shape }: SparseData, which: ArrayLike<number>): SparseSamples {
  const places = new Int32Array(which.length + 1);
  const from: number[] = [];
  for (const [i, row] of Array.from(which).entries()) {
    for (let k = offsets[row] ?? 0; k < (offsets[row + 1] ?? 0); k++) from.push(k);
    places[i + 1] = from.length;
  }
  const picked = <T extends Numbers>(list: ArrayLike<number>, to: T): T => {
    for (const [i, k] of from.entries()) to[i] = list[k] ?? 0;
    return to;
  };
  const Kind = (ArrayBuffer.isView(values) ? values.constructor : Float64Array) as new (length: number) => Numbers;
  return {
    indices: picked(indices, new Int32Array(from.length)),
    values: values && picked(values, new Kind(from.length)),
    offsets: places,
    shape: [which.length, shape[1] ?? 0],
  };
}

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

/** Rows by their numbers, which are checked already. */
export function taken<T extends RowsOrNamed>(rows: T, indices: ArrayLike<number>): Taken<T> {
  return each(rows, (one) => {
    if (one instanceof Table) return one.take(indices);
    if (isShaped(one)) {
      const { data, shape, divisor } = shapedOf(one);
      const size = sizeOf(shape.slice(1));
      const copy = new (data.constructor as Uint8ArrayConstructor)(size * indices.length) as Numbers;
      for (let i = 0; i < indices.length; i++) {
        const start = (indices[i] ?? 0) * size;
        copy.set(data.subarray(start, start + size), i * size);
      }
      return { data: copy, shape: [indices.length, ...shape.slice(1)], divisor };
    }
    if (isSparse(one)) return sparseTaken(one, indices);
    const list = one as readonly unknown[];
    const picked = Array.from(indices, (index) => list[index]);
    return Array.isArray(one) ? picked : (one.constructor as typeof Float64Array).from(picked as number[]);
  });
}

function shapedOf(rows: Shaped): Samples {
  const { data, shape, divisor } = valuesOf('the rows', rows);
  checkDivisor('divisor', divisor);
  return { data, shape, divisor };
}

/** Rows from `start` to `end`. Numbers are not copied, but for sparse rows. */
export function slice<T extends RowsOrNamed>(rows: T, start: number, end: number): Taken<T> {
  return each(rows, (one) => {
    if (one instanceof Table) return one.take(range(start, end));
    if (isShaped(one)) {
      const { data, shape, divisor } = shapedOf(one);
      const size = sizeOf(shape.slice(1));
      return { data: data.subarray(start * size, end * size), shape: [end - start, ...shape.slice(1)], divisor };
    }
    if (isSparse(one)) return sparseTaken(one, range(start, end));
    return Array.isArray(one) ? one.slice(start, end) : (one as Numbers).subarray(start, end);
  });
}

/**
 * Rows by their numbers, in this order; a row may come more than once.
 *
 * @param rows a table, `{ data, shape }`, sparse rows, a typed array, a list, or several of them by names, all with the same number of rows
 * @param indices numbers of rows, counted from 0
 * @returns copies of the rows, in what holds them in `rows`
 * @throws RangeError for a number that no row has, or if rows by names differ in number
 * @example
 * ```ts
 * import { take } from 'simdescent/data';
 * const { x, y } = take({ x: [[1, 2], [3, 4], [5, 6]], y: ['a', 'b', 'c'] }, [2, 0]); // [[5, 6], [1, 2]] and ['c', 'a']
 * ```
 * @category Rows
 */
export function take<T extends RowsOrNamed>(rows: T, indices: ArrayLike<number>): Taken<T> {
  const count = countOfAll(rows);
  for (const index of Array.from(indices)) checkInteger('the number of a row', index, 0, count - 1);
  return taken(rows, indices);
}

/**
 * The first rows: `count` of them, or all if there are fewer.
 *
 * @param rows as {@link take} takes them
 * @throws TypeError or RangeError if `count` is not a positive integer
 * @example
 * ```ts
 * import { first } from 'simdescent/data';
 * console.log(first(['a', 'b', 'c'], 2)); // ['a', 'b']
 * ```
 * @category Rows
 */
export function first<T extends RowsOrNamed>(rows: T, count: number): Taken<T> {
  checkInteger('count', count, 1);
  return slice(rows, 0, Math.min(count, countOfAll(rows)));
}

/** Options of {@link shuffle}. */
export interface ShuffleOptions {
  /** An integer from 0 to 2^53 - 1. The same seed gives the same order everywhere. Default 0. */
  readonly seed?: number;
}

/**
 * Rows in a random order, the same one for several arrays.
 *
 * @param rows as {@link take} takes them
 * @returns copies of the rows, in what holds them in `rows`
 * @example
 * ```ts
 * import { shuffle } from 'simdescent/data';
 * const { x, y } = shuffle({ x: [[1], [2], [3]], y: [10, 20, 30] }, { seed: 7 });
 * ```
 * @category Rows
 */
export function shuffle<T extends RowsOrNamed>(rows: T, options: ShuffleOptions = {}): Taken<T> {
  checkOptions('shuffle', options, ['seed']);
  const { seed = 0 } = options;
  checkSeed(seed);
  return taken(rows, randomOrder(countOfAll(rows), seed));
}
