import { expect, test } from 'vitest';
import { layers, optimizers, sequential } from '../../src/index.ts';

test("RMSProp in its author's spelling is rmsprop", () => {
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: 'RMSProp', loss: 'mse' });
  expect(model.optimizer?.name).toBe('rmsprop');
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
