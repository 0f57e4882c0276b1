/** The kernels as functions over tensors: results, `out`, and what is refused. */
import { describe, expect, test } from 'vitest';
import { activationNames, createRuntime, ops, tensor } from '../src/index.ts';
import { errorOf, expectClose, floats } from './helpers.ts';
import { erf, sigmoid, softplus } from './reference/math.ts';
import { activate } from './reference/network.ts';

const of = (shape: readonly number[], seed: number, scale = 1) => tensor(shape, floats(shape, seed, scale).data);
const sizes = [1, 2, 3, 5, 8, 13];

/** a [m, k] · b [k, n] in float64. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, m: number, k: number, n: number): number[] {
  return Array.from({ length: m * n }, (_, i) => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += (a[Math.floor(i / n) * k + p] as number) * (b[p * n + (i % n)] as number);
    return sum;
  });
}

describe('matmul', () => {
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('transposeA %s, transposeB %s', (transposeA, transposeB) => {
    for (const [m, k, n] of sizes.map((size, i) => [size, sizes[(i + 2) % 6], sizes[(i + 3) % 6]] as const)) {
      if (k === undefined || n === undefined) continue;
      const [a, b] = [of([m, k], 1), of([k, n], 2)];
      const want = product(a.data, b.data, m, k, n);
      const got = ops.matmul(transposeA ? ops.transpose(a) : a, transposeB ? ops.transpose(b) : b, {
        transposeA,
        transposeB,
      });
      expect(got.shape).toEqual([m, n]);
      expectClose(got.data, want, 1e-6, `${m} ${k} ${n}`);
    }
  });

  test('adds a bias to every row and applies relu', () => {
    const [a, b, bias] = [of([5, 7], 1), of([7, 3], 2), of([3], 3)];
    const plain = product(a.data, b.data, 5, 7, 3).map((value, i) => value + (bias.data[i % 3] as number));
    expectClose(ops.matmul(a, b, { bias }).data, plain, 1e-6);
    const rectified = ops.matmul(a, b, { bias, activation: 'relu' });
    expectClose(
      rectified.data,
      plain.map((value) => Math.max(value, 0)),
      1e-6,
    );
    expect(rectified.data.some((value) => value === 0)).toBe(true);
  });

  test('writes into out, all of it, and returns it', () => {
    const [a, b, out] = [of([2, 3], 1), of([3, 2], 2), tensor([2, 2], [9, 9, 9, 9])];
    expect(ops.matmul(a, b, { out })).toBe(out);
    expect(Array.from(out.data)).toEqual(Array.from(ops.matmul(a, b).data));
  });

  test('over nothing is zero, or empty', () => {
    expect(Array.from(ops.matmul(tensor([2, 0]), tensor([0, 2])).data)).toEqual([0, 0, 0, 0]);
    expect(ops.matmul(tensor([0, 3]), tensor([3, 2])).shape).toEqual([0, 2]);
  });
});

describe('elementwise', () => {
  test.each(sizes)('add, subtract, multiply and divide %i numbers exactly', (n) => {
    const [a, b] = [of([n], 1), of([n], 2)];
    const each = (f: (x: number, y: number) => number) =>
      Float32Array.from(a.data, (x, i) => f(x, b.data[i] as number));
    expect(ops.add(a, b).data).toEqual(each((x, y) => x + y));
    expect(ops.subtract(a, b).data).toEqual(each((x, y) => x - y));
    expect(ops.multiply(a, b).data).toEqual(each((x, y) => x * y));
    expect(ops.divide(a, b).data).toEqual(each((x, y) => x / y));
  });

  test.each([
    ['exp', Math.exp],
    ['log', Math.log],
    ['tanh', Math.tanh],
    ['erf', erf],
    ['sigmoid', sigmoid],
    ['softplus', softplus],
    ['sqrt', Math.sqrt],
  ] as const)('%s', (name, f) => {
    const x = of([3, 5], 1, 4);
    if (name === 'log' || name === 'sqrt') x.data.set(x.data.map((value) => Math.abs(value) + 0.01));
    const got = ops[name](x);
    expect(got.shape).toEqual([3, 5]);
    for (const [i, value] of x.data.entries()) {
      const want = f(value);
      expect(Math.abs((got.data[i] as number) - want)).toBeLessThanOrEqual(4e-7 * Math.abs(want));
    }
    const before = Array.from(got.data);
    expect(ops[name](x, { out: x })).toBe(x);
    expect(Array.from(x.data), 'in place').toEqual(before);
  });

  test.each(activationNames)('activation %s', (name) => {
    const x = of([4, 6], 1, 3);
    expectClose(ops.activation(x, name).data, activate(Array.from(x.data), 6, name), 1e-6);
  });

  test('an activation takes its alpha', () => {
    const y = ops.activation(tensor([2], [-2, 1]), { name: 'leakyRelu', alpha: 0.5 });
    expect(Array.from(y.data)).toEqual([-1, 1]);
  });
});

test('transpose, sum and norm', () => {
  const x = of([3, 5], 1);
  const t = ops.transpose(x);
  expect(t.shape).toEqual([5, 3]);
  for (let r = 0; r < 3; r++) for (let c = 0; c < 5; c++) expect(t.data[c * 3 + r]).toBe(x.data[r * 5 + c]);
  expect(ops.sum(x)).toBeCloseTo(
    x.data.reduce((a, b) => a + b, 0),
    6,
  );
  expect(ops.norm(tensor([2], [3, 4]))).toBe(5);
  expect([ops.sum(tensor([0])), ops.norm(tensor([0]))]).toEqual([0, 0]);
  // squares beyond float32 are added in float64
  expect(ops.norm(tensor([2], [3e30, 4e30]))).toBeCloseTo(5e30, -24);
});

describe('bad input', () => {
  const [a, b, v] = [of([2, 3], 1), of([2, 3], 2), of([3], 3)];
  const int = tensor([2, 3], undefined, { dtype: 'int32' });
  const elsewhere = tensor([2, 3], undefined, { runtime: createRuntime() });
  test.each([
    [() => ops.matmul(a, b), RangeError, 'matmul: a [2, 3] does not fit b [2, 3]: 3 is not 2'],
    [
      () => ops.matmul(a, b, { transposeA: true, transposeB: true }),
      RangeError,
      'matmul: a [2, 3] transposed does not fit b [2, 3] transposed: 2 is not 3',
    ],
    [() => ops.matmul(a, tensor([2])), RangeError, /matmul: a \[2, 3\] does not fit b \[2, 1\]: 3 is not 2/],
    [() => ops.matmul(a, b, { transposeB: true, bias: v }), RangeError, 'bias must have shape [2], got [3]'],
    [() => ops.matmul(a, b, { transposeB: true, out: a }), RangeError, 'out must have shape [2, 2], got [2, 3]'],
    [
      () => ops.matmul(a, b, { activation: 'tanh' as never }),
      RangeError,
      "activation of matmul must be 'linear' or 'relu', got 'tanh'",
    ],
    [
      () => ops.matmul(a, b, { transposeC: true } as never),
      RangeError,
      /unknown option of matmul 'transposeC'; did you mean 'transpose[AB]'\?/,
    ],
    [() => ops.matmul(a, b, { transposeA: 1 as never }), TypeError, 'transposeA must be true or false, got 1'],
    [() => ops.sum(a, { axis: 2 }), RangeError, /sum: axis must be an integer from -2 to 1, got 2/],
    [() => ops.sum(a, { axes: 0 } as never), RangeError, /unknown option of sum 'axes'; did you mean 'axis'/],
    [() => ops.add(a, tensor([2])), RangeError, /add: shapes \[2, 3\] and \[2\] do not broadcast/],
    [() => ops.add(a, 'x' as never), TypeError, /b must be a tensor.* got 'x'/],
    [() => ops.add(a, int as never), TypeError, 'b must be a float32 tensor, got int32'],
    [() => ops.add(a, elsewhere), Error, 'tensors of different runtimes cannot be combined'],
    [() => ops.exp(a, { out: elsewhere }), Error, 'tensors of different runtimes cannot be combined'],
    [() => ops.exp(a, { out: int as never }), TypeError, 'out must be a float32 tensor, got int32'],
    [() => ops.exp(a, { out: v }), RangeError, 'out must have shape [2, 3], got [3]'],
    [() => ops.activation(a, 'rellu' as never), RangeError, /unknown activation 'rellu'; did you mean 'relu'\?/],
    [() => ops.activation(a, { name: 'relu', alpha: 1 }), RangeError, "activation 'relu' takes no alpha"],
    [
      () => ops.activation(a, { name: 'elu', alpha: Number.NaN }),
      RangeError,
      'alpha of elu must be a finite number at least 0, got NaN',
    ],
    [() => ops.transpose(a, { axes: [0, 0] }), RangeError, /transpose: axes \[0, 0\] names an axis twice/],
    [() => ops.sum('x' as never), TypeError, /x must be a tensor.* got 'x'/],
  ] as const)('%s', async (run, kind, want) => {
    const before = Array.from(a.data);
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(kind);
    if (typeof want === 'string') expect(error.message).toBe(want);
    else expect(error.message).toMatch(want);
    expect(Array.from(a.data)).toEqual(before);
  });

  test('a product or a transpose cannot overwrite what it reads', async () => {
    const all = of([4, 2], 1);
    const [square, middle] = [all.rows(0, 2), all.rows(1, 3)];
    const message = async (run: () => unknown) => (await errorOf(run)).message;
    for (const out of [square, all.rows(0, 2), middle]) {
      expect(await message(() => ops.matmul(square, of([2, 2], 1), { out }))).toBe('matmul: out overlaps an input');
      expect(await message(() => ops.matmul(of([2, 2], 1), square, { out }))).toBe('matmul: out overlaps an input');
      expect(await message(() => ops.transpose(square, { out }))).toBe('transpose: out overlaps an input');
    }
  });

  test('elements may go where they came from, but not beside', async () => {
    const all = tensor([4], [1, 2, 3, 4]);
    const [low, high, middle] = [all.rows(0, 2), all.rows(2, 4), all.rows(1, 3)];
    for (const run of [
      () => ops.add(low, high, { out: middle }),
      () => ops.exp(low, { out: middle }),
      () => ops.activation(high, 'relu', { out: middle }),
    ])
      expect((await errorOf(run)).message).toMatch(/^(add|exp|activation): out overlaps an input$/);
    ops.add(low, high, { out: all.rows(0, 2) });
    ops.multiply(high, low, { out: low });
    expect(Array.from(all.data)).toEqual([12, 24, 3, 4]);
  });
});
