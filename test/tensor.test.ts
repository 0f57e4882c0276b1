/** Tensors: shapes, types, liveness, and the memory they stand on. */
import { describe, expect, test } from 'vitest';
import { createRuntime, initializers, layers, sequential, tensor } from '../src/index.ts';
import { errorOf } from './helpers.ts';

describe('a tensor', () => {
  test('holds zeros or the values given, row-major, with a frozen shape', () => {
    using a = tensor([2, 3]);
    expect(Array.from(a.data)).toEqual([0, 0, 0, 0, 0, 0]);
    using b = tensor([2, 2], [1, -2, 0.5, 3]);
    expect(Array.from(b.data)).toEqual([1, -2, 0.5, 3]);
    expect([b.shape, b.size, b.dtype]).toEqual([[2, 2], 4, 'float32']);
    expect(Object.isFrozen(b.shape)).toBe(true);
  });

  test('has the typed array of its dtype', () => {
    using i = tensor([3], [1, -2, 3], { dtype: 'int32' });
    using u = tensor([3], [1, 2, 255], { dtype: 'uint8' });
    using f = tensor([3], Float64Array.of(0.1, 1e300, Number.NaN));
    expect(i.data).toEqual(Int32Array.of(1, -2, 3));
    expect(u.data).toEqual(Uint8Array.of(1, 2, 255));
    expect(f.data).toEqual(Float32Array.of(0.1, Number.POSITIVE_INFINITY, Number.NaN));
  });

  test('copies what it is given: the source stays its own', () => {
    const shape = [2];
    const values = [1, 2];
    using a = tensor(shape, values);
    shape[0] = 9;
    values[0] = 9;
    expect(a.shape).toEqual([2]);
    expect(Array.from(a.data)).toEqual([1, 2]);
  });

  test('takes an initializer, and draws what a layer of that seed draws for its first weight', () => {
    const draw = (seed?: number) => tensor([7, 5], initializers.glorotUniform(), seed === undefined ? {} : { seed });
    using model = sequential([layers.dense({ units: 5, inputShape: [7] })], { seed: 3 });
    expect(draw(3).data).toEqual(model.getWeights()[0]);
    expect(draw().data).toEqual(draw(0).data);
    expect(draw(2 ** 40).data).not.toEqual(draw(0).data);
    using ones = tensor([3], initializers.constant({ value: 2 }));
    expect(Array.from(ones.data)).toEqual([2, 2, 2]);
    expect(() => tensor([2], initializers.ones(), { dtype: 'int32' })).toThrow(TypeError);
    expect(() => tensor([2], initializers.ones(), { seed: -1 })).toThrow(RangeError);
  });

  test('may be a scalar or empty', () => {
    using scalar = tensor([], [7]);
    expect([scalar.size, scalar.data[0]]).toEqual([1, 7]);
    using empty = tensor([0, 3]);
    expect([empty.size, empty.data.length]).toEqual([0, 0]);
  });

  test('begins on a cache line, and memory that is given back comes again as zeros', () => {
    const runtime = createRuntime();
    for (let i = 0; i < 20; i++) {
      using a = tensor([i + 1], undefined, { runtime });
      expect(a.data.byteOffset % 64).toBe(0);
      expect(a.data.every((value) => value === 0)).toBe(true);
      a.data.fill(5);
    }
    expect(runtime.memory.used).toBe(0);
  });

  test('stays valid and live when the memory grows', () => {
    const runtime = createRuntime();
    const early = tensor([4], [1, 2, 3, 4], { runtime });
    const { data } = early;
    const late = tensor([4, 2 ** 20], undefined, { runtime });
    data[0] = 9;
    expect(early.data[0]).toBe(9);
    expect(late.data.length).toBe(4 * 2 ** 20);
    runtime.dispose();
  });

  test('of one runtime is none of another', () => {
    const [a, b] = [createRuntime(), createRuntime()];
    tensor([1000], undefined, { runtime: a });
    expect(b.memory.used).toBe(0);
    expect(a.memory.used).toBeGreaterThanOrEqual(4000);
  });
});

describe('a runtime', () => {
  test('says what it is and how much it may use', () => {
    const runtime = createRuntime({ maximumMemory: 32 * 2 ** 20, threads: 1, simd: 'strict' });
    expect([runtime.threads, runtime.simd]).toEqual([1, 'strict']);
    expect(runtime.memory).toEqual({ used: 0, limit: 32 * 2 ** 20 });
  });

  test.each([
    [{ maximumMemory: 1000 }, /maximumMemory must be an integer from 1048576 to 4294967296, got 1000/],
    [{ maximumMemory: Number.NaN }, /maximumMemory must be an integer .* got NaN/],
    [{ maximumMemory: '1 GB' }, /maximumMemory must be an integer, got '1 GB'/],
    [{ threads: 65 }, /threads must be an integer from 1 to 64, got 65/],
    [{ threads: 'many' }, /threads must be a number or 'auto', got 'many'/],
    [{ simd: 'loose' }, /simd must be 'strict' or 'relaxed', got 'loose'/],
    [{ thread: 1 }, /unknown option of createRuntime 'thread'; did you mean 'threads'\?/],
  ])('refuses %j', async (options, want) => {
    expect((await errorOf(() => createRuntime(options as object))).message).toMatch(want);
  });
});

describe('bad input', () => {
  test.each([
    [() => tensor([2, 2], [1, 2, 3]), RangeError, /4 values.*\[2, 2\], got 3/],
    [() => tensor([2, -1]), RangeError, /shape must hold integers of at least 0, got \[2, -1\]/],
    [
      () => tensor([[1, 2]] as never),
      TypeError,
      /shape must be an array of sizes, .*before the values.*got \[\[..\]\]/,
    ],
    [
      () =>
        tensor(
          [2, 3],
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ),
      RangeError,
      /\[2, 3\].*\[3, 2\]/,
    ],
    [() => tensor([2], [1, 256], { dtype: 'uint8' }), RangeError, /values\[1\].*uint8.* 0 to 255.*256/],
    [() => tensor([2], [1, 0.5], { dtype: 'int32' }), RangeError, /values\[1\].*int32.*0\.5/],
    [() => tensor([1], Uint32Array.of(2 ** 31), { dtype: 'int32' }), RangeError, /values\[0\].*int32.*2147483648/],
    [() => tensor([1.5]), RangeError, /shape must hold integers of at least 0, got \[1.5\]/],
    [() => tensor(3 as never), TypeError, /shape must be an array of sizes, got 3/],
    [() => tensor([2], 5), RangeError, /2 values.*\[2\].*got 1/],
    [() => tensor([1], null as never), TypeError, /values must be .*arrays of numbers, got null/],
    [() => tensor([2], '12' as never), TypeError, /values must be .*arrays of numbers, got '12'/],
    [() => tensor([2], [1, 'a'] as never), TypeError, /values\[1\] must be a number, got 'a'/],
    [() => tensor([2], [1n, 2n] as never), TypeError, /values\[0\] must be a number, got 1n/],
    [() => tensor([1], new BigInt64Array(1) as never), TypeError, /values must hold numbers, got BigInt64Array/],
    [
      () => tensor([1], [1], { dtype: 'float64' as never }),
      RangeError,
      /unknown dtype 'float64'; did you mean 'float32'\?/,
    ],
    [
      () => tensor([1], [1], { type: 'int32' } as never),
      RangeError,
      /unknown option of tensor 'type'; did you mean 'dtype'\?/,
    ],
    [() => tensor([1], [1], { runtime: {} as never }), TypeError, /runtime must come from createRuntime\(\)/],
    [() => tensor([1e9, 1e9]), RangeError, /^out of memory: asked for/],
  ] as const)('%s', async (run, kind, want) => {
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(want);
  });

  test('a failing tensor takes no memory', async () => {
    const runtime = createRuntime();
    for (const values of [
      [1, 2, 3],
      ['a', 'b'],
      [1n, 2n],
    ])
      await errorOf(() => tensor([2], values as never, { runtime }));
    expect(runtime.memory.used).toBe(0);
  });
});
