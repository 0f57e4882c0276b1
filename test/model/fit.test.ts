/** What `fit` does with its options and its data. */
import { describe, expect, test } from 'vitest';
import { type FitOptions, layers, optimizers, sequential, tensor } from '../../src/index.ts';
import type { TensorLike } from '../../src/tensor.ts';
import { bitsOf, classifier, errorOf, floats, labels } from '../helpers.ts';

const x = floats([23, 4], 1);
const y = labels(23, 3, 2);
const rows = (from: number, to: number) => ({
  x: { data: x.data.subarray(from * 4, to * 4), shape: [to - from, 4] },
  y: { data: y.data.subarray(from, to), shape: [to - from] },
});

/** Trains a fresh classifier with Adam and returns what came of it. */
async function train(options: FitOptions, inputs: TensorLike = x, targets: TensorLike = y, seed = 7) {
  const model = classifier({ seed });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const { history, epoch } = await model.fit(inputs, targets, { batchSize: 5, ...options });
  const digest = await model.digest();
  model.dispose();
  return { history, epoch, digest };
}

describe('validation', () => {
  test('validationSplit takes the last rows, before shuffling', async () => {
    const at = Math.floor(23 * 0.7);
    const [first, last] = [rows(0, at), rows(at, 23)];
    const split = await train({ validationSplit: 0.3, epochs: 2 });
    const given = await train({ validationData: [last.x, last.y], epochs: 2 }, first.x, first.y);
    expect(split).toEqual(given);
    expect(split.history.val_loss?.length).toBe(2);
  });

  test('validationData wins over validationSplit, and does not touch the training', async () => {
    const { x: vx, y: vy } = rows(0, 9);
    const given = await train({ validationData: [vx, vy], validationSplit: 0.5, epochs: 2 });
    const none = await train({ epochs: 2 });
    expect(given.digest).toBe(none.digest);
    expect(given.history.loss).toEqual(none.history.loss);
  });

  test('is evaluate with the weights of the end of the epoch, in batches of its own size', async () => {
    const model = classifier();
    model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const seen: unknown[] = [];
    const { x: vx, y: vy } = rows(3, 20);
    const weight = floats([17], 4).data.map(Math.abs);
    const sampleWeight = { data: weight, shape: [17] };
    const callbacks = [
      { onEpochEnd: async () => void seen.push(await model.evaluate(vx, vy, { batchSize: 4, sampleWeight })) },
    ];
    const validationData = [vx, vy, sampleWeight] as const;
    const { history } = await model.fit(x, y, { epochs: 3, validationData, validationBatchSize: 4, callbacks });
    expect(seen).toEqual([0, 1, 2].map((i) => ({ loss: history.val_loss?.[i], accuracy: history.val_accuracy?.[i] })));
  });

  test('class weights do not count in it, sample weights are split with it', async () => {
    const weights = floats([23], 4).data.map(Math.abs);
    const at = Math.floor(23 * 0.75);
    const [first, last] = [rows(0, at), rows(at, 23)];
    const cut = (from: number, to: number) => ({ data: weights.subarray(from, to), shape: [to - from] });
    const weighted = await train({ validationSplit: 0.25, sampleWeight: { data: weights, shape: [23] } });
    const validationData = [last.x, last.y, cut(at, 23)] as const;
    expect(weighted).toEqual(await train({ sampleWeight: cut(0, at), validationData }, first.x, first.y));
    const classed = await train({ validationSplit: 0.25, classWeight: { 0: 5 } });
    expect(classed).toEqual(await train({ classWeight: { 0: 5 }, validationData: [last.x, last.y] }, first.x, first.y));
  });
});

describe('order', () => {
  test('is the same for a seed, another for another seed, and another in each epoch', async () => {
    const model = sequential([
      layers.dense({ units: 1, useBias: false, kernelInitializer: 'zeros', inputShape: [23] }),
    ]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: 'mse' });
    // with weights of zero the loss of a batch of one is the square of its target: it tells which row it was
    const targets = { data: Float32Array.from({ length: 23 }, (_, i) => i), shape: [23, 1] };
    const orders: number[][] = [];
    let sum = 0;
    const callbacks = [
      {
        onEpochBegin: () => {
          sum = 0;
          orders.push([]);
        },
        onTrainBatchEnd: (batch: number, logs: { loss?: number }) => {
          const total = (logs.loss ?? 0) * (batch + 1);
          orders.at(-1)?.push(Math.round(Math.sqrt(total - sum)));
          sum = total;
        },
      },
    ];
    const zeros = { data: new Float32Array(23 * 23), shape: [23, 23] };
    await model.fit(zeros, targets, { batchSize: 1, epochs: 3, callbacks });
    await model.fit(zeros, targets, { batchSize: 1, epochs: 3, initialEpoch: 1, callbacks });
    await model.fit(zeros, targets, { batchSize: 1, shuffle: false, callbacks });
    const [first, second, third, again, last, plain] = orders;
    for (const order of orders)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i));
    expect(first).not.toEqual(second);
    expect(second).not.toEqual(third);
    expect(again, 'resumed at epoch 1').toEqual(second);
    expect(last).toEqual(third);
    expect(plain).toEqual(Array.from({ length: 23 }, (_, i) => i));
  });

  test('a training in two parts is the training in one', async () => {
    const make = () => {
      const stack = [
        layers.dense({ units: 5, activation: 'relu', inputShape: [4] }),
        layers.dropout({ rate: 0.4 }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ];
      const model = sequential(stack, { seed: 9 });
      model.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy' });
      return model;
    };
    const [whole, parts] = [make(), make()];
    const { history } = await whole.fit(x, y, { epochs: 5, batchSize: 4 });
    const a = await parts.fit(x, y, { epochs: 2, batchSize: 4 });
    const b = await parts.fit(x, y, { epochs: 5, initialEpoch: 2, batchSize: 4 });
    expect(b.epoch).toEqual([2, 3, 4]);
    expect([...(a.history.loss ?? []), ...(b.history.loss ?? [])]).toEqual(history.loss);
    expect(await parts.digest()).toBe(await whole.digest());
  });
});

describe('weights of samples and classes', () => {
  test('classWeight is the sampleWeight that says the same; classes not named weigh 1', async () => {
    const data = Float32Array.from(y.data, (label) => (label === 0 ? 0.25 : label === 2 ? 3 : 1));
    const bySample = await train({ sampleWeight: { data, shape: [23] }, epochs: 2 });
    expect(await train({ classWeight: { 0: 0.25, 2: 3 }, epochs: 2 })).toEqual(bySample);
    expect((await train({ epochs: 2 })).digest).not.toBe(bySample.digest);
    expect((await train({ classWeight: {}, epochs: 2 })).digest).toBe((await train({ epochs: 2 })).digest);
  });

  test('classWeight is refused where a sample has several targets', async () => {
    const want = 'classWeight is for one target a sample, not 3; use sampleWeight';
    for (const loss of ['sparseCategoricalCrossentropy', 'mse'] as const) {
      using model = sequential([layers.dense({ units: 2, activation: 'softmax', inputShape: [3, 4] })]);
      model.compile({ loss });
      const targets = loss === 'mse' ? floats([5, 3, 2], 1) : { data: labels(15, 2, 1).data, shape: [5, 3] };
      const error = await errorOf(() => model.fit(floats([5, 3, 4], 1), targets, { classWeight: { 1: 4 } }));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe(want);
    }
  });

  test('classWeight reads one-hot targets and columns of bits', async () => {
    const run = async (columns: boolean, options: FitOptions) => {
      using model = sequential([
        layers.dense({ units: columns ? 1 : 3, activation: columns ? 'sigmoid' : 'softmax', inputShape: [4] }),
      ]);
      model.compile({ loss: columns ? 'binaryCrossentropy' : 'categoricalCrossentropy' });
      const oneHot = Array.from(y.data, (label) => [0, 1, 2].map((c) => (c === label ? 1 : 0)));
      await model.fit(x, columns ? oneHot.map(([first = 0]) => [first]) : oneHot, options);
      return await model.digest();
    };
    const weights = (f: (label: number) => number) => ({ sampleWeight: Array.from(y.data, f) });
    expect(await run(false, { classWeight: { 1: 4 } })).toBe(
      await run(
        false,
        weights((label) => (label === 1 ? 4 : 1)),
      ),
    );
    expect(await run(true, { classWeight: { 1: 4 } })).toBe(
      await run(
        true,
        weights((label) => (label === 0 ? 4 : 1)),
      ),
    );
  });

  test('the loss divides by the rows, not by their weights; metrics ignore weights', async () => {
    const still = { batchSize: 23, shuffle: false } as const;
    const one = await train(still);
    const half = await train({ ...still, sampleWeight: { data: new Float32Array(23).fill(0.5), shape: [23] } });
    expect(half.history.loss?.[0]).toBeCloseTo((one.history.loss?.[0] ?? 0) / 2, 6);
    expect(half.history.accuracy).toEqual(one.history.accuracy);
    const none = await train({ ...still, sampleWeight: new Array(23).fill(0) });
    expect(none.history.loss).toEqual([0]);
    expect(none.history.accuracy).toEqual(one.history.accuracy);
  });
});

describe('data', () => {
  test('tensors, arrays with a shape and nested arrays train to the same bits', async () => {
    const want = await train({ epochs: 2, validationSplit: 0.2 });
    const nested = Array.from({ length: 23 }, (_, i) => Array.from(x.data.subarray(i * 4, i * 4 + 4)));
    using tx = tensor([23, 4], x.data);
    using ty = tensor([23], y.data, { dtype: 'int32' });
    expect(await train({ epochs: 2, validationSplit: 0.2 }, tx, ty)).toEqual(want);
    expect(await train({ epochs: 2, validationSplit: 0.2 }, nested, Array.from(y.data))).toEqual(want);
    const bytes = { data: Uint8Array.from(y.data), shape: [23, 1] };
    expect(await train({ epochs: 2, validationSplit: 0.2 }, x, bytes)).toEqual(want);
  });

  test.each([255, 1, 7])('bytes with divisor %i train as the divided floats do, bit for bit', async (divisor) => {
    const data = Uint8Array.from(floats([23 * 4], 8).data, (value) => (value + 1) * 127.9);
    const divided = Float32Array.from(data, (byte) => Math.fround(byte / divisor));
    const want = await train({ validationSplit: 0.2, epochs: 2 }, { data: divided, shape: [23, 4] });
    expect(await train({ validationSplit: 0.2, epochs: 2 }, { data, shape: [23, 4], divisor })).toEqual(want);
    using bytes = tensor([23, 4], data, { dtype: 'uint8', divisor });
    expect(await train({ validationSplit: 0.2, epochs: 2 }, bytes)).toEqual(want);
  });

  test('integers and floats are divided too', async () => {
    const data = Int32Array.from(floats([23 * 4], 8).data, (value) => value * 1e6);
    const divided = Float32Array.from(data, (value) => Math.fround(value / 1000));
    const want = (await train({}, { data: divided, shape: [23, 4] })).digest;
    expect((await train({}, { data, shape: [23, 4], divisor: 1000 })).digest).toBe(want);
    expect((await train({}, { data: Float32Array.from(data), shape: [23, 4], divisor: 1000 })).digest).toBe(want);
    using integers = tensor([23, 4], data, { dtype: 'int32', divisor: 1000 });
    using reals = tensor([23, 4], data, { divisor: 1000 });
    expect((await train({}, integers)).digest).toBe(want);
    expect((await train({}, reals)).digest).toBe(want);
    expect(() => tensor([1], [1], { divisor: 0 })).toThrow('divisor must be a positive number, got 0');
  });

  test('a batch larger than the data is one step', async () => {
    expect((await train({ batchSize: 1000 })).digest).toBe((await train({ batchSize: 23 })).digest);
  });

  test('no epoch at all leaves the weights alone', async () => {
    const none = await train({ epochs: 2, initialEpoch: 2 });
    expect(none.epoch).toEqual([]);
    expect(none.history).toEqual({ loss: [] });
    using fresh = classifier();
    expect(none.digest).toBe(await fresh.digest());
  });

  test('weights stay live tensors while training changes them', async () => {
    using model = classifier();
    model.compile({ loss: 'sparseCategoricalCrossentropy' });
    const live = model.weights[0]?.tensor.data as Float32Array;
    const before = live.slice();
    await model.fit(x, y);
    expect(bitsOf(live)).toEqual(bitsOf(model.getWeights()[0] as Float32Array));
    expect(bitsOf(live)).not.toEqual(bitsOf(before));
  });
});

test('a last axis of 1 may be there or not, in samples as in targets', async () => {
  const numbers = floats([9], 1);
  const run = async (built: boolean, shape: readonly number[]) => {
    const options = built ? { inputShape: [1] } : {};
    using model = sequential([layers.dense({ units: 1, ...options })], { seed: 3 });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.fit({ ...numbers, shape }, { ...numbers, shape }, { epochs: 3, validationSplit: 0.4 });
    const { data, shape: out } = await model.predict({ ...numbers, shape });
    expect(out).toEqual([9, 1]);
    return [await model.digest(), Array.from(data)];
  };
  const want = await run(true, [9, 1]);
  for (const [built, shape] of [
    [true, [9]],
    [false, [9]],
    [false, [9, 1]],
  ] as const)
    expect(await run(built, shape)).toEqual(want);
  using flat = sequential([layers.flatten({ inputShape: [2, 2] })]);
  expect((await flat.predict({ data: new Float32Array(8), shape: [2, 2, 2, 1] })).shape).toEqual([2, 4]);
});

test('doubles are rounded to float32', async () => {
  const run = async (doubles: boolean) => {
    const own = (data: Float32Array | Int32Array) => (doubles ? Float64Array.from(data) : data);
    using model = classifier();
    model.compile({ loss: 'sparseCategoricalCrossentropy' });
    await model.fit(
      { data: own(x.data), shape: x.shape },
      { data: own(y.data), shape: y.shape },
      { validationSplit: 0.2 },
    );
    return model.digest();
  };
  expect(await run(true)).toBe(await run(false));
});
