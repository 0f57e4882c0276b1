/** Penalties: what they add to the loss, in training, in evaluation and over batches. Their gradients are tested with the layers. */
import { describe, expect, test } from 'vitest';
import {
  configs,
  createRuntime,
  type DenseOptions,
  layers,
  loadModel,
  ops,
  optimizers,
  type Regularizer,
  type Runtime,
  regularizers,
  type SymbolicValue,
  sequential,
} from '../src/index.ts';
import { errorOf, expectClose, floats } from './helpers.ts';

const KERNEL = [1, -2, 0.5, -0.25];
const BIAS = [0.75, -1.5];

/** The loss over inputs whose mean squared error is 0 and whose output is `[[1, -2], [0.5, -0.25]] + bias`. */
async function lossWith(options: Parameters<typeof layers.dense>[0], batchSize = 32): Promise<number> {
  using model = sequential([layers.dense({ ...options, inputShape: [2] })]);
  model.compile({ loss: 'mse' });
  model.setWeights([KERNEL, BIAS]);
  const x = [
    [1, 0],
    [0, 1],
  ];
  const { data, shape } = await model.predict(x);
  const { loss } = await model.evaluate(x, { data, shape }, { batchSize });
  return loss as number;
}

const dense = (kernelRegularizer?: Regularizer | 'l1' | 'l2') =>
  lossWith({ units: 2, ...(kernelRegularizer && { kernelRegularizer }) });
const sum = (values: number[], f: (x: number) => number) => values.reduce((total, x) => total + f(x), 0);
const L1 = sum(KERNEL, Math.abs);
const L2 = sum(KERNEL, (x) => x * x);

describe('the penalty', () => {
  test('of l1 is the sum of sizes, of l2 the sum of squares without a half', async () => {
    expect(await dense()).toBe(0);
    expect(await dense(regularizers.l1(0.5))).toBeCloseTo(0.5 * L1, 6);
    expect(await dense(regularizers.l2(0.5))).toBeCloseTo(0.5 * L2, 6);
    expect(await dense(regularizers.l1l2({ l1: 0.25, l2: 2 }))).toBeCloseTo(0.25 * L1 + 2 * L2, 5);
  });

  test('is 0.01 by default, and by name', async () => {
    expect(regularizers.l1()).toEqual({ l1: 0.01, l2: 0 });
    expect(regularizers.l2()).toEqual({ l1: 0, l2: 0.01 });
    expect(regularizers.l1l2()).toEqual({ l1: 0, l2: 0 });
    expect(await dense('l1')).toBeCloseTo(0.01 * L1, 7);
    expect(await dense('l2')).toBeCloseTo(0.01 * L2, 7);
    expect(await dense(regularizers.l1l2())).toBe(0);
  });

  test('of a bias', async () => {
    const loss = await lossWith({ units: 2, biasRegularizer: regularizers.l2(1) });
    expect(loss).toBeCloseTo(
      sum(BIAS, (x) => x * x),
      6,
    );
  });

  test('of the output is divided by the size of the batch', async () => {
    const outputs = [1.75, -3.5, 1.25, -1.75];
    const want = sum(outputs, Math.abs) / 2;
    expect(await lossWith({ units: 2, activityRegularizer: regularizers.l1(1) })).toBeCloseTo(want, 6);
    // batches of one: each weighs as much as the other
    expect(await lossWith({ units: 2, activityRegularizer: regularizers.l1(1) }, 1)).toBeCloseTo(want, 6);
  });

  test('counts once a batch, also when weighted by the rows of the batches', async () => {
    expect(await lossWith({ units: 2, kernelRegularizer: regularizers.l1(1) }, 1)).toBeCloseTo(L1, 6);
  });

  test('leaves predictions and metrics alone', async () => {
    using model = sequential([
      layers.dense({ units: 1, kernelRegularizer: 'l2', activityRegularizer: 'l1', inputShape: [1] }),
    ]);
    model.compile({ loss: 'mse', metrics: ['mse'] });
    model.setWeights([[3], [0]]);
    const { loss, mse } = await model.evaluate([[1]], [[1]]);
    expect(mse).toBe(4);
    expect(loss).toBeCloseTo(4 + 0.01 * 9 + 0.01 * 3, 6);
    expect(Array.from((await model.predict([[2]])).data)).toEqual([6]);
  });

  test('grows no further from step to step', async () => {
    using model = sequential([layers.dense({ units: 1, kernelRegularizer: regularizers.l1(1), inputShape: [1] })]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: 'mse' });
    model.setWeights([[2], [0]]);
    const { history } = await model.fit([[0], [0], [0]], [[0], [0], [0]], { batchSize: 1, epochs: 3 });
    expect(history.loss).toEqual([2, 2, 2]);
  });
});

describe('a function of the user’s own', () => {
  const x = floats([8, 3], 1);
  const y = floats([8, 2], 2);
  const squares = (w: SymbolicValue) => ops.multiply(ops.sum(ops.square(w)), 0.03);
  /** Trains two layers, the first with a penalty of its kernel. */
  async function train(kernelRegularizer: DenseOptions['kernelRegularizer'], runtime?: Runtime) {
    const stack = [
      layers.dense({ units: 4, inputShape: [3], ...(kernelRegularizer && { kernelRegularizer }) }),
      layers.dense({ units: 2 }),
    ];
    const model = sequential(stack, { seed: 5, ...(runtime && { runtime }) });
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss: 'mse' });
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 4 });
    return { model, loss: history.loss ?? [], weights: model.getWeights().map((one) => [...one]) };
  }

  test('adds its value to the loss and its derivative to the gradient, as l2 does', async () => {
    const [own, library, none] = [await train(squares), await train(regularizers.l2(0.03)), await train(undefined)];
    expectClose(own.loss, library.loss, 1e-5);
    for (const [i, weights] of own.weights.entries()) expectClose(weights, library.weights[i] ?? [], 1e-5);
    expect(Math.abs((own.weights[0]?.[0] ?? 0) - (none.weights[0]?.[0] ?? 0))).toBeGreaterThan(1e-3);
    for (const { model } of [own, library, none]) model.dispose();
  });

  test('may be negative', async () => {
    const own = await train((w) => ops.multiply(ops.sum(ops.square(w)), -0.5));
    const none = await train(undefined);
    expect(own.loss[0]).toBeLessThan((none.loss[0] ?? 0) - 0.1);
    for (const { model } of [own, none]) model.dispose();
  });

  test('any number of threads gives the same bits', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      const { model } = await train(squares, runtime);
      digests.add(await model.digest());
    }
    expect(digests.size).toBe(1);
  });

  test('is saved by name, and loaded once it is registered; a frozen layer has none', async () => {
    const { model } = await train(squares);
    const file = await model.save();
    expect((await errorOf(() => loadModel(file))).message).toMatch(/regularizer 'squares'.*configs\.register/);
    configs.register('squares', { regularizer: squares });
    using twin = await loadModel(file);
    expect(await twin.evaluate(x, y)).toEqual(await model.evaluate(x, y));
    const [first] = twin.layers;
    if (first !== undefined) first.trainable = false;
    twin.compile({ loss: 'mse' });
    expect((await twin.evaluate(x, y)).loss).toBeLessThan((await model.evaluate(x, y)).loss ?? 0);
    model.dispose();
  });

  test('must give one number, made of the weight; an output takes none', async () => {
    const refused = async (fn: unknown) => {
      const { name } = await errorOf(() => train(fn as never));
      return name;
    };
    expect(await refused((w: SymbolicValue) => ops.square(w))).toBe('RangeError');
    expect(await refused(() => 1)).toBe('TypeError');
    expect(() => layers.dense({ units: 1, activityRegularizer: squares as never })).toThrow(TypeError);
  });
});
