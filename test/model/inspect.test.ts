import { describe, expect, test } from 'vitest';
import { createRuntime, type Layer, layers, optimizers, sequential } from '../../src/index.ts';
import { floats, labels, stepGradients } from '../helpers.ts';

const x = floats([12, 5], 1);
const y = labels(12, 3, 2);
const stack = (): Layer[] => [
  layers.dense({ units: 4, activation: 'relu', inputShape: [5], biasInitializer: 'ones' }),
  layers.dropout({ rate: 0.5 }),
  layers.dense({ units: 3, activation: 'softmax' }),
];
const compiled = (optimizer = optimizers.adam()) => {
  const model = sequential(stack(), { seed: 5 });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  return model;
};

describe('gradients', () => {
  test('are those of the latest step, weight by weight', async () => {
    const model = compiled(optimizers.sgd({ learningRate: 1 }));
    expect(model.gradients.map(({ name }) => name)).toEqual(model.weights.map(({ name }) => name));
    expect(model.gradients.every(({ tensor }) => tensor.data.every((value) => value === 0))).toBe(true);
    const taken = await stepGradients(model, x, y);
    for (const [i, { tensor }] of model.gradients.entries()) {
      expect(tensor.shape).toEqual(model.weights[i]?.tensor.shape);
      expect(tensor.data.some((value) => value !== 0)).toBe(true);
      for (const [j, value] of tensor.data.entries()) expect(value).toBeCloseTo(taken[i]?.[j] ?? Number.NaN, 5);
    }
    model.dispose();
  });

  test('are clipped as the optimizer uses them', async () => {
    const model = compiled(optimizers.sgd({ clipvalue: 1e-3 }));
    await model.fit(x, y);
    const all = model.gradients.flatMap(({ tensor }) => [...tensor.data]);
    expect(Math.max(...all.map(Math.abs))).toBe(Math.fround(1e-3));
    model.dispose();
  });
});

describe('slots', () => {
  test('are live tensors under the names of weight and slot', async () => {
    const model = compiled(optimizers.adam({ beta1: 0.5 }));
    expect(model.slots.map(({ name }) => name)).toEqual(
      ['momentum', 'velocity'].flatMap((slot) => model.weights.map(({ name }) => `${name}/${slot}`)),
    );
    await model.fit(x, y, { batchSize: 12 });
    const momentum = model.slots.find(({ name }) => name === 'dense_1/kernel/momentum')?.tensor;
    const gradient = model.gradients.find(({ name }) => name === 'dense_1/kernel')?.tensor;
    expect(momentum?.shape).toEqual([4, 3]);
    expect(momentum?.data).toEqual(gradient?.data.map((g) => g / 2));
    // writing to one changes the next step
    const twin = compiled(optimizers.adam({ beta1: 0.5 }));
    await twin.fit(x, y, { batchSize: 12 });
    momentum?.data.fill(3);
    await model.fit(x, y);
    await twin.fit(x, y);
    expect(await model.digest()).not.toBe(await twin.digest());
    model.dispose();
    twin.dispose();
  });

  test('start as the optimizer says', () => {
    const model = compiled(optimizers.adagrad({ initialAccumulatorValue: 0.25 }));
    expect(model.slots.every(({ tensor }) => tensor.data.every((value) => value === 0.25))).toBe(true);
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    expect(model.slots).toEqual([]);
    model.dispose();
  });

  test('and the product of momenta, of Nadam, follow the iterations', async () => {
    const model = compiled(optimizers.nadam());
    expect(model.optimizer?.momentumProduct).toBe(1);
    await model.fit(x, y, { batchSize: 4 });
    expect(model.optimizer?.iterations).toBe(3);
    const product = model.optimizer?.momentumProduct;
    expect(product).toBeGreaterThan(0);
    expect(product).toBeLessThan(1);
    if (model.optimizer !== undefined) model.optimizer.iterations = 3;
    expect(model.optimizer?.momentumProduct).toBe(product);
    model.dispose();
  });
});

test('what compile made cannot be used after compiling again or disposing', () => {
  const model = compiled();
  const [gradient, slot] = [model.gradients[0]?.tensor, model.slots[0]?.tensor];
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  expect(() => gradient?.data).toThrow(/has been disposed of/);
  expect(() => slot?.data).toThrow(/has been disposed of/);
  const [later] = model.slots;
  model.dispose();
  expect(() => later?.tensor.data).toThrow(/has been disposed of/);
  expect(() => model.gradients).toThrow(/has been disposed of/);
  const fresh = sequential([layers.dense({ units: 1 })]);
  expect(() => fresh.gradients).toThrow(/has not been built/);
  fresh.build([2]);
  expect(() => fresh.slots).toThrow(/must be compiled first/);
});

describe('layerOutputs', () => {
  test('are what each layer puts out, the last one predict', async () => {
    const model = compiled();
    const outputs = await model.layerOutputs(x, { batchSize: 5 });
    expect(outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['dense', 12, 4],
      ['dropout', 12, 4],
      ['dense_1', 12, 3],
    ]);
    expect(outputs[2]?.data).toEqual((await model.predict(x)).data);
    expect(outputs[0]?.data).toEqual(outputs[1]?.data);
    const first = sequential([stack()[0] as Layer], { seed: 5 });
    expect(outputs[0]?.data).toEqual((await first.predict(x)).data);
    expect(await model.layerOutputs(x, { layers: ['dense_1'] })).toEqual([outputs[2]]);
    await expect(model.layerOutputs(x, { layers: ['dens'] })).rejects.toThrow(
      /unknown layer 'dens'; did you mean 'dense'/,
    );
    model.dispose();
  });

  test('leave no memory behind', async () => {
    using runtime = createRuntime();
    const model = sequential(stack(), { runtime });
    await model.layerOutputs(x);
    const { used } = runtime.memory;
    await model.layerOutputs(x);
    expect(runtime.memory.used).toBe(used);
  });
});

describe('onStepsBegin', () => {
  test('divides the steps into runs without changing a bit, and is told where it is', async () => {
    const plain = compiled();
    await plain.fit(x, y, { batchSize: 2, epochs: 3 });
    const divided = compiled();
    const places: string[] = [];
    await divided.fit(x, y, {
      batchSize: 2,
      epochs: 3,
      callbacks: [
        {
          async onStepsBegin({ epoch, step, steps }) {
            places.push(`${epoch}:${step}/${steps}`);
            await new Promise((resolve) => setTimeout(resolve));
            return 4;
          },
        },
        { onStepsBegin: () => 5 },
        { onStepsBegin: () => undefined },
      ],
    });
    expect(await divided.digest()).toBe(await plain.digest());
    expect(places.slice(0, 2)).toEqual(['0:0/6', '0:1/6']);
    for (const callback of [0, 1.5, -1, Number.NaN]) {
      const fit = divided.fit(x, y, { callbacks: [{ onStepsBegin: () => callback }] });
      await expect(fit).rejects.toThrow(/what onStepsBegin returns must be an integer at least 1/);
    }
    plain.dispose();
    divided.dispose();
  });

  test('can stop before the first step', async () => {
    const model = compiled();
    const before = await model.digest();
    const stop = {
      onStepsBegin() {
        model.stopTraining = true;
        return undefined;
      },
    };
    const { epoch } = await model.fit(x, y, { callbacks: [stop] });
    expect(epoch).toEqual([]);
    expect(await model.digest()).toBe(before);
    model.dispose();
  });
});
