/** The model apart from training: building, names, weights, compiling, summary. */
import { describe, expect, test } from 'vitest';
import { type CompiledName, createRuntime, layers, losses, optimizers, sequential } from '../../src/index.ts';
import { bitsOf, classifier, errorOf, floats, labels } from '../helpers.ts';
import keras from '../reference/summary.json' with { type: 'json' };

const x = floats([6, 4], 1);
const y = labels(6, 3, 2);
const sparse = { loss: 'sparseCategoricalCrossentropy' } as const;
const message = async (run: () => unknown) => (await errorOf(run)).message;

describe('building', () => {
  const unbuilt = () =>
    sequential([layers.dense({ units: 5, activation: 'relu' }), layers.dense({ units: 3, activation: 'softmax' })], {
      seed: 7,
    });

  test('waits for data without an inputShape, and gives the same weights then', async () => {
    const want = await classifier().digest();
    const ways = [
      (m: ReturnType<typeof unbuilt>) => m.build([4]),
      (m: ReturnType<typeof unbuilt>) => m.predict(x),
      (m: ReturnType<typeof unbuilt>) => m.compile(sparse) ?? m.evaluate(x, y),
      (m: ReturnType<typeof unbuilt>) => m.compile(sparse) ?? m.fit(x, y, { epochs: 1, initialEpoch: 1 }),
    ];
    for (const way of ways) {
      const model = unbuilt();
      await way(model);
      expect(await model.digest()).toBe(want);
      expect(model.layers.map(({ outputShape }) => outputShape)).toEqual([[5], [3]]);
      model.dispose();
    }
  });

  test('a model not yet built says so where weights are asked for', async () => {
    const model = unbuilt();
    for (const use of [
      () => model.weights,
      () => model.getWeights(),
      () => model.summary(),
      () => model.countParams(),
      () => model.digest(),
    ])
      expect(await message(use)).toBe(
        'sequential has not been built: give the first layer an inputShape, or call build()',
      );
  });

  test('building twice for one shape is nothing, for another an Error', async () => {
    const model = classifier();
    const digest = await model.digest();
    model.build([4]);
    expect(await message(() => model.build([5]))).toBe('sequential has been built for input [.., 4], got [.., 5]');
    expect(await model.digest()).toBe(digest);
  });

  test('an optimizer given before the model is built is the one that trains it', async () => {
    const model = unbuilt();
    const optimizer = optimizers.sgd({ learningRate: 0.5 });
    model.compile({ ...sparse, optimizer });
    optimizer.learningRate = 0;
    await model.fit(x, y);
    expect(await model.digest()).toBe(await classifier().digest());
    expect(model.optimizer).toBe(optimizer);
    expect(optimizer.iterations).toBe(1);
  });
});

describe('names', () => {
  test('layers are named by kind and number, weights by layer', () => {
    const model = sequential([
      layers.flatten({ inputShape: [2, 2] }),
      layers.dense({ units: 2 }),
      layers.dropout({ rate: 0.1 }),
      layers.dense({ units: 2, name: 'head' }),
      layers.dense({ units: 2, useBias: false }),
    ]);
    expect(model.layers.map(({ name }) => name)).toEqual(['flatten', 'dense', 'dropout', 'head', 'dense_1']);
    expect(model.weights.map(({ name }) => name)).toEqual([
      'dense/kernel',
      'dense/bias',
      'head/kernel',
      'head/bias',
      'dense_1/kernel',
    ]);
    expect(model.name).toBe('sequential');
    expect(model.countParams()).toBe(8 + 2 + 4 + 2 + 4);
  });

  test('a name given twice is refused, and the layers can still be used', async () => {
    const [a, b, c] = [
      layers.dense({ units: 1 }),
      layers.dense({ units: 1, name: 'it' }),
      layers.dense({ units: 1, name: 'it' }),
    ];
    expect(await message(() => sequential([b, a, c]))).toMatch(/two layers are named 'it'/);
    expect(sequential([a, c]).layers.map(({ name }) => name)).toEqual(['dense', 'it']);
  });

  test('layers get no names that others have', () => {
    const dense = (name?: string) => layers.dense({ units: 1, ...(name !== undefined && { name }) });
    const names = (...all: (string | undefined)[]) => sequential(all.map(dense)).layers.map(({ name }) => name);
    expect(names('dense_1', undefined, undefined)).toEqual(['dense_1', 'dense', 'dense_2']);
    expect(names(undefined, 'dense', undefined)).toEqual(['dense_1', 'dense', 'dense_2']);
  });

  test('a layer is found by its name', async () => {
    const [first, head] = [layers.dense({ units: 2, inputShape: [2] }), layers.dense({ units: 1, name: 'head' })];
    const model = sequential([first, head]);
    expect([model.getLayer('dense'), model.getLayer('head')]).toEqual([first, head]);
    expect(await message(() => model.getLayer('haed'))).toMatch(/^unknown layer 'haed'; did you mean 'head'\?/);
  });

  test('a layer stands once in a stack, and models that share it share its weights', async () => {
    const layer = layers.dense({ units: 3, inputShape: [3] });
    expect(await message(() => sequential([layer, layer]))).toMatch(/layer dense is given twice/);
    const first = sequential([layer], { seed: 1 });
    using second = sequential([layer, layers.dense({ units: 2 })], { seed: 2 });
    const digest = await first.digest();
    first.weights[0]?.tensor.data.fill(3);
    expect(Array.from(second.weights[0]?.tensor.data ?? [])).toEqual(new Array(9).fill(3));
    first.dispose();
    // the last model that has it keeps its weights
    expect(second.weights[0]?.tensor.data[0]).toBe(3);
    second.dispose();
    using third = sequential([layer], { seed: 1 });
    expect(await third.digest()).toBe(digest);
    using other = createRuntime();
    expect(await message(() => sequential([layer], { runtime: other }))).toMatch(/dense belongs .* another runtime/);
    expect(await message(() => sequential([layers.dense({ units: 1, inputShape: [7] }), layer]))).toMatch(/dense/);
  });

  test('layers that did not fit each other can be used again', async () => {
    const [first, second] = [layers.dense({ units: 6, inputShape: [3] }), layers.reshape({ targetShape: [4, -1] })];
    expect(await message(() => sequential([first, second]))).toBe('reshape: cannot make [4, -1] of [6]: 6 elements');
    expect(sequential([first]).layers[0]?.name).toBe('dense');
  });
});

describe('shapes', () => {
  test.each([
    [[12], [3, -1], [3, 4]],
    [[2, 6], [-1], [12]],
    [
      [2, 6],
      [2, 2, 3],
      [2, 2, 3],
    ],
    [[4], [4, 1], [4, 1]],
  ])('%j reshaped to %j is %j, its elements in order', async (inputShape, targetShape, want) => {
    const model = sequential([layers.reshape({ targetShape, inputShape })]);
    const input = floats([3, ...inputShape], 1);
    const { data, shape } = await model.predict(input);
    expect(shape).toEqual([3, ...want]);
    expect(bitsOf(data)).toEqual(bitsOf(input.data));
  });

  test('flatten makes one vector, also of samples without an axis', async () => {
    expect(
      (await sequential([layers.flatten({ inputShape: [2, 3, 2] })]).predict(floats([5, 2, 3, 2], 1))).shape,
    ).toEqual([5, 12]);
    expect((await sequential([layers.flatten({ inputShape: [] })]).predict([1, 2, 3])).shape).toEqual([3, 1]);
  });

  test('dropout does nothing but while training', async () => {
    const model = sequential([layers.dropout({ rate: 0.9, inputShape: [4] })]);
    expect(bitsOf((await model.predict(x)).data)).toEqual(bitsOf(x.data));
  });
});

describe('weights', () => {
  test('setWeights copies all or nothing; getWeights gives copies', async () => {
    const [a, b] = [classifier({ seed: 1 }), classifier({ seed: 2 })];
    b.setWeights(a.getWeights());
    expect(await b.digest()).toBe(await a.digest());
    (a.getWeights()[0] as Float32Array).fill(9);
    expect(await b.digest()).toBe(await a.digest());
    const [k0, b0, k1] = a.getWeights();
    if (!k0 || !b0 || !k1) throw new Error('unreachable');
    expect(await message(() => b.setWeights([k0.map(() => 5), b0, k1]))).toBe('sequential has 4 weights, got 3 arrays');
    expect(await message(() => b.setWeights([k0.map(() => 5), b0, k1, [1, 2]]))).toMatch(
      /dense_1\/bias \[3\] takes 3 numbers, got \[2\]/,
    );
    expect(await message(() => b.setWeights(undefined as never))).toMatch(
      /setWeights takes an array of arrays, got undefined/,
    );
    expect(await message(() => b.setWeights([k0.map(() => 5), b0, k1, ['a', 'b', 'c'] as never]))).toBe(
      "dense_1/bias[0] must be a number, got 'a'",
    );
    expect(await b.digest()).toBe(await a.digest());
  });

  test('are live: what is written to them is what the model computes with', async () => {
    const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
    model.weights[0]?.tensor.data.set([2, 3]);
    model.weights[1]?.tensor.data.set([0.5]);
    expect(Array.from((await model.predict([[1, 10]])).data)).toEqual([32.5]);
  });
});

describe('compile', () => {
  test('is needed before fit and evaluate, not before predict', async () => {
    const model = classifier();
    const want = 'sequential must be compiled first: model.compile({ optimizer, loss })';
    expect(await message(() => model.fit(x, y))).toBe(want);
    expect(await message(() => model.evaluate(x, y))).toBe(want);
    expect((await model.predict(x)).shape).toEqual([6, 3]);
  });

  test('again keeps the weights, and starts with fresh slots at iteration 0', async () => {
    const model = classifier();
    model.compile({ ...sparse, optimizer: 'adam' });
    await model.fit(x, y, { epochs: 3 });
    const [digest, weights] = [await model.digest(), model.getWeights()];
    model.compile({ ...sparse, optimizer: 'adam' });
    expect(await model.digest()).toBe(digest);
    expect(model.optimizer?.iterations).toBe(0);
    await model.fit(x, y, { shuffle: false });

    const fresh = classifier();
    fresh.setWeights(weights);
    fresh.compile({ ...sparse, optimizer: 'adam' });
    await fresh.fit(x, y, { shuffle: false });
    expect(await model.digest()).toBe(await fresh.digest());
  });

  test('takes rmsprop by default', () => {
    const model = classifier();
    model.compile(sparse);
    expect(model.optimizer?.name).toBe('rmsprop');
  });

  test('an optimizer belongs to one model until that is disposed of or compiled with another', async () => {
    const optimizer = optimizers.adam();
    const [a, b] = [classifier(), classifier()];
    a.compile({ ...sparse, optimizer });
    expect(await message(() => b.compile({ ...sparse, optimizer }))).toMatch(
      /this adam optimizer is already in use; make another one with optimizers.adam\(\)/,
    );
    expect(await message(() => optimizer.dispose())).toMatch(/belongs to a model/);
    a.compile(sparse);
    b.compile({ ...sparse, optimizer });
    b.dispose();
    a.compile({ ...sparse, optimizer });
    a.dispose();
  });

  test('compiled again with the same optimizer, a model goes on with its slots and iterations', async () => {
    const data = [
      [[1], [2]],
      [[1], [3]],
    ] as const;
    const trained = async (again: boolean) => {
      const m = sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
      const optimizer = optimizers.adam({ learningRate: 0.1 });
      m.compile({ optimizer, loss: 'mse' });
      await m.fit(...data, { epochs: 3 });
      if (again) m.compile({ optimizer, loss: 'mse', metrics: ['mae'] });
      await m.fit(...data, { initialEpoch: 3, epochs: 6 });
      expect(optimizer.iterations).toBe(6);
      return m.digest();
    };
    expect(await trained(true)).toBe(await trained(false));
  });

  test('the iterations that an optimizer is given before it is compiled with count', () => {
    const m = sequential([layers.dense({ units: 1, inputShape: [1] })]);
    const optimizer = optimizers.adam();
    optimizer.iterations = 100;
    m.compile({ optimizer, loss: 'mse' });
    expect(optimizer.iterations).toBe(100);
  });

  test.each([
    ['sparseCategoricalCrossentropy', 'softmax'],
    ['categoricalCrossentropy', 'softmax'],
    ['binaryCrossentropy', 'sigmoid'],
  ] as const)('%s asks for probabilities where the last layer has no activation', async (loss, activation) => {
    const m = sequential([layers.dense({ units: 3, inputShape: [2] })]);
    expect(await message(() => m.compile({ loss }))).toBe(
      `${loss} takes probabilities, and the last layer gives any numbers: give it the activation '${activation}', or take losses.${loss}({ fromLogits: true })`,
    );
    m.compile({ loss: losses[loss]({ fromLogits: true }) });
  });

  test('a compile that fails leaves the training as it was', async () => {
    const model = classifier();
    const optimizer = optimizers.adam();
    model.compile({ ...sparse, optimizer });
    await model.fit(x, y);
    expect(await message(() => model.compile({ ...sparse, metrics: ['mse'] }))).toMatch(
      /metric 'mse' takes targets of the shape of the output/,
    );
    expect(await message(() => model.compile({ loss: 'msee' as never }))).toMatch(
      /unknown loss 'msee'; did you mean 'mse'\?/,
    );
    expect(model.optimizer).toBe(optimizer);
    expect(optimizer.iterations).toBe(1);
    await model.fit(x, y);
    expect(optimizer.iterations).toBe(2);
  });
});

test('summary is a table of layers, shapes and sizes', () => {
  const model = sequential([
    layers.flatten({ inputShape: [28, 28] }),
    layers.dense({ units: 300, activation: 'relu' }),
    layers.dense({ units: 100, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ]);
  expect(model.countParams()).toBe(266610);
  const lines = model.summary().split('\n');
  expect(lines[2]).toMatch(/^flatten \(flatten\) +\[\.\., 784\] +0$/);
  expect(lines[3]).toMatch(/^dense \(dense\) +\[\.\., 300\] +235,500$/);
  expect(lines[5]).toMatch(/^dense_2 \(dense\) +\[\.\., 10\] +1,010$/);
  expect(lines[7]).toBe('Total params: 266,610 (1.02 MB)');
  expect(new Set(lines.slice(0, 7).map(({ length }) => length)).size).toBe(1);
});

test.each(keras.cases)('names and totals of $layers with $optimizer are those of Keras', (one) => {
  const stack = one.layers.map((given) => {
    if (!Array.isArray(given)) return layers.dropout({ rate: given });
    const [units, name, trainable] = given as [number, string | null, boolean];
    const dense = layers.dense({ units, kernelInitializer: 'zeros', ...(name !== null && { name }) });
    dense.trainable = trainable;
    return dense;
  });
  using model = sequential(stack);
  model.build([one.inputs]);
  expect(model.layers.map(({ name }) => name)).toEqual(one.names);
  const totals = () =>
    model
      .summary()
      .split('\n')
      .filter((line) => line.includes('params:'));
  expect(totals()).toEqual(one.totals[0]);
  model.compile({ optimizer: one.optimizer as CompiledName, loss: 'mse' });
  expect(totals()).toEqual(one.totals[1]);
});
