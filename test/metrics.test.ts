/** What is reported beside the loss: which accuracy is meant, how it counts, losses as metrics. */
import { describe, expect, test } from 'vitest';
import {
  type ActivationName,
  callbacks,
  configs,
  type Layer,
  layers,
  losses,
  type Metric,
  optimizers,
  sequential,
} from '../src/index.ts';
import type { LossName } from '../src/losses.ts';
import { classifier, errorOf, floats, labels } from './helpers.ts';
import keras from './reference/metrics.json' with { type: 'json' };

/** Evaluates a model that hands its input on, so that `predictions` are what the metrics see. */
async function report(
  predictions: readonly (readonly number[])[],
  targets: readonly number[] | readonly (readonly number[])[],
  loss: LossName,
  metrics: readonly Metric[],
  options: { batchSize?: number; sampleWeight?: number[] } = {},
) {
  const cols = predictions[0]?.length ?? 0;
  using model = sequential([layers.flatten({ inputShape: [cols] })]);
  model.compile({ loss, metrics });
  return await model.evaluate(predictions, targets, options);
}
const sparse = 'sparseCategoricalCrossentropy';
const probabilities = [
  [0.5, 0.25, 0.25],
  [0.25, 0.5, 0.25],
  [0.25, 0.25, 0.5],
  [0.125, 0.75, 0.125],
];

describe('accuracy', () => {
  test('of labels is that of the largest prediction', async () => {
    expect((await report(probabilities, [0, 1, 1, 1], sparse, ['accuracy'])).accuracy).toBe(0.75);
    const { sparseCategoricalAccuracy } = await report(probabilities, [0, 0, 0, 1], sparse, [
      'sparseCategoricalAccuracy',
    ]);
    expect(sparseCategoricalAccuracy).toBe(0.5);
  });

  test('of one-hot targets compares the largest of both', async () => {
    const targets = [
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 1],
      [0, 1, 0],
    ];
    const { accuracy } = await report(probabilities, targets, 'categoricalCrossentropy', ['accuracy']);
    expect(accuracy).toBe(0.75);
    expect((await report(probabilities, targets, 'mse', ['categoricalAccuracy'])).categoricalAccuracy).toBe(0.75);
  });

  test('of one column asks which side of one half, and one half itself is no', async () => {
    const one = [[0.75], [0.5], [0.5000001], [0.25], [0.1]];
    expect((await report(one, [[1], [1], [1], [0], [1]], 'binaryCrossentropy', ['accuracy'])).accuracy).toBe(0.6);
    expect((await report(one, [1, 0, 1, 0, 0], 'binaryCrossentropy', ['accuracy'])).accuracy).toBe(1);
  });

  test('binaryAccuracy of several columns is the share of the columns', async () => {
    const targets = [
      [1, 0, 0],
      [1, 1, 0],
    ];
    const predictions = [
      [0.9, 0.1, 0.8],
      [0.2, 0.9, 0.1],
    ];
    const { binaryAccuracy } = await report(predictions, targets, 'binaryCrossentropy', ['binaryAccuracy']);
    expect(binaryAccuracy).toBeCloseTo(4 / 6, 6);
  });

  test('of equal predictions takes the first', async () => {
    const equal = [
      [0.5, 0.5, 0],
      [0, 0.5, 0.5],
      [0.25, 0.25, 0.25],
    ];
    expect((await report(equal, [0, 1, 0], sparse, ['accuracy'])).accuracy).toBe(1);
    expect((await report(equal, [1, 2, 2], sparse, ['accuracy'])).accuracy).toBe(0);
  });

  test('of vectors counts each of them', async () => {
    using model = sequential([layers.reshape({ targetShape: [2, 3], inputShape: [6] })]);
    model.compile({ loss: sparse, metrics: ['accuracy'] });
    const x = [probabilities.slice(0, 2).flat(), probabilities.slice(2).flat()];
    const { accuracy } = await model.evaluate(
      x,
      [
        [0, 1],
        [2, 0],
      ],
      { batchSize: 1 },
    );
    expect(accuracy).toBe(0.75);
  });

  test('weighs batches by their rows, and ignores weights', async () => {
    for (const batchSize of [1, 2, 3, 4])
      expect((await report(probabilities, [0, 1, 1, 1], sparse, ['accuracy'], { batchSize })).accuracy).toBe(0.75);
    const sampleWeight = [0, 0, 9, 0];
    expect((await report(probabilities, [0, 1, 1, 1], sparse, ['accuracy'], { sampleWeight })).accuracy).toBe(0.75);
  });
});

describe('losses as metrics', () => {
  const targets = [
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0.25, 0.5, 0.25],
  ];

  test('report what the loss is, under the name they were given', async () => {
    const metrics = ['mse', 'meanAbsoluteError', 'Huber', 'categoricalCrossentropy'] as Metric[];
    const got = await report(probabilities, targets, 'binaryCrossentropy', metrics, { batchSize: 3 });
    expect(Object.keys(got).sort()).toEqual(['Huber', 'categoricalCrossentropy', 'loss', 'meanAbsoluteError', 'mse']);
    expect(got.mse).toBeCloseTo(losses.meanSquaredError().compute(targets, probabilities), 6);
    expect(got.meanAbsoluteError).toBeCloseTo(losses.meanAbsoluteError().compute(targets, probabilities), 6);
    expect(got.Huber).toBeCloseTo(losses.huber().compute(targets, probabilities), 6);
    expect(got.categoricalCrossentropy).toBeCloseTo(
      losses.categoricalCrossentropy().compute(targets, probabilities),
      6,
    );
    expect(got.loss).toBeCloseTo(losses.binaryCrossentropy().compute(targets, probabilities), 6);
  });

  test('see probabilities where the loss has taken the logits over', async () => {
    using model = classifier();
    model.compile({ loss: sparse, metrics: [sparse, 'accuracy'] });
    const got = await model.evaluate(floats([9, 4], 1), labels(9, 3, 2), { sampleWeight: new Array(9).fill(1) });
    expect(got[sparse]).toBeCloseTo(got.loss as number, 5);
  });

  describe('read the logits behind the last activation, as the loss does', () => {
    // softmax([1, 2, 40]) and sigmoid(40) are 0 and 1 in float32: -log p from probabilities ends at the clip, 1e-7
    const last = (activation: 'softmax' | 'sigmoid', kernel: number[], own: Layer | boolean) => {
      const dense = { units: kernel.length, inputShape: [1], ...(own === false ? { activation } : {}) };
      const behind = own === true ? [layers.activation({ activation })] : own === false ? [] : [own];
      const model = sequential([layers.dense(dense), ...behind], { seed: 1 });
      model.setWeights([kernel, kernel.map(() => 0)]);
      return model;
    };
    const x = [[1], [1]];
    const none = optimizers.sgd({ learningRate: 0 });
    const oneHot = [
      [1, 0, 0],
      [0, 0, 1],
    ];
    const bits = [[0], [1]];
    describe.each([
      ['part of its layer', false],
      ['a layer of its own', true],
    ])('%s', (_title, own) => {
      test.each([
        ['sparseCategoricalCrossentropy', 'softmax', [1, 2, 40], [0, 2], 19.5, sparse],
        ['categoricalCrossentropy', 'softmax', [1, 2, 40], oneHot, 19.5, 'categoricalCrossentropy'],
        ['categoricalCrossentropy', 'softmax', [1, 2, 40], oneHot, 19.5, 'mse'],
        ['binaryCrossentropy', 'sigmoid', [40], bits, 20, 'binaryCrossentropy'],
        ['binaryCrossentropy', 'sigmoid', [40], bits, 20, 'mae'],
      ] as const)('%s behind %s, kernel %j, targets %j: %d (the loss is %s)', async (...parts) => {
        const [metric, activation, kernel, y, want, loss] = parts;
        using model = last(activation, [...kernel], own);
        model.compile({ optimizer: none, loss, metrics: [metric] });
        expect((await model.evaluate(x, y))[metric]).toBeCloseTo(want, 5);
        const { history } = await model.fit(x, y, { validationData: [x, y] });
        expect(history[metric]?.[0]).toBeCloseTo(want, 5);
        expect(history[`val_${metric}`]?.[0]).toBeCloseTo(want, 5);
        if (loss === metric) expect(history.loss?.[0]).toBe(history[metric]?.[0]);
      });

      test('and leave the training alone', async () => {
        const [x, y] = [floats([40, 1], 1), floats([40, 3], 2)];
        const digests = [[], ['categoricalCrossentropy'], [losses.categoricalCrossentropy(), 'mae']] as const;
        const trained = digests.map(async (metrics) => {
          using model = last('softmax', [0.1, 0.2, -0.3], own);
          model.compile({ optimizer: 'adam', loss: 'mse', metrics });
          await model.fit(x, y, { epochs: 3, batchSize: 7 });
          return model.digest();
        });
        const [alone, ...others] = await Promise.all(trained);
        expect(others).toEqual([alone, alone]);
      });
    });

    test.each([-1, 1])('behind a softmax along axis %d, which is the last', async (axis) => {
      using model = last('softmax', [1, 2, 40], layers.softmax({ axis }));
      model.compile({ optimizer: none, loss: sparse, metrics: [sparse] });
      expect(await model.evaluate(x, [0, 2])).toEqual({ loss: 19.5, [sparse]: 19.5 });
    });

    test('but not behind another activation than theirs', async () => {
      using model = last('sigmoid', [1, 2, 40], false);
      model.compile({ loss: 'mse', metrics: ['categoricalCrossentropy'] });
      const want = losses.categoricalCrossentropy().compute(oneHot, await model.predict(x));
      expect((await model.evaluate(x, oneHot)).categoricalCrossentropy).toBeCloseTo(want, 6);
    });
  });

  test('ignore weights and penalties', async () => {
    using model = sequential([
      layers.dense({ units: 1, kernelInitializer: 'ones', kernelRegularizer: 'l2', inputShape: [1] }),
    ]);
    model.compile({ loss: 'mse', metrics: ['mse'] });
    const got = await model.evaluate([[1], [2]], [[0], [0]], { sampleWeight: [0.5, 0] });
    expect(got.mse).toBe(2.5);
    expect(got.loss).toBeCloseTo(0.25 + 0.01, 6);
  });
});

describe('beside Keras', () => {
  test.each(keras.cases)('$activation, $loss, $metrics', async ({ activation, y, loss, metrics, logs }) => {
    using model = sequential([layers.dense({ units: 3, activation: activation as ActivationName, inputShape: [2] })]);
    model.setWeights([keras.kernel.flat(), [0, 0, 0]]);
    model.compile(configs.compileOptionsFrom({ optimizer: 'sgd', loss, metrics }));
    const got = await model.evaluate(keras.x, y, { batchSize: keras.batch_size });
    expect(Object.keys(got).sort()).toEqual(Object.keys(logs).sort());
    for (const [key, want] of Object.entries(logs)) expect(got[key], key).toBeCloseTo(want, 5);
  });

  test('keys are numbered where they repeat, in the history too', async () => {
    using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
    model.compile({ loss: 'mse', metrics: [losses.huber(), losses.huber({ delta: 2 }), 'mae', 'mae'] });
    const { history, params } = await model.fit([[1], [2]], [[5], [9]], { validationSplit: 0.5 });
    const keys = ['huber_loss', 'huber_loss_1', 'loss', 'mae', 'mae_1'];
    const all = [...keys, ...keys.map((key) => `val_${key}`)];
    expect(Object.keys(history)).toEqual(all);
    expect([...params.keys].sort()).toEqual(all);
    expect(history.huber_loss_1?.[0]).toBeGreaterThan(history.huber_loss?.[0] as number);
  });

  test.each(['sparse_categorical_accuracy', 'sparse_categorical_crossentropy', 'Accuracy', 'acc'])(
    '%s is watched under that name',
    async (metric) => {
      using model = classifier();
      model.compile({ loss: sparse, metrics: [metric as Metric] });
      const stop = callbacks.earlyStopping({ monitor: `val_${metric}`, patience: 5 });
      const options = { callbacks: [stop], validationSplit: 0.5 };
      const { history } = await model.fit(floats([8, 4], 1), labels(8, 3, 2), options);
      expect(stop.best).toBe(history[`val_${metric}`]?.[0]);
    },
  );
});

test('metrics of a step are those of the weights before it', async () => {
  using model = classifier();
  const metrics = ['accuracy', sparse] as const;
  model.compile({ optimizer: optimizers.sgd({ learningRate: 5 }), loss: sparse, metrics });
  const [x, y] = [floats([30, 4], 1), labels(30, 3, 2)];
  const before = await model.evaluate(x, y);
  const { history } = await model.fit(x, y, { batchSize: 30 });
  expect(history.accuracy?.[0]).toBe(before.accuracy);
  expect(history[sparse]?.[0]).toBeCloseTo(before[sparse] as number, 6);
  expect((await model.evaluate(x, y))[sparse]).not.toBeCloseTo(before[sparse] as number, 3);
});

describe('metrics that do not fit', () => {
  const message = async (loss: LossName, metrics: unknown) => {
    const late = sequential([layers.dense({ units: 3, activation: 'softmax' })]);
    const messages: string[] = [];
    for (const model of [classifier(), late]) {
      messages.push((await errorOf(() => model.compile({ loss, metrics: metrics as Metric[] }))).message);
      expect(model.optimizer).toBeUndefined();
    }
    expect(messages[1], 'before it is built').toBe(messages[0]);
    return messages[0];
  };
  test.each([
    [
      sparse,
      ['categoricalAccuracy'],
      /metric 'categoricalAccuracy' takes targets of the shape of the output, but the loss sparseCategoricalCrossentropy takes integer labels/,
    ],
    [
      'categoricalCrossentropy',
      ['sparseCategoricalAccuracy'],
      /metric 'sparseCategoricalAccuracy' takes integer labels, but the loss categoricalCrossentropy takes targets/,
    ],
    ['mse', ['acuracy'], /unknown metric 'acuracy'; did you mean 'accuracy'\?/],
    ['mse', [7], /metric must be a name, got 7/],
    ['mse', 'mae', /metrics must be an array, got 'mae'/],
  ] as const)('%s with %j', async (loss, metrics, want) => {
    expect(await message(loss, metrics)).toMatch(want);
  });
});
