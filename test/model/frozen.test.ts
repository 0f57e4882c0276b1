/** Layers that are frozen: trained weights and others, as Keras has them. */
import { describe, expect, test } from 'vitest';
import {
  createRuntime,
  input,
  layers,
  loadModel,
  model,
  optimizers,
  type Sequential,
  sequential,
} from '../../src/index.ts';
import { floats } from '../helpers.ts';

const x = floats([24, 5], 1);
const y = floats([24, 2], 2);
const options = { epochs: 2, batchSize: 8 } as const;

const stack = () => [
  layers.dense({ units: 7, activation: 'relu', inputShape: [5], kernelRegularizer: 'l2' }),
  layers.dense({ units: 6, activation: 'tanh' }),
  layers.dense({ units: 2 }),
];

const compiled = (model: Sequential): Sequential => {
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.01, globalClipnorm: 1 }), loss: 'mse' });
  return model;
};

const weightsBy = (model: Sequential) =>
  Object.fromEntries(model.weights.map(({ name, tensor }) => [name, Array.from(tensor.data)]));

describe('a frozen layer', () => {
  test.each(['dense', 'dense_1', 'dense_2'])('%s keeps its weights, and the others learn', async (name) => {
    using model = sequential(stack(), { seed: 3 });
    model.getLayer(name).trainable = false;
    compiled(model);
    const before = weightsBy(model);
    await model.fit(x, y, options);
    for (const [key, values] of Object.entries(weightsBy(model))) {
      if (key.startsWith(`${name}/`)) expect(values).toEqual(before[key]);
      else expect(values).not.toEqual(before[key]);
    }
    const trained = model.weights.map((weight) => weight.name).filter((key) => !key.startsWith(`${name}/`));
    expect(model.gradients.map((gradient) => gradient.name)).toEqual(trained);
    expect(model.slots.map((slot) => slot.name)).toEqual(
      ['momentum', 'velocity'].flatMap((slot) => trained.map((key) => `${key}/${slot}`)),
    );
  });

  test('learns again after it has been unfrozen and the model compiled', async () => {
    using model = sequential(stack(), { seed: 3 });
    model.trainable = false;
    model.getLayer('dense_2').trainable = true;
    compiled(model);
    await model.fit(x, y, options);
    model.getLayer('dense').trainable = true;
    const before = weightsBy(model);
    await model.fit(x, y, options); // not compiled yet: as before
    expect(weightsBy(model)['dense/kernel']).toEqual(before['dense/kernel']);
    const { optimizer } = model;
    model.compile({ optimizer, loss: 'mse' });
    const velocity = model.slots.find(({ name }) => name === 'dense_2/kernel/velocity')?.tensor.data[0];
    expect(velocity).toBeGreaterThan(0);
    expect(model.optimizer?.iterations).toBe(12);
    await model.fit(x, y, options);
    expect(weightsBy(model)['dense/kernel']).not.toEqual(before['dense/kernel']);
    expect(weightsBy(model)['dense_1/kernel']).toEqual(before['dense_1/kernel']);
  });

  test('gives the trained layers the bits of a model that has nothing else to train', async () => {
    // features of a frozen layer, or computed once: the same head
    using whole = sequential(
      stack()
        .slice(0, 1)
        .concat(layers.dense({ units: 2 })),
      { seed: 5 },
    );
    whole.getLayer('dense').trainable = false;
    using head = sequential([layers.dense({ units: 2, inputShape: [7] })], { seed: 6 });
    head.setWeights(whole.getWeights().slice(2));
    const [features] = await whole.layerOutputs(x, { layers: ['dense'] });
    for (const model of [whole, head]) model.compile({ optimizer: 'nadam', loss: 'mse' });
    await whole.fit(x, y, options);
    await head.fit(features ?? [], y, options);
    // the order of samples follows from the seed
    expect(whole.getWeights().slice(2)).not.toEqual(head.getWeights());
    whole.setWeights([...whole.getWeights().slice(0, 2), ...head.getWeights()]);
    for (const model of [whole, head]) model.compile({ optimizer: 'nadam', loss: 'mse' });
    await whole.fit(x, y, { ...options, shuffle: false });
    await head.fit(features ?? [], y, { ...options, shuffle: false });
    expect(whole.getWeights().slice(2)).toEqual(head.getWeights());
  });

  test('is saved as frozen, with the slots of the others, and goes on to the last bit', async () => {
    using model = sequential(stack(), { seed: 3 });
    model.getLayer('dense_1').trainable = false;
    compiled(model);
    await model.fit(x, y, options);
    using twin = await loadModel(await model.save());
    expect(twin.layers.map(({ trainable }) => trainable)).toEqual([true, false, true]);
    for (const one of [model, twin]) await one.fit(x, y, { ...options, initialEpoch: 2, epochs: 4 });
    expect(await twin.digest()).toBe(await model.digest());
  });

  test('gives the same bits on any number of threads', async () => {
    const digests = [];
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using model = sequential(stack(), { seed: 3, runtime });
      model.getLayer('dense_1').trainable = false;
      await compiled(model).fit(x, y, options);
      digests.push(await model.digest());
    }
    expect(new Set(digests).size).toBe(1);
  });
});

test('a layer that was frozen or unfrozen after compiling is saved as it is, and trained as the model was compiled', async () => {
  using model = sequential(stack(), { seed: 3 });
  model.getLayer('dense_1').trainable = false;
  compiled(model);
  await model.fit(x, y, options);
  model.getLayer('dense_1').trainable = true;
  model.getLayer('dense').trainable = false;
  using twin = await loadModel(await model.save());
  expect(twin.layers.map(({ trainable }) => trainable)).toEqual([false, true, true]);
  for (const one of [model, twin]) await one.fit(x, y, { ...options, initialEpoch: 2, epochs: 4 });
  expect(await twin.digest()).toBe(await model.digest());
  model.trainable = true;
  compiled(model);
  model.getLayer('dense').trainable = false;
  using other = await loadModel(await model.save());
  expect(other.gradients).toHaveLength(6);
});

test('the summary says what training changes where a layer is frozen', () => {
  using open = sequential(stack());
  expect(open.summary()).not.toContain('Trainable\n');
  const x = input({ shape: [4] });
  const inner = sequential(
    [layers.dense({ units: 4, inputShape: [4], trainable: false }), layers.dense({ units: 4 })],
    { name: 'inner' },
  );
  const frozen = layers.dense({ units: 3, name: 'frozen', trainable: false });
  const outputs = layers.dense({ units: 1, name: 'head' }).apply(layers.flatten().apply(frozen.apply(inner.apply(x))));
  using net = model({ inputs: x, outputs });
  const rows = net
    .summary()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows[0]?.at(-1)).toBe('Trainable');
  expect(rows.slice(2, 6).map((row) => [row[0], row[3]])).toEqual([
    ['inner (model)', 'in part'],
    ['frozen (dense)', 'no'],
    ['flatten (flatten)', undefined],
    ['head (dense)', 'yes'],
  ]);
});
