/** Metrics over an epoch: their values are those of Keras and scikit-learn, alone and in a model, with weights and without. */
import { describe, expect, test } from 'vitest';
import { callbacks, configs, type EpochMetric, layers, metrics, sequential } from '../src/index.ts';
import keras from './reference/epoch_metrics.json' with { type: 'json' };

const functions = metrics as unknown as Readonly<Record<string, (options: object) => EpochMetric>>;
const made = (name: string, options: object): EpochMetric => {
  const make = functions[name];
  if (make === undefined) throw new Error(`there is no metrics.${name}`);
  return make(options);
};

/** The means of losses are of float32 numbers, and Keras divides for an intersection over union in float32. */
function expectNear(name: string, got: number | undefined, wanted: number) {
  const exact = !/rror|ntropy|osh|inge|ergence|imilarity|oisson|IoU|iou/.test(name);
  expect(Math.abs((got ?? Number.NaN) - wanted)).toBeLessThanOrEqual((exact ? 1e-12 : 1e-6) * Math.max(1, wanted));
}

describe.each(keras.cases)('$name $options of $data', ({ name, options, data, key, value, weighted }) => {
  const { yTrue, yPred } = keras.data[data as keyof typeof keras.data];

  test('is that of Keras, whose batches it takes in', () => {
    for (const [wanted, weights] of [
      [value, undefined],
      [weighted, keras.weights],
    ] as const) {
      const metric = made(name, options);
      let at = 0;
      for (const rows of keras.batches) {
        const part = <T>(all: readonly T[]) => all.slice(at, at + rows);
        metric.updateState(part(yTrue as number[]), part(yPred), weights && part(weights));
        at += rows;
      }
      expectNear(name, metric.result(), wanted);
      metric.resetState();
      metric.updateState(yTrue as number[], yPred, weights);
      expectNear(name, metric.result(), wanted);
    }
    expect(made(name, options).name).toBe(key ?? 'exact_auc');
  });

  test('is the same in a model, which counts weights where it is asked to', async () => {
    const cols = yPred[0]?.length ?? 1;
    using model = sequential([layers.flatten({ inputShape: [cols] })]);
    const loss = data === 'sparse' ? 'sparseCategoricalCrossentropy' : 'mse';
    const metric = made(name, options);
    model.compile({ loss, metrics: [metric], weightedMetrics: [metric] });
    const logs = await model.evaluate(yPred, yTrue as number[], { batchSize: 17, sampleWeight: keras.weights });
    expectNear(name, logs[metric.name], value);
    expectNear(name, logs[`weighted_${metric.name}`], weighted);
    const again = configs.modelFrom(JSON.parse(JSON.stringify(model.toConfig())));
    expect(again.toConfig()).toEqual(model.toConfig());
    const { loss: _, ...same } = await again.evaluate(yPred, yTrue as number[], {
      batchSize: 17,
      sampleWeight: keras.weights,
    });
    expect(logs).toMatchObject(same);
    again.dispose();
  });
});

const binary = () => sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [2] })], { seed: 1 });
const x = Array.from({ length: 40 }, (_, i) => [(i * 7) % 10, (i * 3) % 8]);
const y = x.map(([a = 0, b = 0]) => (a > b ? 1 : 0));

describe('in fit', () => {
  const compiled = () => {
    const model = binary();
    model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.precision(), metrics.auc()] });
    return model;
  };

  test('training and validation have states of their own, and each epoch starts without one', async () => {
    using model = compiled();
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 7, shuffle: false, validationData: [x, y] });
    expect(Object.keys(history)).toEqual(['auc', 'loss', 'precision', 'val_auc', 'val_loss', 'val_precision']);
    const logs = await model.evaluate(x, y, { batchSize: 9 });
    expect(logs.auc).toBeCloseTo(history.val_auc?.[1] ?? 0, 12);
    expect(logs.precision).toBe(history.val_precision?.[1]);
  });

  test('weights become the same bits with such metrics as without', async () => {
    using plain = binary();
    plain.compile({ loss: 'binaryCrossentropy' });
    await plain.fit(x, y, { epochs: 2, batchSize: 7 });
    using measured = compiled();
    await measured.fit(x, y, { epochs: 2, batchSize: 7 });
    expect(await measured.digest()).toBe(await plain.digest());
  });

  test('logs of batches grow over the epoch, and those of single batches do not', async () => {
    using model = compiled();
    const seen: number[] = [];
    const onTrainBatchEnd = (_: number, logs: Record<string, number>) => void seen.push(logs.precision ?? -1);
    const { history } = await model.fit(x, y, { batchSize: 16, callbacks: [{ onTrainBatchEnd }] });
    expect(seen).toHaveLength(3);
    expect(seen[2]).toBe(history.precision?.[0]);
    const first = model.testOnBatch(x, y);
    expect(model.testOnBatch(x, y)).toEqual(first);
    expect(model.trainOnBatch(x, y).precision).toBe(first.precision);
  });

  test('callbacks know which of them are better if they are higher', async () => {
    for (const [monitor, name] of [
      ['val_auc', undefined],
      ['precision', undefined],
      ['val_my_recall', 'my_recall'],
    ] as const) {
      using model = binary();
      const own = name === undefined ? [] : [metrics.recall({ name })];
      model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.precision(), metrics.auc(), ...own] });
      const stop = callbacks.earlyStopping({ monitor, patience: 100 });
      const { history } = await model.fit(x, y, { epochs: 3, validationData: [x, y], callbacks: [stop] });
      expect(stop.best).toBe(Math.max(...(history[monitor] ?? [])));
    }
    expect(() => callbacks.earlyStopping({ monitor: 'false_positives_2' })).not.toThrow();
    expect(() => callbacks.earlyStopping({ monitor: 'quality' })).toThrow(RangeError);
  });
});

describe('names', () => {
  test('are numbered as in Keras, and weighted ones say so', async () => {
    using model = binary();
    const two = [metrics.precision(), metrics.precision({ thresholds: 0.9 })];
    model.compile({
      loss: 'binaryCrossentropy',
      metrics: [...two, 'accuracy'],
      weightedMetrics: [...two, 'mse', 'acc'],
    });
    const keys = Object.keys(await model.evaluate(x, y));
    expect(keys).toEqual([
      'precision',
      'precision_1',
      'accuracy',
      'weighted_precision',
      'weighted_precision_1',
      'mse',
      'acc',
      'loss',
    ]);
  });

  test('that compile does not know say where the metric is; descriptions know all', () => {
    using model = binary();
    expect(() => model.compile({ loss: 'mse', metrics: ['auc' as 'mse'] })).toThrow(/RangeError|metrics\.auc\(\)/);
    for (const name of ['auc', 'AUC', 'top_k_categorical_accuracy', 'F1Score'])
      expect(configs.metricFrom(name)).toMatchObject({ name: expect.stringMatching(/^(auc|top_k_cat.*|f1_score)$/) });
    expect(configs.metricFrom('mse')).toBe('mse');
    expect(() => configs.metricFrom('area')).toThrow(RangeError);
    expect(() => configs.metricFrom({ className: 'auc', config: { curves: 'PR' } })).toThrow(/curve/);
  });
});

describe('an area', () => {
  test.each([
    ['auc', () => metrics.auc()],
    ['auc of precision and recall', () => metrics.auc({ curve: 'PR' })],
    ['auc above steps', () => metrics.auc({ summationMethod: 'majoring', numThresholds: 50 })],
    ['exactAuc', () => metrics.exactAuc()],
  ])('%s is never above 1, however the classes are apart', (_, metric) => {
    for (let n = 2; n < 80; n++) {
      const labels = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0));
      const scores = labels.map((label, i) => label / 2 + (0.4 * ((i * 7) % n)) / n);
      const area = metric();
      area.updateState(
        labels,
        scores,
        labels.map((_, i) => 0.1 + (i % 7) / 10),
      );
      expect(area.result()).toBeLessThanOrEqual(1);
      expect(area.result()).toBeCloseTo(1, 12);
    }
  });
});

describe('weights of zero', () => {
  test('everywhere give 0, as in Keras', async () => {
    using model = binary();
    model.compile({ loss: 'mse', weightedMetrics: ['accuracy', metrics.auc(), metrics.meanSquaredError()] });
    const logs = await model.evaluate(x, y, { sampleWeight: x.map(() => 0) });
    expect(logs).toMatchObject({ accuracy: 0, auc: 0, mean_squared_error: 0 });
  });

  test('and of two leave out samples and count others twice', async () => {
    using model = binary();
    model.compile({ loss: 'mse', weightedMetrics: ['accuracy', 'mse'] });
    const weights = x.map((_, i) => (i % 3 === 0 ? 0 : i % 3));
    const twice = x.flatMap((row, i) => Array.from({ length: weights[i] ?? 0 }, () => row));
    const targets = y.flatMap((row, i) => Array.from({ length: weights[i] ?? 0 }, () => row));
    const counted = await model.evaluate(x, y, { sampleWeight: weights });
    const repeated = await model.evaluate(twice, targets);
    expect(counted.accuracy).toBeCloseTo(repeated.accuracy ?? 0, 12);
    expect(counted.mse).toBeCloseTo(repeated.mse ?? 0, 9);
  });
});

test('several outputs have metrics of their own, with their names in front', async () => {
  const { input, model } = await import('../src/index.ts');
  const at = input({ shape: [2] });
  const outputs = {
    a: layers.dense({ units: 1, activation: 'sigmoid' }).apply(at),
    b: layers.dense({ units: 2 }).apply(at),
  };
  using two = model({ inputs: at, outputs });
  two.compile({
    loss: { a: 'binaryCrossentropy', b: 'mse' },
    metrics: { a: metrics.auc(), b: [metrics.r2Score()] },
    weightedMetrics: { a: ['accuracy'] },
  });
  const logs = await two.evaluate(x, { a: y, b: x }, { sampleWeight: { a: y.map(() => 2) } });
  expect(Object.keys(logs).sort()).toEqual(['a_accuracy', 'a_auc', 'a_loss', 'b_loss', 'b_r2_score', 'loss']);
});

test.each([
  ['a threshold above 1', () => metrics.precision({ thresholds: 2 }), RangeError],
  ['a list of thresholds', () => metrics.precision({ thresholds: [0.5] as unknown as number }), TypeError],
  ['an unknown option', () => metrics.recall({ threshold: 0.5 } as object), RangeError],
  ['one threshold for a curve', () => metrics.auc({ numThresholds: 1 }), RangeError],
  ['another curve', () => metrics.auc({ curve: 'DET' as 'PR' }), RangeError],
  ['a rate above 1', () => metrics.precisionAtRecall({ recall: 1.5 }), RangeError],
  ['no rate', () => metrics.precisionAtRecall({} as { recall: number }), TypeError],
  ['a score of one column without a threshold', () => metrics.f1Score().updateState([1, 0], [0.2, 0.8]), RangeError],
  ['a class beyond the columns', () => metrics.recall({ classId: 3 }).updateState([[1, 0]], [[0, 1]]), RangeError],
  ['targets of another shape', () => metrics.recall().updateState([1, 0, 1], [[0, 1]]), RangeError],
  ['too few weights', () => metrics.recall().updateState([1, 0], [0.5, 0.5], [1]), RangeError],
  [
    'label weights of too few columns',
    () => metrics.auc({ labelWeights: [1] }).updateState([[1, 0]], [[0, 1]]),
    RangeError,
  ],
  ['a loss by name', () => metrics.mean({ loss: 'mse' as never }), TypeError],
] as const)('%s is refused', (_, call, kind) => {
  expect(call).toThrow(kind);
});

test('a model that gets to know its width later refuses a class that it does not have', () => {
  using model = sequential([layers.dense({ units: 2 })]);
  const compile = () => model.compile({ loss: 'mse', metrics: [metrics.recall({ classId: 2 })] });
  expect(compile).not.toThrow();
  model.build([3]);
  expect(compile).toThrow(/classId/);
});
