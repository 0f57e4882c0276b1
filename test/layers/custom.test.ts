/** Layers of the user's own: functions, classes with weights, and how they are saved and loaded. */
import { describe, expect, test } from 'vitest';
import {
  CustomLayer,
  configs,
  createRuntime,
  input,
  type LayerOptions,
  layers,
  loadModel,
  model,
  ops,
  optimizers,
  type Runtime,
  type Shape,
  type SymbolicValue,
  sequential,
  type Weight,
} from '../../src/index.ts';
import { errorOf, expectClose, floats } from '../helpers.ts';

/** A dense layer whose kernel is of unit columns, times a gain: weights are operands by themselves. */
class UnitDense extends CustomLayer {
  readonly units: number;
  kernel?: Weight;
  gain?: Weight;
  calls: boolean[] = [];

  constructor(options: LayerOptions & { readonly units: number }) {
    super(options);
    this.units = options.units;
  }

  override build(inputShape: Shape): void {
    this.kernel = this.addWeight({ name: 'kernel', shape: [inputShape.at(-1) ?? 1, this.units] });
    this.gain = this.addWeight({ name: 'gain', shape: [this.units], initializer: 'ones' });
  }

  call(x: SymbolicValue, { training }: { readonly training: boolean }): SymbolicValue {
    this.calls.push(training);
    const { kernel, gain } = this;
    if (kernel === undefined || gain === undefined) throw new Error('not built');
    const length = ops.sqrt(ops.sum(ops.square(kernel), { axis: 0, keepdims: true }));
    return ops.multiply(ops.matmul(x, ops.divide(kernel, length)), gain);
  }

  override getConfig() {
    return { units: this.units };
  }
}
const bend = (x: SymbolicValue) => ops.multiply(x, ops.sigmoid(ops.multiply(x, 2)));

const x = floats([14, 5], 1);
const y = floats([14, 2], 2);

function stack(runtime?: Runtime) {
  const parts = [new UnitDense({ units: 4, inputShape: [5] }), layers.lambda(bend), layers.dense({ units: 2 })];
  return sequential(parts, { seed: 3, ...(runtime && { runtime }) });
}

describe('a layer of the user’s own', () => {
  test('has weights, names and gradients as any other', async () => {
    using net = stack();
    expect(net.weights.map(({ name, tensor }) => [name, tensor.shape])).toEqual([
      ['unitDense/kernel', [5, 4]],
      ['unitDense/gain', [4]],
      ['dense/kernel', [4, 2]],
      ['dense/bias', [2]],
    ]);
    net.compile({ optimizer: optimizers.sgd({ learningRate: 1 }), loss: 'mse' });
    const before = net.getWeights();
    const want: number[][] = [];
    for (const { tensor } of net.weights) {
      const slopes: number[] = [];
      for (const [i, value] of tensor.data.entries()) {
        const at = async (moved: number) => {
          tensor.data[i] = moved;
          return (await net.evaluate(x, y)).loss ?? Number.NaN;
        };
        slopes.push(((await at(value + 1 / 64)) - (await at(value - 1 / 64))) * 32);
        tensor.data[i] = value;
      }
      want.push(slopes);
    }
    await net.fit(x, y, { batchSize: 14 });
    for (const [i, weight] of net.getWeights().entries()) {
      const got = Array.from(weight, (value, j) => (before[i]?.[j] ?? 0) - value);
      expectClose(got, want[i] ?? [], 3e-3, net.weights[i]?.name);
    }
  });

  test('is told whether it is trained, and can be frozen', async () => {
    const own = new UnitDense({ units: 2, inputShape: [5], trainable: false });
    using net = sequential([own, layers.dense({ units: 2 })], { seed: 1 });
    net.compile({ loss: 'mse' });
    const [before] = net.getWeights();
    own.calls.length = 0;
    await net.fit(x, y, { batchSize: 7 });
    expect(own.calls).toContain(true);
    own.calls.length = 0;
    await net.predict(x);
    expect(own.calls).not.toContain(true);
    expect(net.getWeights()[0]).toEqual(before);
  });

  test('in functional models: shared, with several inputs', async () => {
    class Mix extends CustomLayer {
      share?: Weight;
      override build(shapes: readonly Shape[]): void {
        expect(shapes).toEqual([[3], [3]]);
        this.share = this.addWeight({ name: 'share', shape: [], initializer: 'ones' });
      }
      call([a, b]: readonly SymbolicValue[]): SymbolicValue {
        return ops.add(ops.multiply(a ?? 0, this.share ?? 0), b ?? 0) as SymbolicValue;
      }
    }
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const mix = new Mix();
    using net = model({ inputs: [a, b], outputs: mix.apply([mix.apply([a, b]), b]) });
    const data = [[[1, 2, 3]], [[10, 20, 30]]];
    expect([...(await net.predict(data)).data]).toEqual([21, 42, 63]);
    expect(net.countParams()).toBe(1);
  });

  test('any number of threads gives the same bits', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using net = stack(runtime);
      net.compile({ optimizer: 'adam', loss: 'mse' });
      await net.fit(x, y, { epochs: 3, batchSize: 5 });
      digests.add(await net.digest());
    }
    expect(digests.size).toBe(1);
  });

  test('is saved always, and loaded once it is registered', async () => {
    using net = stack();
    net.compile({ optimizer: 'adam', loss: 'mse' });
    await net.fit(x, y, { epochs: 2 });
    const unnamed = await net.save();
    expect((await errorOf(() => loadModel(unnamed))).message).toMatch(/UnitDense.*configs\.register/);
    configs.register('own/UnitDense', { layer: UnitDense });
    const file = await net.save();
    expect((await errorOf(() => loadModel(file))).message).toMatch(/lambda 'bend'.*configs\.register/);
    configs.register('bend', { lambda: bend });
    using twin = await loadModel(file);
    expect(await twin.digest()).toBe(await net.digest());
    for (const one of [net, twin]) await one.fit(x, y, { epochs: 2 });
    expect(await twin.digest()).toBe(await net.digest());
    expect((await twin.predict(x)).data).toEqual((await net.predict(x)).data);
  });
});

describe('what cannot be is refused', () => {
  const apply = (fn: (x: SymbolicValue) => unknown, options = {}) =>
    layers.lambda(fn as (x: SymbolicValue) => SymbolicValue, { name: 'mine', ...options }).apply(input({ shape: [3] }));
  test.each([
    ['no function', () => layers.lambda(3 as never), TypeError, 'function'],
    ['a number for a result', () => apply(() => 3), TypeError, 'mine'],
    ['reading numbers', () => apply((x) => x.data), Error, 'ops.where'],
    ['shapes that do not broadcast', () => apply((x) => ops.add(x, [1, 2])), RangeError, '[2]'],
    ['a result without the batch', () => apply((x) => ops.sum(x)), RangeError, 'batch'],
    ['another shape than said', () => apply((x) => x, { outputShape: [4] }), RangeError, '[.., 4]'],
    ['registering nothing', () => configs.register('x', {}), RangeError, 'layer'],
    ['a name of the library', () => configs.register('dense', { layer: UnitDense }), RangeError, 'dense'],
    [
      'a weight outside of call',
      () => ops.square({ initializer: {}, shape: [1], address: 0, name: 'w' }),
      Error,
      'call',
    ],
  ] as const)('%s', (_, call, kind, fact) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(fact);
  });
});
