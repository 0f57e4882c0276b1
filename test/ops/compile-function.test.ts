/** Functions of ops as programs: what they give, that nothing is recorded or allocated twice, and what is refused. */
import { describe, expect, test } from 'vitest';
import {
  compileFunction,
  createRuntime,
  ops,
  type SymbolicValue,
  type Tensor,
  tensor,
  valueAndGrad,
} from '../../src/index.ts';
import { bitsOf, errorOf, floats, warm } from '../helpers.ts';

const array = (x: Tensor): number[] => Array.from(x.data);

test('gives the bits that the operations give one after the other', () => {
  const [x, w, b] = [floats([4, 3], 1).data, floats([3, 2], 2).data, floats([2], 3).data];
  const tensors = [tensor([4, 3], x), tensor([3, 2], w), tensor([2], b)] as const;
  const predict = compileFunction((a, c, d) => ops.softmax(ops.add(ops.matmul(a, c), d)));
  const apart = ops.softmax(ops.add(ops.matmul(tensors[0], tensors[1]), tensors[2]));
  const y = predict(...tensors);
  expect([y.shape, bitsOf(y.data)]).toEqual([[4, 2], bitsOf(apart.data)]);
  predict.dispose();
});

test('follows objects and arrays, in what goes in and in what comes out', () => {
  const f = compileFunction(({ a, b }: { a: SymbolicValue; b: readonly SymbolicValue[] }) => ({
    sums: b.map((one) => ops.add(a, one)),
    same: a,
    twice: [a, ops.reshape(a, [2, 1])] as const,
  }));
  const { sums, same, twice } = f({ a: [1, 2], b: [tensor([1], [10]), [20, 30]] });
  expect(sums.map(array)).toEqual([
    [11, 12],
    [21, 32],
  ]);
  expect([array(same), array(twice[0]), twice[1].shape, array(twice[1])]).toEqual([
    [1, 2],
    [1, 2],
    [2, 1],
    [1, 2],
  ]);
  f.dispose();
});

test('is recorded once for each shape, keeps the shapes used last, allocates only its results, and frees all of it', () => {
  const runtime = warm();
  const { used } = runtime.memory;
  let recorded = 0;
  const f = compileFunction((x) => {
    recorded++;
    return ops.exp(x);
  });
  const of = (n: number) => {
    using x = tensor([n], floats([n], n).data, { runtime });
    f(x).dispose();
  };
  of(3);
  const during = runtime.memory.used;
  for (let i = 0; i < 5; i++) of(3);
  expect([recorded, runtime.memory.used]).toEqual([1, during]);
  for (let n = 1; n <= 32; n++) of(n);
  const full = runtime.memory.used;
  expect(recorded).toBe(32);
  // as many programs as before, all of about this size
  for (let n = 1; n <= 100; n++) of(n);
  expect(runtime.memory.used).toBeLessThan(2 * full);
  f.dispose();
  expect(runtime.memory.used).toBe(used);
});

test('draws other random numbers in each call, and the same ones for the same seed', () => {
  const run = (seed: number) => {
    using f = compileFunction((x) => ops.randomNormal(x), { seed });
    return [f([0, 0, 0]), f([0, 0, 0])].map(array);
  };
  const [first, again, other] = [run(1), run(1), run(2)];
  expect(again).toEqual(first);
  expect(new Set([...first, ...other].flat()).size).toBe(12);
});

test('is a part of functions that are differentiated', () => {
  const net = compileFunction((w, x) => ops.tanh(ops.multiply(w, x)));
  using f = valueAndGrad((w) => ops.sum(net(w, [1, 2])), { argnums: [0] });
  const { value, gradients } = f(0.5);
  expect(value).toBeCloseTo(Math.tanh(0.5) + Math.tanh(1), 6);
  expect(gradients[0]?.data[0]).toBeCloseTo(1 - Math.tanh(0.5) ** 2 + 2 * (1 - Math.tanh(1) ** 2), 6);
  net.dispose();
});

test('valueAndGrad draws other random numbers in each call too', () => {
  const run = () => {
    using f = valueAndGrad((x) => ops.sum(ops.multiply(x, ops.randomNormal(x))), { seed: 5 });
    return [f(1).value, f(1).value, f([1]).value];
  };
  const values = run();
  expect(new Set(values).size).toBe(3);
  expect(run()).toEqual(values);
});

describe('what is refused', () => {
  const other = createRuntime();
  const compiled = compileFunction as unknown as (fn: unknown, options?: object) => (...args: unknown[]) => unknown;
  test.each([
    ['no function', () => compiled('exp'), TypeError, /function.*'exp'/],
    ['a result that is a number', () => compiled(() => 1)(1), TypeError, /symbolic value.*got 1/],
    ['no result', () => compiled(() => {})(1), TypeError, /symbolic value.*undefined/],
    ['numbers in the result', () => compiled((x: SymbolicValue) => ({ x, y: [1] }))(1), TypeError, /\.y/],
    [
      'tensors of two runtimes',
      () => compileFunction((x, y) => ops.add(x, y))(tensor([1]), tensor([1], undefined, { runtime: other })),
      Error,
      /runtimes/,
    ],
    ['an unknown option', () => compiled((x: SymbolicValue) => x, { seeds: 1 }), RangeError, /seeds.*seed/],
    ['a seed below 0', () => compiled((x: SymbolicValue) => x, { seed: -1 }), RangeError, /seed.*-1/],
  ] as const)('%s', async (_, run, kind, want) => {
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(want);
  });
});
