/** Names that `compile` and layers take: in any spelling, Keras' aliases, and 'crossentropy', which the data decides. */
import { describe, expect, test } from 'vitest';
import {
  type CompileOptions,
  configs,
  type DenseOptions,
  type LossName,
  layers,
  loadModel,
  losses,
  optimizers,
  type Reduction,
  regularizers,
  sequential,
  tensor,
} from '../../src/index.ts';
import { classifier, errorOf, floats, labels } from '../helpers.ts';

test("RMSProp in its author's spelling is rmsprop", () => {
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: 'RMSProp', loss: 'mse' });
  expect(model.optimizer?.name).toBe('rmsprop');
});

test("Keras' spellings of names are understood", async () => {
  const train = async (metric: string, hidden: string, init: string, optimizer: string, loss: string) => {
    const options = { units: 4, activation: hidden, kernelInitializer: init, kernelRegularizer: 'L2', inputShape: [4] };
    using model = sequential([
      layers.dense(options as DenseOptions),
      layers.dense({ units: 3, activation: 'softmax' }),
    ]);
    model.compile({ optimizer, loss, metrics: [metric] } as CompileOptions);
    const { history } = await model.fit(floats([9, 4], 1), labels(9, 3, 2));
    return {
      keys: Object.keys(history),
      digest: await model.digest(),
      config: JSON.stringify(model.toConfig().config),
    };
  };
  const loss = 'sparseCategoricalCrossentropy';
  const want = await train('accuracy', 'leakyRelu', 'heNormal', 'adam', loss);
  const short = { ...want, keys: ['acc', 'loss'] };
  expect(await train('acc', 'leaky_relu', 'he_normal', 'Adam', 'sparse_categorical_crossentropy')).toEqual(short);
  expect(await train('acc', 'LeakyReLU', 'HeNormal', 'ADAM', 'SparseCategoricalCrossentropy')).toEqual(short);
});

describe("Keras' other names", () => {
  const configOf = (options: Record<string, unknown>) => {
    using model = sequential([layers.dense({ units: 2, inputShape: [2], ...options })]);
    return model.toConfig().config.layers;
  };
  test.each([
    ['activation', 'swish', 'silu'],
    ['activation', 'Swish', 'silu'],
    ['kernelInitializer', 'normal', 'randomNormal'],
    ['kernelInitializer', 'uniform', 'randomUniform'],
    ['kernelInitializer', 'one', 'ones'],
    ['biasInitializer', 'zero', 'zeros'],
    ['kernelRegularizer', 'L1L2', undefined],
    ['kernelRegularizer', 'l1l2', regularizers.l1l2()],
    ['activityRegularizer', 'L1', regularizers.l1(0.01)],
  ])('%s %j is %j', (option, name, want) => {
    expect(configOf({ [option]: name })).toEqual(configOf({ [option]: want }));
    if (option === 'activation') expect(configOf({ [option]: { name } })).toEqual(configOf({ [option]: want }));
  });

  test.each([
    ['bce', 'binaryCrossentropy'],
    ['BCE', 'binaryCrossentropy'],
    ['MSE', 'meanSquaredError'],
    ['MeanAbsoluteError', 'meanAbsoluteError'],
    ['mae', 'meanAbsoluteError'],
    ['Huber', 'huber'],
  ])('the loss %s is %s', (name, want) => {
    using model = sequential([layers.dense({ units: 2, activation: 'sigmoid', inputShape: [2] })]);
    model.compile({ loss: name as LossName, metrics: [name as LossName] });
    expect(model.toConfig().compile).toMatchObject({ loss: { className: want }, metrics: [name] });
  });

  test.each([
    ['sum_over_batch_size', 'sumOverBatchSize'],
    ['mean', 'sumOverBatchSize'],
    ['mean_with_sample_weight', 'meanWithSampleWeight'],
    ['none', 'none'],
  ])('the reduction %s is %s', (name, want) => {
    const loss = losses.meanSquaredError({ reduction: name as Reduction });
    expect(loss.reduction).toBe(want);
    expect(loss.toConfig().config.reduction).toBe(want);
    expect(loss.perSample([[1], [2]], [[3], [5]])).toEqual(Float32Array.of(4, 9));
  });

  test('the reduction none is refused where one number is needed, and is the mean over the samples as a metric', async () => {
    const none = losses.meanSquaredError({ reduction: 'none' });
    using model = sequential([layers.flatten({ inputShape: [1] })]);
    for (const run of [() => none.compute([[1]], [[2]]), () => model.compile({ loss: none })]) {
      const error = await errorOf(run);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(/'none'.*perSample/);
    }
    model.compile({ loss: 'mse', metrics: [none] });
    const logs = await model.evaluate([[1], [2], [6]], [[0], [0], [0]], { batchSize: 2 });
    expect(logs.mean_squared_error).toBeCloseTo(41 / 3, 5);
  });

  test('a clipping of 0 is none, beside another one too', () => {
    for (const options of [{ clipnorm: 0 }, { clipvalue: 0 }, { globalClipnorm: 0 }]) {
      const optimizer = optimizers.sgd({ ...options, learningRate: 1 });
      expect(optimizer.toConfig()).toEqual(optimizers.sgd({ learningRate: 1 }).toConfig());
      using w = tensor([1], [0]);
      using g = tensor([1], [7]);
      optimizer.apply([[w, g]]);
      expect(w.data[0]).toBe(-7);
    }
    expect(optimizers.adam({ clipnorm: 1, clipvalue: 0 }).clipnorm).toBe(1);
  });

  test('no epochs give an empty history, and the model stays as it is', async () => {
    using model = classifier();
    model.compile({ loss: 'crossentropy', metrics: ['acc'] });
    const before = await model.digest();
    const called: string[] = [];
    const listener = { onTrainBegin: () => void called.push('begin'), onTrainEnd: () => void called.push('end') };
    for (const options of [{ epochs: 0 }, { epochs: 2, initialEpoch: 2 }]) {
      const { history, epoch } = await model.fit(floats([4, 4], 1), [0, 1, 2, 0], {
        ...options,
        callbacks: [listener],
      });
      expect([history, epoch]).toEqual([{ loss: [] }, []]);
    }
    expect(called).toEqual(['begin', 'end', 'begin', 'end']);
    expect(await model.digest()).toBe(before);
  });
});

describe('crossentropy, or ce, is the one that fits', () => {
  const [x, rows] = [floats([6, 4], 3), 6];
  const oneHot = Array.from({ length: rows }, (_, i) => [0, 1, 2].map((c) => Number(c === i % 3)));
  const sparse = oneHot.map((row) => row.indexOf(1));
  const bits = oneHot.map(([bit = 0]) => bit);

  test.each([
    ['crossentropy', 3, sparse, 'sparseCategoricalCrossentropy'],
    ['ce', 3, sparse.map((label) => [label]), 'sparseCategoricalCrossentropy'],
    ['CE', 3, oneHot, 'categoricalCrossentropy'],
    ['Crossentropy', 1, bits, 'binaryCrossentropy'],
    ['crossentropy', 1, bits.map((bit) => [bit]), 'binaryCrossentropy'],
  ] as const)('%s, %i units, targets %j: %s', async (name, units, y, want) => {
    const train = async (loss: LossName, metric: LossName, built: boolean) => {
      const activation = units === 1 ? 'sigmoid' : 'softmax';
      using model = sequential([layers.dense({ units, activation, ...(built && { inputShape: [4] }) })], { seed: 1 });
      model.compile({ optimizer: 'adam', loss, metrics: [metric, 'accuracy'] });
      const { history } = await model.fit(x, y, { epochs: 2, validationSplit: 0.5 });
      using twin = await loadModel(await model.save());
      await twin.fit(x, y);
      const { loss: l, [metric]: m, accuracy: a, val_loss: vl, [`val_${metric}`]: vm, val_accuracy: va } = history;
      return { logs: [l, m, a, vl, vm, va], digests: [await model.digest(), await twin.digest()] };
    };
    const expected = await train(want, want, true);
    expect(expected.logs.flat()).toHaveLength(12);
    expect(await train(name as LossName, name as LossName, true)).toEqual(expected);
    expect(await train(name as LossName, want, false)).toEqual(expected);
  });

  test('and refuses targets and outputs that none fits', async () => {
    using linear = sequential([layers.dense({ units: 3, inputShape: [4] })]);
    linear.compile({ loss: 'crossentropy' });
    expect((await errorOf(() => linear.fit(x, sparse))).message).toMatch(/linear|softmax/);
    using model = classifier();
    model.compile({ loss: 'crossentropy' });
    expect(
      (
        await errorOf(() =>
          model.fit(
            x,
            oneHot.map((row) => [...row, 0]),
          ),
        )
      ).message,
    ).toMatch(/\[6, 3\].*\[6, 4\]/);
    await model.fit(x, sparse);
    await model.evaluate(x, oneHot);
  });

  test('as a loss of its own too', () => {
    const loss = configs.lossFrom('ce');
    const p = [[0.25, 0.75]];
    expect(loss.compute([1], p)).toBeCloseTo(-Math.log(0.75), 6);
    expect(loss.compute([[0.5, 0.5]], p)).toBeCloseTo(-(Math.log(0.25) + Math.log(0.75)) / 2, 6);
  });
});

test('the optimizer can be asked for before the model has seen data', () => {
  using model = sequential([layers.dense({ units: 1 })]);
  const optimizer = optimizers.adam();
  model.compile({ optimizer, loss: 'mse' });
  expect(model.optimizer).toBe(optimizer);
});

test('a later layer whose inputShape is not what comes to it is refused, with both shapes', () => {
  const stack = (inputShape: number[]) => [
    layers.dense({ units: 3, inputShape: [2] }),
    layers.dense({ units: 1, inputShape }),
  ];
  expect(() => sequential(stack([4]))).toThrow('dense_1: expected input [.., 4], as its inputShape says, got [.., 3]');
  sequential(stack([3])).dispose();
});
