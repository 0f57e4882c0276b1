/** Calls on one batch, at once: the bits of `fit`, `evaluate` and `predict`, and no memory from call to call. */
import { expect, test } from 'vitest';
import { createRuntime, input, layers, type ModelData, model, type Sequential, sequential } from '../../src/index.ts';
import { floats, labels } from '../helpers.ts';

const x = floats([24, 5], 1);
const y = labels(24, 3, 2);

const made = (runtime = createRuntime({ threads: 1 })): Sequential => {
  const net = sequential(
    [
      layers.dense({ units: 7, activation: 'relu', inputShape: [5], kernelRegularizer: 'l2' }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
    { seed: 5, runtime },
  );
  net.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return net;
};

const rows = (from: number, to: number) => ({
  x: { data: x.data.subarray(from * 5, to * 5), shape: [to - from, 5] },
  y: { data: y.data.subarray(from, to), shape: [to - from] },
});

test('trainOnBatch takes the steps of fit, to the last bit', async () => {
  const [one, other] = [made(), made()];
  await one.fit(x, y, { batchSize: 7, epochs: 2, shuffle: false });
  for (let epoch = 0; epoch < 2; epoch++)
    for (let from = 0; from < 24; from += 7) {
      const batch = rows(from, Math.min(from + 7, 24));
      other.trainOnBatch(batch.x, batch.y);
    }
  expect(await other.digest()).toBe(await one.digest());
  // and they may take turns: dropout counts the same steps
  await other.fit(x, y, { batchSize: 24, shuffle: false });
  one.trainOnBatch(x, y);
  expect(await other.digest()).toBe(await one.digest());
  expect(one.testOnBatch(x, y)).toEqual(await other.evaluate(x, y));
  expect(one.predictOnBatch(x)).toEqual(await other.predict(x));
});

test('nothing is allocated from call to call, and all is freed with the model', () => {
  using runtime = createRuntime({ threads: 1 });
  const before = runtime.memory.used;
  const net = made(runtime);
  const all = () => {
    for (const size of [1, 4, 24]) {
      const batch = rows(0, size);
      net.predictOnBatch(batch.x);
      net.trainOnBatch(batch.x, batch.y);
      net.testOnBatch(batch.x, batch.y, { classWeight: { 1: 2 } });
    }
  };
  all();
  const { used } = runtime.memory;
  for (let i = 0; i < 20; i++) all();
  expect(runtime.memory.used).toBe(used);
  // more sizes than are kept
  for (let size = 1; size <= 24; size++) net.predictOnBatch(rows(0, size).x);
  expect(runtime.memory.used).toBeLessThan(used + 24 * 4096);
  net.dispose();
  expect(runtime.memory.used - before).toBeLessThan(700_000); // the scratch memory of products
  const left = runtime.memory.used;
  const again = made(runtime);
  again.predictOnBatch(rows(0, 3).x);
  again.dispose();
  expect(runtime.memory.used).toBe(left);
});

test('what they are given is checked like that of the others, and a failing call leaves nothing behind', () => {
  using runtime = createRuntime({ threads: 1 });
  using net = made(runtime);
  net.trainOnBatch(x, y);
  const { used } = runtime.memory;
  expect(() => net.predictOnBatch(floats([2, 4], 1))).toThrow(/expected input .*5.*got .*4/);
  expect(() => net.trainOnBatch(x, labels(24, 9, 1))).toThrow(/labels must be integers from 0 to 2/);
  expect(() => net.trainOnBatch(x, rows(0, 3).y)).toThrow(/24 samples.*3/);
  expect(() => net.trainOnBatch(x, y, { sampleWeights: x } as never)).toThrow(/sampleWeights/);
  expect(runtime.memory.used).toBe(used);
});

test('compiling again trains with what it was compiled with', async () => {
  using runtime = createRuntime({ threads: 1 });
  using net = made(runtime);
  net.trainOnBatch(x, y);
  net.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  const before = net.getWeights();
  net.getLayer('dense').trainable = false;
  net.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  expect(Object.keys(net.trainOnBatch(x, y))).toEqual(['loss']);
  expect(net.getWeights().slice(0, 2)).toEqual(before.slice(0, 2));
  expect(net.getWeights().slice(2)).not.toEqual(before.slice(2));
});

test('of several inputs and outputs', async () => {
  const [a, b] = [input({ shape: [5], name: 'a' }), input({ shape: [5], name: 'b' })];
  const shared = layers.dense({ units: 2 });
  using net = model({ inputs: [a, b], outputs: { left: shared.apply(a), right: shared.apply(b) } });
  net.compile({ optimizer: 'sgd', loss: { left: 'mse', right: 'mae' } });
  const data = { a: x, b: floats([24, 5], 9) };
  const targets = { left: floats([24, 2], 3), right: floats([24, 2], 4) };
  const logs = await net.evaluate(data, targets);
  expect(net.testOnBatch(data, targets)).toEqual(logs);
  expect(net.predictOnBatch(data)).toEqual(await net.predict(data));
});

test('weights of samples are given output by output, as to fit', async () => {
  const at = input({ shape: [2] });
  const outputs = ['a', 'b'].map((name) => layers.dense({ units: 1, name }).apply(at));
  using net = model({ inputs: at, outputs, seed: 1 });
  net.compile({ optimizer: 'sgd', loss: ['mse', 'mse'] });
  const x = [
    [1, 2],
    [3, 4],
  ];
  const y = [
    [[1], [2]],
    [[3], [4]],
  ];
  const weights: readonly ModelData[] = [
    { a: [1, 0.5] },
    { b: [0, 2], a: [1, 0.25] },
    [3, 0.5],
    [
      [1, 2],
      [0.5, 1],
    ],
  ];
  for (const sampleWeight of weights)
    expect(net.testOnBatch(x, y, { sampleWeight })).toEqual(await net.evaluate(x, y, { sampleWeight }));
  expect(() => net.trainOnBatch(x, y, { sampleWeight: { c: [1, 1] } })).toThrow(/'c'/);
});
