/** Gradients of functions: values, structures, repeated calls, derivatives of derivatives, and what is refused. */
import { describe, expect, test } from 'vitest';
import { createRuntime, grad, ops, type SymbolicValue, type Tensor, tensor, valueAndGrad } from '../../src/index.ts';
import { errorOf, expectClose, floats } from '../helpers.ts';

const array = (x: Tensor): number[] => Array.from(x.data);

test('gives a value and a gradient for each argument', () => {
  const f = valueAndGrad((w, b, x) => ops.sum(ops.square(ops.add(ops.matmul(x, w), b))));
  const [w, b] = [tensor([2, 1], [2, 3]), tensor([1], [1])];
  const { value, gradients } = f(w, b, [
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  // residuals 3, 4, 6
  expect(value).toBe(61);
  expect(gradients.map(({ shape }) => shape)).toEqual([[2, 1], [1], [3, 2]]);
  expect(gradients.slice(0, 2).map(array)).toEqual([[18, 20], [26]]);
  f.dispose();
});

test('follows objects and arrays of tensors', () => {
  const f = valueAndGrad(
    ({ layers, scale }: { layers: readonly { w: SymbolicValue }[]; scale: SymbolicValue }, x: SymbolicValue) =>
      ops.multiply(scale, ops.sum(layers.reduce((y, { w }) => ops.multiply(y, w), x))),
    { argnums: [0] },
  );
  const { value, gradients } = f({ layers: [{ w: tensor([2], [1, 2]) }, { w: [3, 4] }], scale: 2 }, [5, 6]);
  expect(value).toBe(2 * (15 + 48));
  expect(gradients).toHaveLength(1);
  const [{ layers, scale }] = gradients as never as [{ layers: { w: Tensor }[]; scale: Tensor }];
  expect(layers.map(({ w }) => array(w))).toEqual([
    [30, 48],
    [10, 24],
  ]);
  expect(array(scale)).toEqual([63]);
});

test('records once for each shape, allocates nothing but the gradients, and frees all of it', () => {
  const runtime = createRuntime();
  let recorded = 0;
  const f = valueAndGrad((x) => {
    recorded++;
    return ops.sum(ops.exp(x));
  });
  const x = tensor([3], [0, 1, 2], { runtime });
  f(x).gradients[0]?.dispose();
  const { used } = runtime.memory;
  for (let i = 0; i < 5; i++) {
    x.data.fill(i);
    const { value, gradients } = f(x);
    expect(value).toBeCloseTo(3 * Math.exp(i), 4);
    for (const gradient of gradients) gradient.dispose();
  }
  expect(recorded).toBe(1);
  expect(runtime.memory.used).toBe(used);
  f(tensor([2, 2], [0, 0, 0, 0], { runtime })).gradients[0]?.dispose();
  expect(recorded).toBe(2);
  f.dispose();
  expect(runtime.memory.used).toBeLessThan(used);
});

test('derivatives can be differentiated again', () => {
  const third = grad((x) => grad((y) => grad((z) => ops.power(z, 5))(y))(x));
  expect(array(third(2))).toEqual([240]);
  // u'' of u = sin(3 x), at many points, and its gradient by a weight
  const residual = valueAndGrad((w, x) => {
    const u = (t: SymbolicValue) => ops.sum(ops.sin(ops.multiply(w, t)));
    const second = grad((t) => ops.sum(grad(u)(t)))(x);
    return ops.sum(ops.square(ops.add(second, ops.multiply(9, ops.sin(ops.multiply(3, x))))));
  });
  const points = floats([5], 3).data;
  const at = residual(3, Array.from(points));
  expect(at.value).toBeLessThan(1e-9);
  const h = 1e-2;
  const [up, down] = [residual(2 + h, Array.from(points)).value, residual(2 - h, Array.from(points)).value];
  expectClose(array(residual(2, Array.from(points)).gradients[0] as Tensor), [(up - down) / (2 * h)], 1e-2);
});

test('what is made of an argument elsewhere is a constant', () => {
  const f = valueAndGrad((x) => {
    const square = ops.square(x);
    return ops.sum(grad((y) => ops.sum(ops.multiply(y, square)))(x));
  });
  const { value, gradients } = f([3, 4]);
  expect(value).toBe(25);
  expect(array(gradients[0] as Tensor)).toEqual([6, 8]);
});

test('a gradient is zero where nothing depends on the argument, and stops where it is told to', () => {
  const f = valueAndGrad((x, _) => ops.sum(ops.multiply(x, ops.stopGradient(x))));
  const { gradients } = f([3, 4], [[1, 2]]);
  expect(gradients.map(array)).toEqual([
    [3, 4],
    [0, 0],
  ]);
  expect(gradients[1]?.shape).toEqual([1, 2]);
});

test('labels may be integers where no gradient is asked for', () => {
  const loss = valueAndGrad(
    (logits, labels) =>
      ops.negate(ops.mean(ops.sum(ops.multiply(ops.oneHot(labels, 2), ops.logSoftmax(logits)), { axis: -1 }))),
    { argnums: [0] },
  );
  const labels = tensor([2], [1, 0], { dtype: 'int32' });
  const { value, gradients } = loss(
    [
      [0, 0],
      [0, 0],
    ],
    labels,
  );
  expect(value).toBeCloseTo(Math.log(2), 6);
  expectClose(array(gradients[0] as Tensor), [0.25, -0.25, -0.25, 0.25], 1e-6);
});

describe('what is refused', () => {
  let kept: SymbolicValue | undefined;
  const keep = grad((x) => {
    kept = x;
    return ops.sum(x);
  });
  keep([1]);
  test.each([
    ['no scalar', () => grad((x) => x)([1, 2]), RangeError, /scalar.*\[2\]/],
    ['no symbolic value', () => grad(() => 3 as never)([1, 2]), TypeError, /symbolic.*got 3/],
    ['a value of before', () => grad((x) => ops.sum(ops.add(x, kept ?? 0)))([1]), Error, /different recordings/],
    ['shapes', () => grad((x) => ops.sum(ops.add(x, [1, 2])))([1, 2, 3]), RangeError, /add: shapes \[3\] and \[2\]/],
    ['integers', () => grad((x) => ops.sum(x))(tensor([1], [1], { dtype: 'uint8' })), TypeError, /uint8.*argnums/],
    ['reading', () => grad((x) => ops.sum((x as never as Tensor).data as never))([1]), Error, /data.*where/],
    ['comparing', () => grad((x) => ((x as never) > 0 ? x : x))(1), Error, /number.*where/],
    ['spreading', () => grad((x) => ops.sum(ops.stack([...(x as never as SymbolicValue[])])))([1]), Error, /split/],
    ['no arguments', () => (grad((x) => x) as unknown as () => void)(), RangeError, /needs arguments/],
    ['a wrong kind', () => grad((x) => x)('a' as never), TypeError, /argument 0.*'a'/],
    ['out', () => grad((x) => ops.sum(ops.add(x, x, { out: tensor([1]) })))([1]), TypeError, /out is for tensors/],
    [
      'two runtimes',
      () => grad((x) => ops.sum(ops.add(x, tensor([1], [1], { runtime: createRuntime() }))))([1]),
      Error,
      /runtime/,
    ],
    ['no function', () => grad(3 as never), TypeError, /fn must be a function/],
  ] as const)('%s', async (_, run, kind, want) => {
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(want);
  });
});
