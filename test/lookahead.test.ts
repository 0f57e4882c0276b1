/** Lookahead around other optimizers: against optax, saved and resumed, composed, and its mistakes. */
import { describe, expect, test } from 'vitest';
import {
  callbacks,
  createRuntime,
  findLearningRate,
  layers,
  type Optimizer,
  optimizers,
  type Runtime,
  schedules,
  sequential,
  tensor,
} from '../src/index.ts';
import { floats } from './helpers.ts';
import recorded from './reference/lookahead.json' with { type: 'json' };
import { expectResumes, expectSameOnThreads } from './training-laws.ts';

const { adam, lookahead, multiOptimizer, nadam, sgd } = optimizers;
const named = optimizers as unknown as Record<string, (options: object) => Optimizer>;

describe.each(recorded.cases)('$name, $lookahead', ({ name, options, lookahead: around, weights }) => {
  test('follows optax through 20 steps', () => {
    using w = tensor([2, 3], recorded.start.flat());
    using g = tensor([2, 3]);
    using optimizer = lookahead({ optimizer: (named[name] as (of: object) => Optimizer)(options), ...around });
    const near = (got: ArrayLike<number>, want: readonly number[]) => {
      for (const [i, value] of want.entries()) expect(Math.abs((got[i] ?? Number.NaN) - value)).toBeLessThan(3e-6);
    };
    for (const [k, gradient] of recorded.gradients.entries()) {
      g.data.set(gradient.flat());
      optimizer.apply([[w, g]]);
      near(w.data, weights[k] ?? []);
    }
  });
});

const x = floats([70, 40], 1);
const y = floats([70, 3], 2);

function modelWith(optimizer: Optimizer, runtime?: Runtime) {
  const hidden = layers.dense({ units: 300, activation: 'tanh', name: 'hidden', inputShape: [40] });
  const options = { seed: 3, ...(runtime !== undefined && { runtime }) };
  const model = sequential([hidden, layers.dense({ units: 3, name: 'output' })], options);
  model.compile({ optimizer, loss: 'mse' });
  return model;
}

/** Accumulation, an average of the weights and a matrix's passes within. */
const rich = () =>
  multiOptimizer({
    defaultOptimizer: lookahead({ optimizer: nadam({ useEma: true, gradientAccumulationSteps: 2 }), syncPeriod: 3 }),
    optimizerMap: { 'hidden/kernel': lookahead({ optimizer: optimizers.lamb(), syncPeriod: 2, slowStepSize: 0.8 }) },
  });

test('a file goes on with the same bits', async () => {
  using model = modelWith(rich());
  await expectResumes(model, [x, y], { epochs: 3, batchSize: 16 }, (twin) =>
    expect(twin.slots.map(({ name }) => name)).toContain('hidden/kernel/slow'),
  );
});

test('any number of threads gives the same bits', () =>
  expectSameOnThreads((runtime) => modelWith(rich(), runtime), [x, y], { epochs: 2, batchSize: 16 }));

test('between two syncs it is the optimizer within; with accumulation a sync counts iterations', () => {
  using plain = modelWith(sgd({ learningRate: 0.1, gradientAccumulationSteps: 2 }));
  using model = modelWith(
    lookahead({ optimizer: sgd({ learningRate: 0.1, gradientAccumulationSteps: 2 }), syncPeriod: 2, slowStepSize: 0 }),
  );
  const start = model.getWeights();
  for (let k = 0; k < 3; k++) {
    for (const one of [plain, model]) one.trainOnBatch(x, y);
    expect(model.getWeights()).toEqual(plain.getWeights());
  }
  model.trainOnBatch(x, y);
  expect(model.getWeights()).toEqual(start);
});

test('it and the optimizer within are one: learning rate, iterations, owner', async () => {
  const inner = adam({ learningRate: 0.5 });
  const optimizer = lookahead({ optimizer: inner });
  using model = modelWith(optimizer);
  model.setLearningRate(0.25);
  expect(inner.learningRate).toBe(0.25);
  inner.learningRate = 0.125;
  expect(optimizer.learningRate).toBe(0.125);
  expect(optimizer.toConfig().config).toMatchObject({ optimizer: { config: { learningRate: 0.125 } } });
  model.trainOnBatch(x, y);
  expect([inner.iterations, optimizer.iterations]).toEqual([1, 1]);
  expect(() => modelWith(inner)).toThrow('already in use');
  await model.fit(x, y, { callbacks: [callbacks.learningRateScheduler(() => 0.01)] });
  expect(inner.learningRate).toBe(0.01);
  const { learningRates } = await findLearningRate(model, x, y, { steps: 8 });
  expect(learningRates).toHaveLength(8);
  // the same model may take the one within alone
  model.compile({ optimizer: inner, loss: 'mse' });
  model.trainOnBatch(x, y);
  expect(inner.iterations).toBe(1);
});

test('follows the schedule of the optimizer within', () => {
  const learningRate = schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
  using model = modelWith(lookahead({ optimizer: sgd({ learningRate }) }));
  for (let k = 0; k < 2; k++) model.trainOnBatch(x, y);
  expect(model.optimizer?.learningRate).toBe(0.25);
});

describe('mistakes', () => {
  const inner = sgd();
  test.each<[object, ErrorConstructor, string]>([
    [{}, TypeError, 'optimizer'],
    [{ optimizer: 'adam' }, TypeError, 'optimizer'],
    [{ optimizer: inner, syncPeriod: 0 }, RangeError, 'syncPeriod'],
    [{ optimizer: inner, syncPeriod: 2.5 }, RangeError, 'syncPeriod'],
    [{ optimizer: inner, slowStepSize: 1.5 }, RangeError, 'slowStepSize'],
    [{ optimizer: inner, slowStep: 1 }, RangeError, 'slowStepSize'],
    [{ optimizer: lookahead({ optimizer: inner }) }, TypeError, 'already'],
    [{ optimizer: multiOptimizer({ defaultOptimizer: inner }) }, TypeError, 'multiOptimizer'],
  ])('%o', (options, kind, said) => {
    const make = () => lookahead(options as never);
    expect(make).toThrow(kind);
    expect(make).toThrow(said);
  });

  test('one optimizer, once alone and once with a lookahead, in one multiOptimizer', () => {
    const both = () =>
      multiOptimizer({ defaultOptimizer: inner, optimizerMap: { a: lookahead({ optimizer: inner }) } });
    expect(both).toThrow(TypeError);
  });

  test('slow weights that do not fit into memory are refused before training', () => {
    using runtime = createRuntime({ maximumMemory: 4 * 2 ** 20 });
    using model = sequential([layers.dense({ units: 600, inputShape: [600] })], { runtime });
    expect(() => model.compile({ optimizer: lookahead({ optimizer: sgd() }), loss: 'mse' })).toThrow('memory');
  });
});
