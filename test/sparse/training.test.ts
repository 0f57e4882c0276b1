/** Training on sparse rows gives the bits of training on the same numbers as a dense array. */
import { describe, expect, test } from 'vitest';
import {
  type CompileOptions,
  createRuntime,
  layers,
  loadModel,
  type ModelData,
  type Optimizer,
  optimizers,
  type Runtime,
  regularizers,
  type Sequential,
  schedules,
  sequential,
  sparse,
} from '../../src/index.ts';
import { bitsOf, errorOf, floats, labels } from '../helpers.ts';
import { randomRows } from './rows.ts';

const [rows, columns, classes] = [61, 133, 5];
const { sparse: x, dense } = randomRows(rows, columns, 0.1, 1);
const y = labels(rows, classes, 2);

type Make = (units: number, runtime?: Runtime) => Sequential;

const plain: Make = (units, runtime) =>
  sequential(
    [
      layers.dense({ units, activation: 'relu', inputShape: [columns] }),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
    { seed: 3, ...(runtime && { runtime }) },
  );

async function trained(
  data: ModelData,
  optimizer: Optimizer,
  { make = plain, units = 37, runtime }: { make?: Make; units?: number; runtime?: Runtime } = {},
): Promise<{ digest: string; loss: unknown }> {
  using model = make(units, runtime);
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(data, y, { epochs: 3, batchSize: 8, validationSplit: 0.2 });
  return { digest: await model.digest(), loss: history };
}

const cases: Readonly<Record<string, () => Optimizer>> = {
  'sgd, row by row': () => optimizers.sgd({ learningRate: 0.1 }),
  'sgd with clipvalue, row by row': () => optimizers.sgd({ learningRate: 0.1, clipvalue: 0.01 }),
  'sgd that decays all but kernels, row by row': () =>
    optimizers.sgd({ learningRate: 0.1, weightDecay: 0.1, excludeFromWeightDecay: ['kernel'] }),
  'sgd with a schedule, row by row': () =>
    optimizers.sgd({
      learningRate: schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.7 }),
    }),
  'adagrad, row by row': () => optimizers.adagrad({ learningRate: 0.1 }),
  'sgd with decay': () => optimizers.sgd({ learningRate: 0.1, weightDecay: 0.1 }),
  'sgd with clipnorm': () => optimizers.sgd({ learningRate: 0.1, clipnorm: 0.1 }),
  'sgd with an average': () => optimizers.sgd({ learningRate: 0.1, useEma: true }),
  'sgd with accumulation': () => optimizers.sgd({ learningRate: 0.1, gradientAccumulationSteps: 3 }),
  'sam around sgd': () => optimizers.sam({ optimizer: optimizers.sgd({ learningRate: 0.1 }) }),
  'lookahead around sgd': () => optimizers.lookahead({ optimizer: optimizers.sgd({ learningRate: 0.1 }) }),
  momentum: () => optimizers.momentum({ learningRate: 0.1 }),
  adam: () => optimizers.adam({ learningRate: 0.01 }),
  nadam: () => optimizers.nadam({ learningRate: 0.01, globalClipnorm: 0.5 }),
  lamb: () => optimizers.lamb({ learningRate: 0.01 }),
};

describe('training on sparse rows', () => {
  test.each(Object.keys(cases))('%s: the weights and the history of dense rows', async (name) => {
    const make = cases[name] as () => Optimizer;
    const wanted = await trained(dense, make());
    expect(await trained(x, make())).toEqual(wanted);
    expect(await trained(sparse(x), make())).toEqual(wanted);
  });

  test.each([1, 2, 3, 4, 5, 8, 9, 16, 17, 31, 32, 33, 40, 64, 100])('%i units', async (units) => {
    const make = () => optimizers.sgd({ learningRate: 0.1 });
    expect(await trained(x, make(), { units })).toEqual(await trained(dense, make(), { units }));
  });

  const shapes: Readonly<Record<string, Make>> = {
    'no bias': (units) =>
      sequential([layers.dense({ units, useBias: false }), layers.dense({ units: classes, activation: 'softmax' })]),
    'one layer without a bias': () =>
      sequential([layers.dense({ units: classes, useBias: false, activation: 'softmax' })]),
    'a penalty on the kernel': (units) =>
      sequential([
        layers.dense({ units, kernelRegularizer: regularizers.l2(0.01), biasRegularizer: 'l1' }),
        layers.dense({ units: classes, activation: 'softmax' }),
      ]),
    'gelu, dropout and a penalty on the output': (units) =>
      sequential([
        layers.dense({ units, activation: 'gelu', activityRegularizer: 'l2' }),
        layers.dropout({ rate: 0.2 }),
        layers.dense({ units: classes, activation: 'softmax' }),
      ]),
    'a frozen first layer': (units) =>
      sequential([layers.dense({ units, trainable: false }), layers.dense({ units: classes, activation: 'softmax' })]),
    'a frozen second layer': (units) =>
      sequential([layers.dense({ units }), layers.dense({ units: classes, trainable: false, activation: 'softmax' })]),
  };

  test.each(Object.keys(shapes))('%s', async (name) => {
    const make = shapes[name] as Make;
    for (const optimizer of [() => optimizers.sgd({ learningRate: 0.1 }), () => optimizers.adam()])
      expect(await trained(x, optimizer(), { make })).toEqual(await trained(dense, optimizer(), { make }));
  });

  test('values left out are ones', async () => {
    const ones = { indices: x.indices, offsets: x.offsets, shape: x.shape };
    const as = { ...dense, data: dense.data.map((value) => (value === 0 ? 0 : 1)) };
    for (const make of [() => optimizers.sgd(), () => optimizers.adam()])
      expect(await trained(ones, make())).toEqual(await trained(as, make()));
  });

  test('a training resumes from a file with the bits of one that never stopped', async () => {
    for (const make of [() => optimizers.sgd({ learningRate: 0.1 }), () => optimizers.adagrad()]) {
      const options: CompileOptions = { optimizer: make(), loss: 'sparseCategoricalCrossentropy' };
      using whole = plain(20);
      whole.compile(options);
      await whole.fit(x, y, { epochs: 4 });
      using half = plain(20);
      half.compile({ ...options, optimizer: make() });
      await half.fit(x, y, { epochs: 2 });
      using resumed = await loadModel<Sequential>(await half.save());
      await resumed.fit(x, y, { epochs: 4, initialEpoch: 2 });
      expect(await resumed.digest()).toBe(await whole.digest());
    }
  });

  test('dense and sparse data can take turns', async () => {
    const turns = async (all: readonly ModelData[]): Promise<string> => {
      using model = plain(20);
      model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
      for (const data of all) {
        await model.fit(data, y, { epochs: 1 });
        model.trainOnBatch(data, y);
      }
      return model.digest();
    };
    expect(await turns([x, dense, x, dense])).toBe(await turns([dense, dense, dense, dense]));
  });
});

describe('other calls on sparse rows', () => {
  test('evaluate, predict, layerOutputs and the calls on batches', async () => {
    const results = async (data: ModelData) => {
      using model = plain(40);
      model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
      const before = await model.evaluate(data, y, { batchSize: 7 });
      const { data: predictions, shape } = await model.predict(data, { batchSize: 9 });
      const [hidden] = await model.layerOutputs(data, { layers: ['dense'] });
      const atOnce = model.predictOnBatch(data);
      return {
        before,
        shape,
        predictions: bitsOf(predictions),
        hidden: bitsOf(hidden?.data ?? new Float32Array()),
        atOnce: bitsOf(atOnce.data),
        logs: [model.trainOnBatch(data, y), model.testOnBatch(data, y)],
        digest: await model.digest(),
      };
    };
    expect(await results(x)).toEqual(await results(dense));
  });

  test('batches of any number of values', async () => {
    using model = plain(12);
    using twin = plain(12);
    for (const one of [model, twin]) one.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const all = sparse(x);
    for (let from = 0; from + 4 <= rows; from += 4) {
      const targets = y.data.slice(from, from + 4);
      const part = { data: dense.data.slice(from * columns, (from + 4) * columns), shape: [4, columns] };
      expect(model.trainOnBatch(all.rows(from, from + 4), targets)).toEqual(twin.trainOnBatch(part, targets));
      expect(model.predictOnBatch(all.rows(from, from + 4))).toEqual(twin.predictOnBatch(part));
    }
    expect(await model.digest()).toBe(await twin.digest());
  });

  test('rows without any value', async () => {
    using model = plain(12);
    const none = { indices: [], values: [], offsets: [0, 0, 0], shape: [2, columns] };
    const zeros = { data: new Float32Array(2 * columns), shape: [2, columns] };
    expect(await model.predict(none)).toEqual(await model.predict(zeros));
    for (const optimizer of ['sgd', 'adam'] as const) {
      model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
      const { history } = await model.fit(none, [0, 1]);
      expect(history.loss?.[0]).toBeGreaterThan(0);
    }
  });
});

test('values of a column that a row names twice are added, in any order of columns', async () => {
  using model = plain(33);
  const twice = { indices: [9, 2, 9], values: [1, 5, 2], offsets: [0, 3], shape: [1, columns] };
  const data = new Float32Array(columns);
  data.set([3], 9);
  data.set([5], 2);
  const { data: got } = await model.predict(twice);
  const { data: wanted } = await model.predict({ data, shape: [1, columns] });
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 6);
});

test('memory does not grow with the columns, except for the weights, where single rows are updated', async () => {
  const used = async (wide: number): Promise<number> => {
    using runtime = createRuntime({ threads: 1 });
    using model = sequential([layers.dense({ units: 8, inputShape: [wide] }), layers.dense({ units: 1 })], { runtime });
    const weights = 4 * 8 * wide;
    let most = 0;
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const look = () => {
      most = Math.max(most, runtime.memory.used);
    };
    look();
    const data = { indices: [5, wide - 1, 7], offsets: [0, 2, 3], shape: [2, wide] };
    await model.fit(data, [[1], [2]], { validationData: [data, [[1], [2]]], onEpochEnd: look });
    await model.predict(data);
    expect(model.gradients.map(({ name }) => name)).toEqual(['dense/bias', 'dense_1/kernel', 'dense_1/bias']);
    look();
    return most - weights;
  };
  expect(await used(1_000_000)).toBe(await used(1000));
});

test('several inputs by name, of which some are sparse', async () => {
  const { input, model } = await import('../../src/index.ts');
  const other = floats([rows, 6], 5);
  const digests = await Promise.all(
    [dense, x].map(async (words) => {
      const [a, b] = [input({ shape: [columns], name: 'words' }), input({ shape: [6], name: 'numbers' })];
      const both = layers
        .concatenate()
        .apply([
          layers.dense({ units: 10, activation: 'relu' }).apply(a),
          layers.dense({ units: 4, activation: 'tanh' }).apply(b),
          layers.dense({ units: 3 }).apply(a),
        ]);
      using net = model({
        inputs: [a, b],
        outputs: layers.dense({ units: classes, activation: 'softmax' }).apply(both),
      });
      net.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
      await net.fit({ words, numbers: other }, y, { epochs: 2, validationSplit: 0.25 });
      await net.fit([words, other], y, { epochs: 1 });
      return net.digest();
    }),
  );
  expect(digests[1]).toBe(digests[0]);
});

test('a layer that is called on two sparse inputs', async () => {
  const { input, model } = await import('../../src/index.ts');
  const second = randomRows(rows, columns, 0.05, 8);
  const digests = await Promise.all(
    [[dense, second.dense] as const, [x, second.sparse] as const].map(async ([left, right]) => {
      const [a, b] = [input({ shape: [columns], name: 'a' }), input({ shape: [columns], name: 'b' })];
      const shared = layers.dense({ units: 10, activation: 'relu' });
      const sum = layers.add().apply([shared.apply(a), shared.apply(b)]);
      using net = model({
        inputs: [a, b],
        outputs: layers.dense({ units: classes, activation: 'softmax' }).apply(sum),
      });
      net.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
      await net.fit({ a: left, b: right }, y, { epochs: 2 });
      return net.digest();
    }),
  );
  expect(digests[1]).toBe(digests[0]);
});

describe('refusals', () => {
  test.each(['flatten', 'dropout', 'activation', 'layerNormalization'] as const)('%s names itself', async (kind) => {
    const first = {
      flatten: layers.flatten({ name: 'first' }),
      dropout: layers.dropout({ rate: 0.5, name: 'first' }),
      activation: layers.activation({ activation: 'relu', name: 'first' }),
      layerNormalization: layers.layerNormalization({ name: 'first' }),
    }[kind];
    using model = sequential([first, layers.dense({ units: 1 })]);
    model.compile({ loss: 'mse' });
    const error = await errorOf(() => model.fit(x, floats([rows, 1], 1)));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('first');
  });

  const good = { indices: [0, 2, 1], values: [1, 2, 3], offsets: [0, 2, 3], shape: [2, 4] };
  test.each<[string, object, typeof TypeError | typeof RangeError, string]>([
    ['a column below 0', { indices: [0, -1, 1] }, RangeError, 'indices[1]'],
    ['a column that is not there', { indices: [0, 4, 1] }, RangeError, 'indices[1]'],
    ['a column that is not an integer', { indices: [0, 0.5, 1] }, RangeError, 'indices[1]'],
    ['a column that is no number', { indices: [0, '1', 1] }, TypeError, 'indices'],
    ['64-bit columns', { indices: BigInt64Array.of(0n, 2n, 1n) }, TypeError, 'indices'],
    ['too few values', { values: [1, 2] }, RangeError, 'values'],
    ['nested values', { values: [[1], [2], [3]] }, RangeError, 'values'],
    ['too few offsets', { offsets: [0, 3] }, RangeError, 'offsets'],
    ['offsets that do not begin with 0', { offsets: [1, 2, 3] }, RangeError, 'offsets'],
    ['offsets that fall', { offsets: [0, 4, 3] }, RangeError, 'offsets'],
    ['offsets that end early', { offsets: [0, 1, 2] }, RangeError, 'offsets'],
    ['no rows', { offsets: [0], indices: [], values: [], shape: [0, 4] }, RangeError, 'shape'],
    ['a shape of one axis', { shape: [2] }, RangeError, 'shape'],
    ['more columns than 32-bit integers count', { shape: [2, 2 ** 31] }, RangeError, 'shape'],
    ['a shape that is no list', { shape: 2 }, TypeError, 'shape'],
    ['another part', { divisor: 2 }, RangeError, 'divisor'],
  ])('%s', async (_, part, kind, fact) => {
    using model = sequential([layers.dense({ units: 1 })]);
    const bad = { ...good, ...part } as unknown as typeof good;
    for (const error of [await errorOf(() => model.predict(bad)), await errorOf(() => sparse(bad))]) {
      expect(error).toBeInstanceOf(kind);
      expect(String(error)).toContain(fact);
    }
  });

  test('columns that do not fit the model, other counts of rows, sparse targets', async () => {
    using model = plain(4);
    model.compile({ loss: 'mse' });
    expect(await errorOf(() => model.predict(good))).toMatchObject({ name: 'RangeError', message: /133.*4/ });
    expect(await errorOf(() => model.fit(x, floats([rows - 1, classes], 1)))).toMatchObject({ name: 'RangeError' });
    const targets = { ...good, shape: [rows, classes] };
    expect(await errorOf(() => model.fit(x, targets))).toMatchObject({ name: 'TypeError' });
  });

  test('sparse takes nothing else', () => {
    for (const wrong of [null, 3, [[1]], { data: [1], shape: [1] }, { indices: [], offsets: [0] }])
      expect(() => sparse(wrong as never)).toThrow(TypeError);
  });
});
