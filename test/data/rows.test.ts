/** Shuffles, parts and batches of every kind of rows. */
import { describe, expect, it } from 'vitest';
import { batch, csv, first, type SplitOptions, shuffle, take, trainTestSplit } from '../../src/data/index.ts';
import { createRuntime, layers, sequential, sparse, tensor } from '../../src/index.ts';
import { philox4x32, shuffled, words } from '../reference/random.ts';

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const IMAGES = { data: Uint8Array.from(numbers(24)), shape: [6, 2, 2], divisor: 255 } as const;

describe('shuffle', () => {
  it.each([0, 1, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER])('is that of the core with seed %d', (seed) => {
    const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)] as const;
    const expected = shuffled(words(1000, key, 0, 0, 2), (i, draw) => philox4x32([i, draw, 0, 2], key)[0]);
    expect(shuffle(numbers(1000), { seed })).toEqual(expected);
  });

  it('moves several arrays alike, and leaves what it was given', async () => {
    const table = await csv('a,b\n0,x\n1,y\n2,z\n');
    const given = { table, list: ['x', 'y', 'z'], typed: Int8Array.of(0, 1, 2), shaped: [[0], [1], [2]] };
    const { table: t, list, typed, shaped } = shuffle(given, { seed: 3 });
    expect(list).not.toEqual(given.list);
    expect(t.texts('b')).toEqual(list);
    expect([...t.numbers('a')]).toEqual([...typed]);
    expect(shaped.map(([i]) => given.list[i ?? 0])).toEqual(list);
    expect(given.list).toEqual(['x', 'y', 'z']);
  });
});

describe('take, first and batch', () => {
  it('keep kinds, shapes and divisors', async () => {
    using runtime = await createRuntime();
    expect(take(IMAGES, [5, 0])).toEqual({
      data: Uint8Array.of(20, 21, 22, 23, 0, 1, 2, 3),
      shape: [2, 2, 2],
      divisor: 255,
    });
    expect(first(Int16Array.of(1, 2, 3), 2)).toEqual(Int16Array.of(1, 2));
    expect(first(['a'], 5)).toEqual(['a']);
    const x = tensor([2, 2], [1, 2, 3, 4], { runtime });
    expect(take(x, [1])).toEqual({ data: Float32Array.of(3, 4), shape: [1, 2], divisor: 1 });
  });

  it('sparse rows stay sparse, checked once, with the kind of their values', async () => {
    // rows [1: 5, 3: 6], [], [0: 7], [2: 8, 2: 9]
    const given = {
      indices: [1, 3, 0, 2, 2],
      values: Int16Array.of(5, 6, 7, 8, 9),
      offsets: [0, 2, 2, 3, 5],
      shape: [4, 4],
    };
    expect(take({ x: given, y: ['a', 'b', 'c', 'd'] }, [3, 1, 0, 3])).toEqual({
      x: {
        indices: Int32Array.of(2, 2, 1, 3, 2, 2),
        values: Int16Array.of(8, 9, 5, 6, 8, 9),
        offsets: Int32Array.of(0, 2, 2, 4, 6),
        shape: [4, 4],
      },
      y: ['d', 'b', 'a', 'd'],
    });
    const ones = sparse({ indices: [1, 3, 0], offsets: [0, 2, 3], shape: [2, 4] });
    expect(first(ones, 1)).toEqual({ indices: Int32Array.of(1, 3), offsets: Int32Array.of(0, 2), shape: [1, 4] });
    expect(Array.from(batch(given, 3), ({ offsets }) => [...offsets])).toEqual([
      [0, 2, 2, 3],
      [0, 2],
    ]);
    expect(() => take({ ...given, offsets: [0, 2, 1, 3, 5] }, [0])).toThrow(/offsets must begin with 0 and never fall/);
    expect(() => take({ x: given, y: [1] }, [0])).toThrow(/y has 1 rows, but x has 4/);
    const { train, test } = trainTestSplit({ x: given, y: [0, 1, 2, 3] }, { testSize: 1, seed: 1 });
    using model = sequential([layers.dense({ units: 1, kernelInitializer: 'ones' })]);
    const sums = await model.predict(train.x);
    expect([...sums.data]).toEqual(train.y.map((row) => [11, 0, 7, 17][row]));
    expect([...(await model.predict(test.x)).data]).toEqual(test.y.map((row) => [11, 0, 7, 17][row]));
  });

  it('batches end with what is left, or without', () => {
    const sizes = (dropRemainder: boolean) =>
      Array.from(batch({ x: IMAGES, y: numbers(6) }, 4, { dropRemainder }), ({ x, y }) => [x.shape, y]);
    expect(sizes(false)).toEqual([
      [
        [4, 2, 2],
        [0, 1, 2, 3],
      ],
      [
        [2, 2, 2],
        [4, 5],
      ],
    ]);
    expect(sizes(true)).toHaveLength(1);
    const [view] = batch(IMAGES, 4);
    expect(view?.data.buffer).toBe(IMAGES.data.buffer);
  });

  it('refuse what does not fit', () => {
    expect(() => take([1, 2], [2])).toThrow(RangeError);
    expect(() => take({ x: [1, 2], y: [1] }, [0])).toThrow(/y has 1.*x has 2/);
    expect(() => first({} as Record<string, number[]>, 1)).toThrow(TypeError);
    expect(() => batch([1], 0)).toThrow(RangeError);
    expect(() => shuffle(5 as never)).toThrow(/table.*list.*got 5/);
    expect(() => shuffle([1], { seed: -1 })).toThrow(RangeError);
  });
});

describe('trainTestSplit', () => {
  const sizes = (count: number, options: SplitOptions): number[] => {
    const { train, test } = trainTestSplit(numbers(count), options);
    expect(new Set([...train, ...test]).size).toBe(train.length + test.length);
    return [train.length, test.length];
  };

  it('has the sizes of scikit-learn', () => {
    expect(sizes(10, {})).toEqual([7, 3]);
    expect(sizes(10, { testSize: 0.2 })).toEqual([8, 2]);
    expect(sizes(10, { testSize: 0.21 })).toEqual([7, 3]);
    expect(sizes(10, { trainSize: 0.75 })).toEqual([7, 3]);
    expect(sizes(10, { trainSize: 0.5, testSize: 0.2 })).toEqual([5, 2]);
    expect(sizes(10, { testSize: 4 })).toEqual([6, 4]);
    expect(sizes(10, { trainSize: 4, testSize: 1 })).toEqual([4, 1]);
  });

  it('divides classes in their shares', () => {
    const y = [...Array(60).fill('a'), ...Array(30).fill('b'), ...Array(10).fill('c')];
    const { train, test } = trainTestSplit({ x: numbers(100), y }, { testSize: 0.2, stratify: y, seed: 5 });
    const count = (of: readonly string[], one: string) => of.filter((found) => found === one).length;
    expect(['a', 'b', 'c'].map((one) => count(test.y, one))).toEqual([12, 6, 2]);
    expect(['a', 'b', 'c'].map((one) => count(train.y, one))).toEqual([48, 24, 8]);
    for (const part of [train, test]) expect(part.x.map((i) => y[i])).toEqual(part.y);
    expect([...train.x].sort((a, b) => a - b)).not.toEqual(train.x);
  });

  it('depends on the seed alone, and keeps the order without shuffling', () => {
    const { train } = trainTestSplit(IMAGES, { seed: 1 });
    expect(trainTestSplit(IMAGES, { seed: 1 }).train).toEqual(train);
    expect(trainTestSplit(IMAGES, { seed: 2 }).train).not.toEqual(train);
    expect(trainTestSplit(numbers(4), { shuffle: false })).toEqual({ train: [0, 1, 2], test: [3] });
  });

  it.each([
    [{ testSize: 0 }, RangeError],
    [{ testSize: 6 }, RangeError],
    [{ testSize: 1.5 }, RangeError],
    [{ testSize: '1' as never }, TypeError],
    [{ trainSize: 0.1 }, RangeError],
    [{ trainSize: 4, testSize: 4 }, RangeError],
    [{ stratify: [0, 0, 0, 0, 1, 2] }, RangeError],
    [{ stratify: [0, 0, 1, 1, 2, 2], testSize: 2 }, RangeError],
    [{ stratify: [0, 1] }, RangeError],
    [{ stratify: 'y' as never }, TypeError],
    [{ stratify: [0, 0, 0, 1, 1, 1], shuffle: false }, RangeError],
    [{ split: 1 } as never, RangeError],
  ])('refuses %j', (options, kind) => {
    expect(() => trainTestSplit(numbers(6), options)).toThrow(kind);
  });
});
