/** Losses made of operations: values, totals and gradients are those of Keras, they can be described, and dense models do without them. */
import { describe, expect, test } from 'vitest';
import { configs, type Loss, layers, losses, optimizers, sequential } from '../src/index.ts';
import keras from './reference/further_losses.json' with { type: 'json' };

const functions = losses as unknown as Readonly<Record<string, (options: object) => Loss>>;
const made = (name: string, options: object): Loss => {
  const make = functions[name];
  if (make === undefined) throw new Error(`there is no losses.${name}`);
  return make(options);
};
const { weights } = keras;

/** A model whose predictions are its only weight: a row for each of the inputs, which are the unit vectors. */
async function trained(loss: Loss, yTrue: number[][], yPred: number[][]) {
  const rows = yPred.length;
  const units = yPred[0]?.length ?? 0;
  const model = sequential([layers.dense({ units, useBias: false, inputShape: [rows] })]);
  model.setWeights([yPred.flat()]);
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss, metrics: [loss] });
  const x = yPred.map((_, row) => yPred.map((__, i) => (i === row ? 1 : 0)));
  const logs = model.trainOnBatch(x, yTrue, { sampleWeight: weights });
  const gradient = Array.from(model.gradients[0]?.tensor.data ?? []);
  const { history } = await model.fit(x, yTrue, { batchSize: 3, sampleWeight: weights });
  model.dispose();
  return { logs, gradient, history };
}

describe.each(keras.cases)('$name $options of $data', ({ name, options, data, key, values, total, gradient }) => {
  const { yTrue, yPred } = keras.data[data as keyof typeof keras.data];
  const near = (got: ArrayLike<number>, wanted: readonly number[]) => {
    expect(got).toHaveLength(wanted.length);
    const largest = Math.max(...wanted.map(Math.abs));
    for (const [i, one] of wanted.entries())
      expect(Math.abs((got[i] ?? Number.NaN) - one)).toBeLessThanOrEqual(2e-6 * Math.max(largest, 0.1));
  };

  test('has the values and the total of Keras', () => {
    const loss = made(name, options);
    near(loss.perSample(yTrue, yPred), values);
    near([loss.compute(yTrue, yPred, weights)], [total]);
    expect(loss.key).toBe(key);
    const again = configs.lossFrom(JSON.parse(JSON.stringify(loss.toConfig())));
    expect(again.toConfig()).toEqual(loss.toConfig());
    expect(again.perSample(yTrue, yPred)).toEqual(loss.perSample(yTrue, yPred));
  });

  test('has the gradient of Keras in a training step', async () => {
    const got = await trained(made(name, options), yTrue, yPred);
    near(got.gradient, gradient.flat());
    near([got.logs.loss ?? 0], [total]);
    expect(got.history.loss?.[0]).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    expect(Object.keys(got.logs)).toContain(key);
  });

  test('falls along its gradient as central differences say', () => {
    const loss = made(name, options);
    // along the gradient, where a small step changes most: in float32 single differences would drown
    const flat = gradient.flat();
    const norm = Math.hypot(...flat);
    const step = 1 / 256;
    const at = (sign: number) =>
      yPred.map((row, r) => row.map((p, c) => p + (sign * step * (gradient[r]?.[c] ?? 0)) / norm));
    const slope = (loss.compute(yTrue, at(1), weights) - loss.compute(yTrue, at(-1), weights)) / (2 * step);
    expect(Math.abs(slope / norm - 1)).toBeLessThan(0.01);
  });
});

test('names are those of Keras in descriptions, and compile says where the function is', () => {
  for (const [name, className] of [
    ['mape', 'meanAbsolutePercentageError'],
    ['kl_divergence', 'klDivergence'],
    ['KLD', 'klDivergence'],
    ['log_cosh', 'logCosh'],
    ['Poisson', 'poisson'],
  ] as const)
    expect(configs.lossFrom(name).toConfig()).toMatchObject({ className });
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  expect(() => model.compile({ loss: 'poisson' as 'mse' })).toThrow(/losses\.poisson\(\)/);
});

test.each([
  ['an unknown option', () => losses.poisson({ delta: 1 } as object), RangeError],
  ['a negative gamma', () => losses.binaryFocalCrossentropy({ gamma: -1 }), RangeError],
  ['a label smoothing of 1', () => losses.categoricalFocalCrossentropy({ labelSmoothing: 1 }), RangeError],
  ['an axis that is no list', () => losses.dice({ axis: 1 as unknown as number[] }), TypeError],
  ['an axis that there is not', () => losses.dice({ axis: [7] }).perSample([[1]], [[1]]), RangeError],
  ['an unknown reduction', () => losses.hinge({ reduction: 'median' as 'sum' }), RangeError],
] as const)('%s is refused', (_, call, kind) => {
  expect(call).toThrow(kind);
});

test('images are counted one by one if the axes say so', () => {
  const images = { data: [1, 0, 0, 1, 1, 1, 0, 0], shape: [2, 2, 2, 1] };
  const targets = { data: [1, 0, 0, 1, 0, 0, 1, 1], shape: [2, 2, 2, 1] };
  const each = losses.dice({ axis: [1, 2, 3] }).perSample(targets, images);
  expect(Array.from(each, (one) => Math.round(one * 1000) / 1000)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(losses.dice().compute(targets, images)).toBeCloseTo(0.5, 5);
});
