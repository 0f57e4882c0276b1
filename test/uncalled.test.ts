/** Functions given where what they make belongs: the message says to call them. */
import { expect, test } from 'vitest';
import {
  callbacks,
  constraints,
  initializers,
  input,
  layers,
  loadModel,
  losses,
  metrics,
  model,
  ops,
  optimizers,
  regularizers,
  schedules,
  sequential,
} from '../src/index.ts';
import { floats } from './helpers.ts';

const x = floats([4, 2], 1);
const y = floats([4, 1], 2);
const stack = (options: object = {}) =>
  sequential([layers.dense({ units: 1, inputShape: [2], ...options })], { seed: 1 });

/** Compiles a small model with these options, and trains it. */
async function trained(compiled: object, options: object = {}, fit: object = {}): Promise<void> {
  using net = stack(options);
  net.compile({ loss: 'mse', ...compiled });
  await net.fit(x, y, fit);
}

test.each<[string, () => unknown]>([
  ['a loss', () => trained({ loss: losses.meanSquaredError })],
  ['a loss that is made of operations', () => trained({ loss: losses.poisson })],
  ['a metric', () => trained({ metrics: [metrics.auc] })],
  ['an optimizer', async () => trained({ optimizer: optimizers.adam })],
  ['a constraint', () => trained({}, { kernelConstraint: constraints.nonNeg })],
  ['a regularizer', () => trained({}, { kernelRegularizer: regularizers.l2 })],
  ['a regularizer of two strengths', () => trained({}, { kernelRegularizer: regularizers.l1l2 })],
  ['a regularizer of outputs', () => trained({}, { activityRegularizer: regularizers.l1 })],
  ['an initializer', async () => stack({ kernelInitializer: initializers.heNormal })],
  ['an activation', async () => stack({ activation: layers.reLU })],
  ['a schedule', async () => optimizers.adam({ learningRate: schedules.cosineDecay as never })],
  ['a callback', () => trained({}, {}, { callbacks: [callbacks.terminateOnNaN] })],
  ['a layer', async () => sequential([layers.flatten as never])],
])('%s', async (_, give) => {
  await expect(give()).rejects.toThrow(TypeError);
  await expect(give()).rejects.toThrow(/call it/);
});

test('input() in a stack is told of inputShape', () => {
  expect(() => sequential([input({ shape: [2] }) as never, layers.dense({ units: 1 })])).toThrow(/inputShape/);
});

test('a lambda without a name is told to take one before it is saved', async () => {
  using net = sequential([layers.lambda((value) => ops.square(value), { inputShape: [2] })]);
  await expect(loadModel(await net.save())).rejects.toThrow(/without a name/);
});

test('one loss serves all outputs, here and where the model is loaded', async () => {
  const from = input({ shape: [2] });
  const outputs = [layers.dense({ units: 1 }).apply(from), layers.dense({ units: 1 }).apply(from)] as const;
  const make = () => model({ inputs: from, outputs, seed: 1 });
  using one = make();
  one.compile({ loss: 'mse', optimizer: 'sgd' });
  const { history } = await one.fit(x, [y, y]);
  using apart = make();
  apart.setWeights(one.getWeights());
  apart.compile({ loss: ['mse', 'mse'] });
  expect(await one.evaluate(x, [y, y])).toEqual(await apart.evaluate(x, [y, y]));
  expect(Object.keys(history)).toEqual(['dense_1_loss', 'dense_loss', 'loss']);
  using twin = await loadModel(await one.save());
  expect(await twin.evaluate(x, [y, y])).toEqual(await one.evaluate(x, [y, y]));
});

test('an output that is an input has the name of that input', () => {
  const from = input({ shape: [2] });
  expect(model({ inputs: from, outputs: [from, layers.dense({ units: 1 }).apply(from)] }).outputNames).toEqual([
    'x',
    'dense',
  ]);
});
