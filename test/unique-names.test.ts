/** Names that are made do not meet names that were given. */
import { expect, test } from 'vitest';
import { input, layers, metrics, model, ops, type SymbolicValue, sequential } from '../src/index.ts';
import { uniqueNames } from '../src/unique-names.ts';
import { floats } from './helpers.ts';

const x = floats([4, 2], 1);
const y = floats([4, 1], 2);

test('names that repeat are numbered, around names that look like it', () => {
  expect(uniqueNames(['a', 'a', 'a', 'b'])).toEqual(['a', 'a_1', 'a_2', 'b']);
  expect(uniqueNames(['a', 'a', 'a_1', 'a', 'a_1'])).toEqual(['a', 'a_2', 'a_1', 'a_3', 'a_1_1']);
});

test('a shared layer that makes two outputs beside dense_1 gives three keys', async () => {
  const from = input({ shape: [2] });
  const [shared, other] = [layers.dense({ units: 1 }), layers.dense({ units: 1 })];
  using net = model({ inputs: from, outputs: [shared.apply(from), shared.apply(from), other.apply(from)] });
  expect(net.outputNames).toEqual(['dense', 'dense_2', 'dense_1']);
  net.compile({ loss: ['mse', 'mse', 'mse'] });
  const { history } = await net.fit(x, [y, y, y]);
  expect(Object.keys(history)).toEqual(['dense_1_loss', 'dense_2_loss', 'dense_loss', 'loss']);
});

test('metrics that repeat beside one of that name have keys of their own', async () => {
  using net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  net.compile({ loss: 'mse', metrics: ['mae', 'mae', metrics.meanSquaredError({ name: 'mae_1' })] });
  const { mae, mae_1, mae_2, loss } = await net.evaluate(x, y);
  expect([mae_2, mae_1]).toEqual([mae, loss]);
});

test('keys of the history that two values would have are refused', () => {
  const loss = (yTrue: SymbolicValue, yPred: SymbolicValue) => ops.mean(ops.abs(ops.subtract(yTrue, yPred)));
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  expect(() => net.compile({ loss: 'mse', metrics: [loss] })).toThrow(RangeError);
  expect(() => net.compile({ loss: 'mse', metrics: [loss] })).toThrow(/'loss'/);
  net.compile({ loss });
  const from = input({ shape: [2] });
  const outputs = { val: layers.dense({ units: 1 }).apply(from), other: layers.dense({ units: 1 }).apply(from) };
  const two = model({ inputs: from, outputs });
  expect(() => two.compile({ loss: { val: 'mse', other: 'mse' } })).toThrow(/'val_loss'/);
});
