/** Operations on tensors, at once: broadcasting, axes, constants, `out`, and memory. */
import { describe, expect, test } from 'vitest';
import { ops, tensor } from '../../src/index.ts';
import { errorOf, expectClose, floats, warm } from '../helpers.ts';

const of = (shape: readonly number[], values: readonly number[]) => tensor(shape, values);
const list = (x: { readonly data: Float32Array }): number[] => Array.from(x.data);

test('operands are broadcast; numbers and nested arrays are constants', () => {
  const x = of([2, 3], [1, 2, 3, 4, 5, 6]);
  expect(list(ops.add(x, of([3], [10, 20, 30])))).toEqual([11, 22, 33, 14, 25, 36]);
  expect(list(ops.multiply(x, [[2], [-1]]))).toEqual([2, 4, 6, -4, -5, -6]);
  expect(list(ops.subtract(1, x))).toEqual([0, -1, -2, -3, -4, -5]);
  const outer = ops.multiply(of([2, 1], [1, 2]), of([1, 3], [1, 10, 100]));
  expect([outer.shape, list(outer)]).toEqual([
    [2, 3],
    [1, 10, 100, 2, 20, 200],
  ]);
  expect(list(ops.where(ops.greater(x, 3), x, 0))).toEqual([0, 0, 0, 4, 5, 6]);
  expect(list(ops.power([2, 3], 2))).toEqual([4, 9]);
});

test('reductions along axes are tensors, of everything numbers', () => {
  const x = of([2, 3], [1, 5, 3, 4, 2, 6]);
  expect([ops.sum(x), ops.mean(x), ops.max(x), ops.min(x), ops.prod(x), ops.argMax(x)]).toEqual([
    21, 3.5, 6, 1, 720, 5,
  ]);
  expect(list(ops.sum(x, { axis: 0 }))).toEqual([5, 7, 9]);
  expect(list(ops.argMax(x, { axis: -1 }))).toEqual([1, 2]);
  const kept = ops.max(x, { axis: 1, keepdims: true });
  expect([kept.shape, list(kept)]).toEqual([
    [2, 1],
    [5, 6],
  ]);
  expect(ops.variance(x)).toBeCloseTo(35 / 12, 6);
  expect(ops.logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.log(2), 3);
  expect(ops.norm(x, { axis: [0, 1] }).shape).toEqual([]);
});

test('products of any number of axes', () => {
  const [a, b] = [floats([2, 3, 4], 1), floats([2, 4, 2], 2)];
  const [x, y] = [tensor(a.shape, a.data), tensor(b.shape, b.data)];
  const got = ops.matmul(x, y);
  expect(got.shape).toEqual([2, 3, 2]);
  const want = [0, 1].flatMap((p) =>
    list(ops.matmul(tensor([3, 4], a.data.slice(p * 12, p * 12 + 12)), tensor([4, 2], b.data.slice(p * 8, p * 8 + 8)))),
  );
  expectClose(list(got), want, 1e-6);
  expect(list(ops.matmul(of([2, 2], [1, 2, 3, 4]), of([2], [1, 1])))).toEqual([3, 7]);
  expect(list(ops.matmul([1, 1], of([2, 2], [1, 2, 3, 4])))).toEqual([4, 6]);
  const dot = ops.dot([1, 2], [3, 4]);
  expect([dot.shape, list(dot)]).toEqual([[], [11]]);
});

test('shapes, pieces and tables', () => {
  const x = of([2, 3], [1, 2, 3, 4, 5, 6]);
  expect(list(ops.transpose(ops.reshape(x, [1, 3, -1]), { axes: [2, 0, 1] }))).toEqual([1, 3, 5, 2, 4, 6]);
  expect(list(ops.slice(x, [0, 1], [-1, 2]))).toEqual([2, 3, 5, 6]);
  expect(list(ops.concatenate([x, [[7], [8]]]))).toEqual([1, 2, 3, 7, 4, 5, 6, 8]);
  expect(list(ops.stack([x, x], { axis: 1 }))).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
  expect(ops.split(x, [1], { axis: 1 }).map(list)).toEqual([
    [1, 4],
    [2, 3, 5, 6],
  ]);
  expect(list(ops.pad([1, 2], [[1, 1]], { constantValue: 9 }))).toEqual([9, 1, 2, 9]);
  expect(list(ops.tile([1, 2], [2, 2]))).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
  expect(list(ops.repeat(x, 2, { axis: 0 }))).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
  expect(list(ops.take(x, tensor([3], [1, 0, 1], { dtype: 'int32' })))).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
  expect(list(ops.oneHot([2, 0, 7], 3))).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0]);
  expect(list(ops.tril(x))).toEqual([1, 0, 0, 4, 5, 0]);
  expect(list(ops.cumsum(x, { axis: 0 }))).toEqual([1, 2, 3, 5, 7, 9]);
  expect(
    list(
      ops.softmax([
        [0, 0],
        [1000, 1000],
      ]),
    ),
  ).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test('results go to `out`, also over an operand', () => {
  const [x, row] = [of([2, 2], [1, 2, 3, 4]), of([2], [10, 20])];
  expect(ops.add(x, row, { out: x })).toBe(x);
  expect(list(x)).toEqual([11, 22, 13, 24]);
  const total = of([1, 2], [0, 0]);
  ops.sum(x, { axis: 0, keepdims: true, out: total });
  expect(list(total)).toEqual([24, 46]);
});

test('nothing is left of an operation but its result, nor of one that fails', async () => {
  const runtime = warm();
  const x = tensor([4, 3], floats([4, 3], 1).data, { runtime });
  const { used } = runtime.memory;
  ops.mean(ops.square(x, { out: x }));
  ops.add(x, [1, 2, 3]).dispose();
  for (const piece of ops.split(x, 2)) piece.dispose();
  await errorOf(() => ops.add(x, [1, 2]));
  await errorOf(() => ops.slice(x, [0, 1], [2, 3]));
  await errorOf(() => ops.add(x, 1, { out: tensor([1]) }));
  expect(runtime.memory.used).toBe(used);
});

describe('what is refused', () => {
  const x = of([2, 3], [1, 2, 3, 4, 5, 6]);
  test.each([
    [() => ops.reshape(x, [4, -1]), RangeError, /reshape: \[2, 3\] does not fit \[4, -1\]/],
    [() => ops.reshape(x, [-1, -1]), RangeError, /does not fit/],
    [() => ops.squeeze(x, { axis: 0 }), RangeError, /squeeze: axis 0 of \[2, 3\] has size 2/],
    [() => ops.slice(x, [0], [1]), TypeError, /start must be an array of 2 integers/],
    [() => ops.slice(x, [0, 2], [1, 2]), RangeError, /2 from 2 on is not inside 3 on axis 1/],
    [() => ops.concatenate([x, [[1]]], { axis: 0 }), RangeError, /concatenate: shapes \[2, 3\] and \[1, 1\]/],
    [() => ops.concatenate([] as never), TypeError, /at least one/],
    [() => ops.split(x, 2, { axis: 1 }), RangeError, /not divisible by 2/],
    [() => ops.pad(x, [[1, 1]]), TypeError, /pair for each axis/],
    [() => ops.tile(x, 0), RangeError, /at least 1/],
    [() => ops.take(x, [0], { axis: 2 }), RangeError, /axis must be an integer from -2 to 1/],
    [() => ops.oneHot([1], 0), RangeError, /numClasses/],
    [() => ops.clip(x, 2, 1), RangeError, /high.*at least 2/],
    [() => ops.dot(x, of([1, 1, 1], [1])), RangeError, /at most two axes/],
    [() => ops.broadcastTo(x, [3]), RangeError, /\[2, 3\].*\[3\]/],
    [() => ops.randomNormal(x as never), TypeError, /symbolic/],
    [
      () => ops.matmul(x, of([2, 4, 3], Array(24).fill(1))),
      RangeError,
      /matmul: a \[2, 3\] does not fit b \[2, 4, 3\]: 3 is not 4/,
    ],
  ] as const)('%s', async (run, kind, want) => {
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(want);
  });
});
