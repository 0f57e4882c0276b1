/** Training steps of functions: the same bits as gradients and optimizer one after the other, nothing allocated, and what is refused. */
import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/engine/runtime.ts';
import {
  checkGradients,
  compileStep,
  createRuntime,
  type Optimizer,
  ops,
  optimizers,
  type Runtime,
  type SymbolicValue,
  type Tensor,
  tensor,
  valueAndGrad,
} from '../../src/index.ts';
import { bitsOf, errorOf, floats, warm } from '../helpers.ts';

type Net = { w: SymbolicValue; b: SymbolicValue; v: SymbolicValue };
const loss = ({ w, b, v }: Net, x: SymbolicValue, y: SymbolicValue) => {
  const hidden = ops.tanh(ops.add(ops.matmul(x, w), b));
  return ops.mean(ops.square(ops.subtract(ops.matmul(hidden, v), y)));
};
const parametersOn = (runtime: Runtime) => ({
  w: tensor([3, 5], floats([3, 5], 1).data, { runtime }),
  b: tensor([5], floats([5], 2).data, { runtime }),
  v: tensor([5, 2], floats([5, 2], 3).data, { runtime }),
});
const [x, y] = [floats([7, 3], 4), floats([7, 2], 5)];

const rules: readonly (readonly [string, () => Optimizer])[] = [
  ['sgd', () => optimizers.sgd({ learningRate: 0.1, momentum: 0.9 })],
  ['adam', () => optimizers.adam({ learningRate: 0.01, clipnorm: 0.1 })],
  ['adamw', () => optimizers.adamw({ learningRate: 0.01, globalClipnorm: 0.1 })],
  ['nadam', () => optimizers.nadam({ clipvalue: 0.01 })],
  ['adagrad', () => optimizers.adagrad({ initialAccumulatorValue: 0.3 })],
];

test.each(rules)('%s does what gradients and apply do, to the last bit', (_, make) => {
  const runtime = createRuntime();
  const [a, b] = [parametersOn(runtime), parametersOn(runtime)];
  const [mine, apart] = [make(), make()];
  const step = compileStep({ loss, parameters: a, optimizer: mine });
  const gradients = valueAndGrad(loss, { argnums: [0] });
  for (let i = 0; i < 5; i++) {
    const result = gradients(b, x, y);
    const [g] = result.gradients as unknown as readonly {
      w: Tensor<'float32'>;
      b: Tensor<'float32'>;
      v: Tensor<'float32'>;
    }[];
    if (g === undefined) throw new Error('no gradient');
    expect(step(x, y)).toBe(result.value);
    apart.apply([
      [b.w, g.w],
      [b.b, g.b],
      [b.v, g.v],
    ]);
    for (const name of ['w', 'b', 'v'] as const) {
      expect(bitsOf(a[name].data), `${name} after step ${i}`).toEqual(bitsOf(b[name].data));
      g[name].dispose();
    }
  }
  expect(mine.iterations).toBe(5);
  step.dispose();
  runtime.dispose();
});

test('is recorded once for each shape, allocates nothing from call to call, and frees all it has made', () => {
  const runtime = warm();
  const parameters = parametersOn(runtime);
  const { used } = runtime.memory;
  let recorded = 0;
  const optimizer = optimizers.adam();
  const step = compileStep({
    loss: (p: Net, a: SymbolicValue, b: SymbolicValue) => {
      recorded++;
      return loss(p, a, b);
    },
    parameters,
    optimizer,
  });
  step(x, y);
  const during = runtime.memory.used;
  for (let i = 0; i < 20; i++) step(x, y);
  expect([recorded, runtime.memory.used]).toEqual([1, during]);
  step(floats([2, 3], 1), floats([2, 2], 2));
  expect([recorded, optimizer.iterations]).toEqual([2, 22]);
  step.dispose();
  step.dispose();
  expect(runtime.memory.used).toBe(used);
  expect(parameters.w.data.every(Number.isFinite)).toBe(true);
  optimizer.apply([[parameters.w, tensor([3, 5], undefined, { runtime })]]);
  expect(optimizer.iterations).toBe(1);
});

test('gives the same bits with any number of threads', async () => {
  const results = [];
  for (const threads of [1, 2, 3, 7]) {
    const engine = new Engine(2 ** 28, threads);
    engine.threading.grain = 0;
    const parameters = parametersOn(engine);
    const step = compileStep({ loss, parameters, optimizer: optimizers.adam() });
    const losses = [];
    for (let i = 0; i < 30; i++) {
      losses.push(step(x, y));
      // workers start while events come in
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    results.push([losses, ...Object.values(parameters).map(({ data }) => bitsOf(data))]);
    step.dispose();
    engine.dispose();
  }
  for (const result of results) expect(result).toEqual(results[0]);
});

test('random numbers are others in each step and the same for the same seed', () => {
  const run = (seed: number): number[] => {
    const w = tensor([3], [0, 0, 0]);
    const step = compileStep({
      loss: (p: SymbolicValue) => ops.sum(ops.add(ops.multiply(p, 0), ops.randomNormal(p))),
      parameters: w,
      optimizer: optimizers.sgd(),
      seed,
    });
    const losses = [step(), step(), step()];
    step.dispose();
    return losses;
  };
  const [first, again, other] = [run(1), run(1), run(2)];
  expect(again).toEqual(first);
  expect(new Set([...first, ...other]).size).toBe(6);
});

test('learns', () => {
  const parameters = { w: tensor([2, 1]), b: tensor([1]) };
  const step = compileStep({
    loss: (p: { w: SymbolicValue; b: SymbolicValue }, a: SymbolicValue, b: SymbolicValue) =>
      ops.mean(ops.square(ops.subtract(ops.add(ops.matmul(a, p.w), p.b), b))),
    parameters,
    optimizer: optimizers.adam({ learningRate: 0.1 }),
  });
  let last = Number.NaN;
  for (let i = 0; i < 500; i++)
    last = step(
      [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      [[1], [2], [3]],
    );
  expect(last).toBeLessThan(1e-4);
  step.dispose();
});

describe('what is refused', () => {
  const w = tensor([2], [1, 2]);
  const sum = (p: SymbolicValue) => ops.sum(p);
  const inUse = optimizers.sgd();
  inUse.apply([[tensor([1]), tensor([1])]]);
  const ended = compileStep({ loss: sum, parameters: w, optimizer: optimizers.sgd() });
  ended.dispose();
  const make = (parameters: unknown, options: object = {}) =>
    compileStep({ loss: sum, parameters, optimizer: optimizers.sgd(), ...options } as never);
  test.each([
    ['integers', () => make(tensor([1], [1], { dtype: 'int32' })), TypeError, /float32.*int32/],
    ['arrays', () => make({ w: [1, 2] }), TypeError, /parameters\.w must be a tensor/],
    ['nothing', () => make({}), RangeError, /no parameters/],
    ['the same twice', () => make([w, w]), Error, /twice/],
    ['an optimizer in use', () => make(w, { optimizer: inUse }), Error, /already in use/],
    [
      'a name of an optimizer',
      () => make(w, { optimizer: 'adam' }),
      TypeError,
      /optimizer must be made by optimizers.*'adam'/,
    ],
    [
      'a parameter without use',
      () => (make({ w, b: tensor([1]) }, { loss: (p: Net) => ops.sum(p.w) }) as () => void)(),
      Error,
      /does not depend on parameters\.b/,
    ],
    ['no scalar', () => (make(w, { loss: (p: SymbolicValue) => p }) as () => void)(), RangeError, /scalar/],
    ['an unknown option', () => make(w, { optimiser: 1 }), RangeError, /optimiser.*optimizer/],
    ['a step that has ended', () => (ended as () => void)(), Error, /disposed/],
  ] as const)('%s', async (_, run, kind, want) => {
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(want);
  });
});

describe('checkGradients', () => {
  test('passes what is right', () => {
    const report = checkGradients(
      loss as never,
      [{ w: floats([3, 5], 1), b: floats([5], 2), v: floats([5, 2], 3) }, x, y] as never,
    );
    expect(report.message).toMatch(/65 derivatives agree/);
    expect([report.passed, report.checked]).toEqual([true, 65]);
  });

  test('says which derivative is wrong, and by how much', () => {
    const report = checkGradients(
      (a, b) => ops.sum(ops.multiply(a, ops.stopGradient(ops.multiply(a, b)))),
      [[1, 2], 3],
    );
    expect(report.passed).toBe(false);
    expect(report.worst.find(({ path, index }) => path === 'argument 0' && index === 1)).toMatchObject({ gradient: 6 });
    expect(report.worst.map(({ expected }) => Math.round(expected * 100) / 100).sort()).toEqual([12, 5, 6]);
    expect(report.message).toMatch(/3 of 3 derivatives differ[\s\S]*argument 1\[0\]: gradient 0, central difference 5/);
  });
});
