/** Divides samples into those to train with and those to test with, as scikit-learn's `train_test_split` does. */
import { checkBoolean, checkKind, checkOptions, isObject, show, typedKind } from '../validate.ts';
import type { Numbers } from '../values.ts';
import { checkSeed, randomOrder } from './order.ts';
import { countOfAll, type RowsOrNamed, type Shaped, type Taken, taken } from './rows.ts';

/** Options of {@link trainTestSplit}. */
export interface SplitOptions {
  /** Below 1 the share of the rows to test with, rounded up; from 1 on their number. Default: what `trainSize` leaves, or 0.25. */
  readonly testSize?: number;
  /** Below 1 the share of the rows to train with, rounded down; from 1 on their number. Default: what `testSize` leaves. */
  readonly trainSize?: number;
  /** The class of each row: both parts get the same shares of every class. Default: rows are drawn whatever their class. */
  readonly stratify?: readonly (string | number)[] | Numbers | Shaped | undefined;
  /** Whether rows are drawn at random; otherwise the first ones are to train with. Default true. */
  readonly shuffle?: boolean;
  /** An integer from 0 to 2^53 - 1. The same seed gives the same parts everywhere. Default 0. */
  readonly seed?: number;
}

/** The two parts that {@link trainTestSplit} makes. */
export interface Split<T> {
  /** Rows to train with. */
  readonly train: Taken<T>;
  /** Rows to test with. */
  readonly test: Taken<T>;
}

/**
 * Divides samples at random into a part to train with and a part to test with. Sizes mean what they do in scikit-learn.
 *
 * @param rows a table, `{ data, shape }`, sparse rows, a typed array, a list, or several of them by names, all with the same number of rows
 * @returns copies of the rows, in what holds them in `rows`
 * @throws RangeError if a part would be empty, or with `stratify` if a class has fewer than two rows or a part fewer rows than there are classes;
 * TypeError or RangeError for wrong options
 * @example
 * ```ts
 * import { trainTestSplit } from 'simdescent/data';
 * const x = [[1], [2], [3], [4], [5], [6], [7], [8]];
 * const y = [0, 0, 0, 0, 1, 1, 1, 1];
 * const { train, test } = trainTestSplit({ x, y }, { testSize: 0.25, stratify: y, seed: 1 });
 * console.log(train.x.length, test.y); // 6, a 0 and a 1
 * ```
 * @category Rows
 */
export function trainTestSplit<T extends RowsOrNamed>(rows: T, options: SplitOptions = {}): Split<T> {
  checkOptions('trainTestSplit', options, ['testSize', 'trainSize', 'stratify', 'shuffle', 'seed']);
  const { testSize, trainSize, stratify, shuffle = true, seed = 0 } = options;
  checkBoolean('shuffle', shuffle);
  checkSeed(seed);
  const count = countOfAll(rows);
  const sizes = sizesOf(count, testSize, trainSize);
  if (stratify !== undefined && !shuffle) throw new RangeError('stratify draws rows at random: remove shuffle: false');
  const order = shuffle ? randomOrder(count, seed) : Int32Array.from({ length: count }, (_, i) => i);
  const [train, test] =
    stratify === undefined
      ? [order.subarray(0, sizes.train), order.subarray(sizes.train, sizes.train + sizes.test)]
      : stratified(order, classesOf(stratify, count), sizes);
  return { train: taken(rows, train), test: taken(rows, test) };
}

interface Sizes {
  readonly train: number;
  readonly test: number;
}

/** Numbers of rows, as scikit-learn's `_validate_shuffle_split` has them. */
function sizesOf(count: number, testSize: number | undefined, trainSize: number | undefined): Sizes {
  const rowsOf = (name: string, size: number | undefined, round: (x: number) => number): number | undefined => {
    if (size === undefined) return undefined;
    checkKind(typeof size === 'number', name, 'a number', size);
    if (!(size > 0 && size < 1) && !(Number.isInteger(size) && size >= 1 && size < count))
      throw new RangeError(`${name} must be a share between 0 and 1 or a number of rows below ${count}, got ${size}`);
    return size < 1 ? round(size * count) : size;
  };
  const askedTrain = rowsOf('trainSize', trainSize, Math.floor);
  const askedTest = rowsOf('testSize', testSize ?? (askedTrain === undefined ? 0.25 : undefined), Math.ceil);
  const test = askedTest ?? count - (askedTrain ?? 0);
  const train = askedTrain ?? count - test;
  if (train + test > count || train < 1 || test < 1)
    throw new RangeError(`${count} rows cannot be divided into ${train} to train with and ${test} to test with`);
  return { train, test };
}

/** The class of each row as a number from 0. */
function classesOf(stratify: unknown, count: number): { readonly of: Int32Array; readonly names: readonly unknown[] } {
  const values = isObject(stratify) && 'data' in stratify ? stratify.data : stratify;
  checkKind(Array.isArray(values) || typedKind(values) !== undefined, 'stratify', 'a list of classes', stratify);
  const list = Array.from(values as readonly unknown[]);
  if (list.length !== count) throw new RangeError(`stratify has ${list.length} classes for ${count} rows`);
  const known = new Map<unknown, number>();
  const of = Int32Array.from(list, (one) => {
    const found = known.get(one) ?? known.size;
    known.set(one, found);
    return found;
  });
  return { of, names: [...known.keys()] };
}

/** Both parts with the classes in the shares of the whole, rows in the order given. */
function stratified(
  order: Int32Array,
  { of, names }: ReturnType<typeof classesOf>,
  sizes: Sizes,
): readonly [Int32Array, Int32Array] {
  const counts = names.map(() => 0);
  for (const one of of) counts[one] = (counts[one] ?? 0) + 1;
  const rare = counts.findIndex((count) => count < 2);
  if (rare >= 0) throw new RangeError(`stratify: class ${show(names[rare])} has one row, each part needs at least one`);
  for (const part of ['train', 'test'] as const)
    if (sizes[part] < counts.length)
      throw new RangeError(
        `stratify: ${counts.length} classes need at least as many rows to ${part} with, got ${sizes[part]}`,
      );
  const trains = shares(counts, sizes.train);
  const tests = shares(
    counts.map((count, i) => count - (trains[i] ?? 0)),
    sizes.test,
  );
  const [train, test]: [number[], number[]] = [[], []];
  for (const row of order) {
    const one = of[row] ?? 0;
    for (const [left, part] of [
      [trains, train],
      [tests, test],
    ] as const) {
      const open = left[one] ?? 0;
      if (open === 0) continue;
      left[one] = open - 1;
      part.push(row);
      break;
    }
  }
  return [Int32Array.from(train), Int32Array.from(test)];
}

/** How many of `draws` each class gets: its share rounded down, and one more for those with the largest remainders. */
function shares(counts: readonly number[], draws: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count * draws) / total);
  const found = exact.map(Math.floor);
  const remainder = (i: number): number => (exact[i] ?? 0) - (found[i] ?? 0);
  const first = counts.map((_, i) => i).sort((a, b) => remainder(b) - remainder(a) || a - b);
  const open = draws - found.reduce((sum, count) => sum + count, 0);
  for (const i of first.slice(0, open)) found[i] = (found[i] ?? 0) + 1;
  return found;
}
