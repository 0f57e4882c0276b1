/** Losses and metrics of the user's own. */
import { describe, expect, test } from 'vitest';
import {
  configs,
  createRuntime,
  input,
  layers,
  loadModel,
  losses,
  model,
  ops,
  optimizers,
  type Runtime,
  type SymbolicValue,
  sequential,
} from '../src/index.ts';
import { errorOf, expectClose, floats } from './helpers.ts';

const squares = (yTrue: SymbolicValue, yPred: SymbolicValue) =>
  ops.mean(ops.square(ops.subtract(yPred, yTrue)), { axis: -1 });
const x = floats([14, 5], 1);
const y = floats([14, 2], 2);
const sampleWeight = { data: Float32Array.from({ length: 14 }, (_, i) => (i % 3) + 0.5), shape: [14] };

const stack = (runtime?: Runtime) =>
  sequential([layers.dense({ units: 6, activation: 'tanh', inputShape: [5] }), layers.dense({ units: 2 })], {
    seed: 3,
    ...(runtime && { runtime }),
  });

describe('a loss of the user’s own', () => {
  test.each(['sumOverBatchSize', 'sum', 'meanWithSampleWeight'] as const)(
    'trains as the same loss of the library does: %s, with weights of samples',
    async (reduction) => {
      const all = [];
      for (const loss of [losses.custom(squares, { reduction }), losses.meanSquaredError({ reduction })]) {
        using net = stack();
        net.compile({ optimizer: optimizers.sgd({ learningRate: 0.05 }), loss, metrics: ['mae'] });
        const { history } = await net.fit(x, y, { epochs: 3, batchSize: 5, sampleWeight });
        all.push({ weights: net.getWeights(), history, evaluated: await net.evaluate(x, y) });
      }
      const [own, library] = all;
      for (const [i, weight] of (own?.weights ?? []).entries())
        expectClose(weight, library?.weights[i] ?? [], 1e-5, `weight ${i}`);
      for (const key of ['loss', 'mae']) expectClose(own?.history[key] ?? [], library?.history[key] ?? [], 1e-5, key);
      expect(own?.evaluated.loss).toBeCloseTo(library?.evaluated.loss ?? Number.NaN, 5);
    },
  );

  test('as a metric has the name of the function; of several outputs one for each', async () => {
    const from = input({ shape: [5] });
    const left = layers.dense({ units: 2 }).apply(from);
    const right = layers.dense({ units: 2 }).apply(from);
    using net = model({ inputs: from, outputs: { left, right }, seed: 1 });
    net.compile({
      loss: { left: losses.custom(squares), right: 'mse' },
      metrics: { left: ['mse'], right: [losses.custom(squares)] },
    });
    const logs = await net.evaluate(x, { left: y, right: y }, { batchSize: 7 });
    expect(Object.keys(logs).sort()).toEqual(['left_loss', 'left_mse', 'loss', 'right_loss', 'right_squares']);
    expect(logs.left_mse).toBeCloseTo(logs.left_loss ?? Number.NaN, 5);
    expect(logs.right_squares).toBeCloseTo(logs.right_loss ?? Number.NaN, 5);
  });

  test('of samples with axes: one loss for each vector, or for each sample', async () => {
    const values = floats([6, 3, 2], 4);
    const whole = (yTrue: SymbolicValue, yPred: SymbolicValue) =>
      ops.mean(ops.square(ops.subtract(yPred, yTrue)), { axis: [1, 2] });
    const seen = [];
    for (const loss of [losses.custom(squares), losses.custom(whole), losses.meanSquaredError()]) {
      using net = sequential([layers.dense({ units: 2, inputShape: [3, 2] })], { seed: 2 });
      net.compile({ optimizer: optimizers.sgd({ learningRate: 0.5 }), loss });
      await net.fit(values, floats([6, 3, 2], 5), { batchSize: 6 });
      seen.push(net.getWeights()[0] ?? []);
    }
    for (const one of seen) expectClose(one, seen[2] ?? [], 1e-5);
  });

  test('any number of threads gives the same bits; saved, and loaded once it is registered', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using net = stack(runtime);
      net.compile({ loss: losses.custom(squares), metrics: [losses.custom(squares, { name: 'again' })] });
      await net.fit(x, y, { epochs: 2, batchSize: 5 });
      digests.add(await net.digest());
      if (threads > 1) continue;
      const file = await net.save();
      expect((await errorOf(() => loadModel(file))).message).toMatch(/loss 'squares'.*configs\.register/);
      configs.register('squares', { loss: squares });
      using twin = await loadModel(file);
      const [one, two] = [await net.fit(x, y), await twin.fit(x, y)];
      expect(two.history).toEqual(one.history);
      expect(Object.keys(two.history).sort()).toEqual(['again', 'loss']);
      expect(await twin.digest()).toBe(await net.digest());
    }
    expect(digests.size).toBe(1);
  });

  test('what cannot be is refused', async () => {
    using net = stack();
    expect(() => losses.custom(3 as never)).toThrow(TypeError);
    net.compile({ loss: losses.custom((a, b) => ops.subtract(a, b), { name: 'unreduced' }) });
    const error = await errorOf(() => net.fit(x, y));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/unreduced.*\[\.\., 2\]/);
  });
});

describe('a function as it is', () => {
  const weight = Float32Array.from({ length: 14 }, (_, i) => (i % 3) + 0.5);

  test('is a loss, and a metric that is the mean over the samples with their weights, as a name is', async () => {
    const seen = [];
    for (const one of ['mse', squares] as const) {
      using net = stack();
      net.compile({ optimizer: optimizers.sgd({ learningRate: 0.05 }), loss: one, metrics: [one] });
      // three batches, the last of which is smaller
      const { history } = await net.fit(x, y, { epochs: 2, batchSize: 6, sampleWeight: { data: weight, shape: [14] } });
      seen.push([history.loss ?? [], history[typeof one === 'string' ? one : 'squares'] ?? [], await net.digest()]);
    }
    const [library, own] = seen;
    for (const key of [0, 1]) expectClose(own?.[key] as number[], library?.[key] as number[], 1e-5, `${key}`);
  });

  test('of several outputs one for each, saved and loaded by its name', async () => {
    const from = input({ shape: [5] });
    const [a, b] = [layers.dense({ units: 2, name: 'a' }), layers.dense({ units: 2, name: 'b' })];
    using net = model({ inputs: from, outputs: [a.apply(from), b.apply(from)], seed: 1 });
    net.compile({ loss: [squares, 'mae'], metrics: [[squares], 'mse'] });
    const logs = await net.evaluate(x, [y, y]);
    expect(logs.a_squares).toBeCloseTo(logs.a_loss ?? Number.NaN, 5);
    configs.register('squares', { loss: squares });
    using twin = await loadModel(await net.save());
    expect(await twin.evaluate(x, [y, y] as never)).toEqual(logs);
  });

  test('may give one number for the whole batch', async () => {
    const seen = [];
    for (const loss of [
      'mse',
      (a: SymbolicValue, b: SymbolicValue) => ops.mean(ops.square(ops.subtract(a, b))),
    ] as const) {
      using net = stack();
      net.compile({ optimizer: optimizers.sgd({ learningRate: 0.05 }), loss });
      const { history } = await net.fit(x, y, { epochs: 3, batchSize: 5 });
      seen.push({ loss: history.loss ?? [], weights: net.getWeights() });
    }
    const [library, own] = seen;
    expectClose(own?.loss ?? [], library?.loss ?? [], 1e-5);
    for (const [i, weights] of (own?.weights ?? []).entries()) expectClose(weights, library?.weights[i] ?? [], 1e-5);
  });

  test('must compute with ops, from its arguments', async () => {
    using net = stack();
    net.compile({ loss: (_, predictions) => predictions });
    expect(await errorOf(() => net.fit(x, y))).toMatchObject({ name: 'TypeError' });
    net.compile({ loss: (() => 3) as never });
    expect(await errorOf(() => net.fit(x, y))).toMatchObject({ name: 'TypeError' });
  });
});
