/** Losses through the public API: `compute` and `perSample` against Keras' published numbers, reductions, weights, ignored classes. */
import { describe, expect, test } from 'vitest';
import { losses, tensor } from '../src/index.ts';
import type { Loss } from '../src/loss.ts';
import golden from './reference/losses.json' with { type: 'json' };
import * as reference from './reference/losses.ts';

type Nested = number[] | number[][] | number[][][];

/** A case of losses.json as its names are written there. */
interface Golden {
  readonly loss: string;
  readonly y_true: Nested;
  readonly y_pred: number[][] | number[][][];
  readonly from_logits?: boolean;
  readonly label_smoothing?: number;
  readonly ignore_class?: number;
  readonly delta?: number;
  readonly reduction?: string | null;
  readonly sample_weight?: Nested;
  readonly per_sample: Nested;
  readonly mean?: number;
}

const makers: Record<string, (options: object) => Loss> = {
  sparse_categorical_crossentropy: losses.sparseCategoricalCrossentropy,
  categorical_crossentropy: losses.categoricalCrossentropy,
  binary_crossentropy: losses.binaryCrossentropy,
  mean_squared_error: losses.meanSquaredError,
  mean_absolute_error: losses.meanAbsoluteError,
  huber: losses.huber,
};
/** In the file, but not offered (yet). */
const missing = ['log_cosh', 'kl_divergence', 'poisson', 'hinge', 'squared_hinge'];

const all = golden.cases as readonly Golden[];
const offered = all.filter(({ loss }) => makers[loss] !== undefined);

function lossOf({ loss, from_logits, label_smoothing, ignore_class, delta, reduction }: Golden): Loss {
  const options = {
    ...(from_logits !== undefined && { fromLogits: from_logits }),
    ...(label_smoothing !== undefined && { labelSmoothing: label_smoothing }),
    ...(ignore_class !== undefined && { ignoreClass: ignore_class }),
    ...(delta !== undefined && { delta }),
    ...(reduction === 'mean_with_sample_weight' && { reduction: 'meanWithSampleWeight' }),
  };
  return (makers[loss] as (options: object) => Loss)(options);
}

describe("Keras' numbers", () => {
  test('every case is either offered or known to be missing', () => {
    expect([...new Set(all.map(({ loss }) => loss))].sort()).toEqual([...Object.keys(makers), ...missing].sort());
    expect(offered.length).toBeGreaterThanOrEqual(14);
  });

  test.each(offered.map((one, i) => [`${i} ${one.loss}`, one] as const))('%s', (_, one) => {
    const loss = lossOf(one);
    const near = (value: number, keras: number) =>
      expect(Math.abs(value - keras)).toBeLessThan(1e-6 * Math.max(1, Math.abs(keras)));
    const got = loss.perSample(one.y_true, one.y_pred);
    const want = one.per_sample.flat(2);
    expect(got.length).toBe(want.length);
    for (const [i, value] of want.entries()) near(got[i] as number, value);
    if (one.mean !== undefined) near(loss.compute(one.y_true, one.y_pred, one.sample_weight), one.mean);
  });

  test('softmax cross-entropy of logits up to ±1e4', () => {
    const { logits, labels, loss } = golden.softmax_cross_entropy;
    const got = losses.sparseCategoricalCrossentropy({ fromLogits: true }).perSample(labels, logits);
    expect(got.length).toBe(loss.length);
    for (const [i, want] of loss.entries())
      expect(Math.abs((got[i] as number) - want)).toBeLessThan(1e-6 * Math.max(1, want));
  });
});

const predictions = [
  [0.5, 0.25, 0.25],
  [0.125, 0.5, 0.375],
  [0.25, 0.25, 0.5],
  [0.75, 0.125, 0.125],
];
const targets = [0, 2, 1, 0];
const rows = predictions.map((row, i) => reference.crossentropy(row, reference.oneHot(targets[i] as number, 3)).value);
const weights = [1, 0.5, 2, 0];
const weighted = rows.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);

describe('reductions', () => {
  const compute = (reduction: 'sumOverBatchSize' | 'sum' | 'meanWithSampleWeight', sampleWeight?: number[]) =>
    losses.sparseCategoricalCrossentropy({ reduction }).compute(targets, predictions, sampleWeight);

  test('sumOverBatchSize divides by the number of samples, not by their weights', () => {
    expect(compute('sumOverBatchSize', weights)).toBeCloseTo(weighted / 4, 6);
    expect(losses.sparseCategoricalCrossentropy().reduction).toBe('sumOverBatchSize');
  });
  test('sum does not divide', () => expect(compute('sum', weights)).toBeCloseTo(weighted, 6));
  test('meanWithSampleWeight divides by the sum of the weights', () => {
    expect(compute('meanWithSampleWeight', weights)).toBeCloseTo(weighted / 3.5, 6);
    expect(compute('meanWithSampleWeight')).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / 4, 6);
  });
  test('weights that are all zero give zero, not NaN', () => {
    expect(compute('meanWithSampleWeight', [0, 0, 0, 0])).toBe(0);
    expect(compute('sumOverBatchSize', [0, 0, 0, 0])).toBe(0);
  });
  test('perSample knows no weights and no reduction', () => {
    const { length } = losses.meanSquaredError({ reduction: 'sum' }).perSample([[1, 2]], [[3, 5]]);
    expect(length).toBe(1);
    expect(losses.meanSquaredError({ reduction: 'sum' }).perSample([[1, 2]], [[3, 5]])[0]).toBe(6.5);
  });
});

describe('ignoreClass', () => {
  const loss = losses.sparseCategoricalCrossentropy({ ignoreClass: 255 });

  test('rows with that label are zero and do not count', () => {
    const some = [0, 255, 1, 255];
    expect(Array.from(loss.perSample(some, predictions)).map((value) => value === 0)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(loss.compute(some, predictions)).toBeCloseTo(((rows[0] as number) + (rows[2] as number)) / 2, 6);
  });
  test('a batch of nothing but that label has loss 0', () =>
    expect(loss.compute([255, 255], predictions.slice(2))).toBe(0));
  test('their weights do not count either', () => {
    const mean = losses.sparseCategoricalCrossentropy({ ignoreClass: -1, reduction: 'meanWithSampleWeight' });
    const want = ((rows[0] as number) + 2 * (rows[2] as number)) / 3;
    expect(mean.compute([0, -1, 1, -1], predictions, [1, 9, 2, 9])).toBeCloseTo(want, 6);
  });
});

describe('what goes in', () => {
  test('tensors, typed arrays with a shape and nested arrays give the same', () => {
    const loss = losses.huber({ delta: 0.5 });
    const want = loss.compute([[1, 2, 3]], [[1.5, 2, 5]]);
    const [y, p] = [tensor([1, 3], [1, 2, 3]), tensor([1, 3], [1.5, 2, 5])];
    expect(loss.compute(y, p)).toBe(want);
    expect(
      loss.compute(
        { data: Uint8Array.of(1, 2, 3), shape: [1, 3] },
        { data: Float32Array.of(1.5, 2, 5), shape: [1, 3] },
      ),
    ).toBe(want);
    y.dispose();
    p.dispose();
  });

  test('bytes with a divisor are divided', () => {
    const bytes = { data: Uint8Array.of(51, 255), shape: [1, 2], divisor: 255 };
    expect(losses.meanAbsoluteError().compute(bytes, [[0, 0]])).toBeCloseTo(0.6, 6);
  });

  test('predictions of more axes: one loss for each vector, one weight for each', () => {
    const p = [predictions.slice(0, 2), predictions.slice(2)];
    const y = [targets.slice(0, 2), targets.slice(2)];
    const loss = losses.sparseCategoricalCrossentropy();
    expect(Array.from(loss.perSample(y, p))).toEqual(Array.from(loss.perSample(targets, predictions)));
    expect(loss.compute(y, p, weights)).toBeCloseTo(weighted / 4, 6);
  });

  test('targets of one column may leave the last axis out', () => {
    const loss = losses.binaryCrossentropy();
    expect(loss.compute([1, 0], [[0.75], [0.5]])).toBe(loss.compute([[1], [0]], [[0.75], [0.5]]));
  });

  test('logits of ±1e4 give finite losses, linear in the logit', () => {
    const sparse = losses.sparseCategoricalCrossentropy({ fromLogits: true });
    expect(
      sparse.compute(
        [0, 1],
        [
          [1e4, -1e4],
          [1e4, -1e4],
        ],
      ),
    ).toBe(1e4);
    const binary = losses.binaryCrossentropy({ fromLogits: true });
    expect(binary.compute([[1], [0]], [[1e4], [1e4]])).toBe(5e3);
  });
});
