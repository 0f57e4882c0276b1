import { expect, test } from 'vitest';
import { type CompileOptions, type DenseOptions, layers, optimizers, sequential } from '../../src/index.ts';
import { floats, labels } from '../helpers.ts';

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
