/** Penalties: what they add to the loss, in training, in evaluation and over batches. Their gradients are tested with the layers. */
import { describe, expect, test } from 'vitest';
import { layers, optimizers, type Regularizer, regularizers, sequential } from '../src/index.ts';

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
