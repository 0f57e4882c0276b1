/** The options that all optimizers have: averages of weights, accumulation of gradients, weights without decay. */
import { describe, expect, test } from 'vitest';
import {
  compileStep,
  createRuntime,
  layers,
  loadModel,
  type Optimizer,
  ops,
  optimizers,
  type Runtime,
  type Sequential,
  type SymbolicValue,
  schedules,
  sequential,
  tensor,
} from '../src/index.ts';
import { bitsOf, floats } from './helpers.ts';
import recorded from './reference/optimizer_options.json' with { type: 'json' };

type Numbers = Readonly<Record<string, readonly number[]>>;
interface Case {
  readonly class: string;
  readonly constructor: Readonly<Record<string, number | boolean>>;
  readonly excluded: readonly string[];
  readonly schedule: { initial_learning_rate: number; decay_steps: number; decay_rate: number } | null;
  readonly iterations: number;
  readonly weights: readonly Numbers[];
  readonly finalized: Numbers;
}

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const MADE: Readonly<Record<string, (options: object) => Optimizer>> = {
  SGD: optimizers.sgd,
  Adam: optimizers.adam,
  Nadam: optimizers.nadam,
  Lion: optimizers.lion,
};
const optionsOf = ({ constructor: given }: Pick<Case, 'constructor'>) =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [camel(key), value]));

function optimizerOf(one: Case): Optimizer {
  const { schedule, excluded } = one;
  const rate = schedule && {
    learningRate: schedules.exponentialDecay({
      initialLearningRate: schedule.initial_learning_rate,
      decaySteps: schedule.decay_steps,
      decayRate: schedule.decay_rate,
    }),
  };
  const excluding = excluded.length > 0 && { excludeFromWeightDecay: excluded };
  return (MADE[one.class] as (options: object) => Optimizer)({ ...optionsOf(one), ...rate, ...excluding });
}

const kept = (weights: Readonly<Record<string, { data: Float32Array }>>) =>
  Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, data.slice()]));

/** The weights after each of the recorded steps, as `take` takes them, and after they are finalized. */
function follow(optimizer: Optimizer, take: 'compileStep' | 'apply') {
  using kernel = tensor([2, 3], recorded.start.kernel.flat());
  using bias = tensor([3], recorded.start.bias);
  using g = tensor([2, 3]);
  using h = tensor([3]);
  using step = compileStep({
    loss: (w: { kernel: SymbolicValue; bias: SymbolicValue }, a: SymbolicValue, b: SymbolicValue) =>
      ops.add(ops.sum(ops.multiply(w.kernel, a)), ops.sum(ops.multiply(w.bias, b))),
    parameters: { kernel, bias },
    optimizer: take === 'compileStep' ? optimizer : optimizers.sgd(),
  });
  const steps = recorded.gradients.kernel.map((gradient, k) => {
    const other = recorded.gradients.bias[k] ?? [];
    if (take === 'compileStep') step(gradient, other);
    else {
      g.data.set(gradient.flat());
      h.data.set(other);
      optimizer.apply([
        [kernel, g],
        [bias, h],
      ]);
      // gradients are the caller's
      expect([...g.data]).toEqual(gradient.flat());
    }
    return kept({ kernel, bias });
  });
  const { iterations } = optimizer;
  optimizer.finalizeVariableValues();
  const finalized = kept({ kernel, bias });
  if (take === 'apply') optimizer.dispose();
  return { steps, finalized, iterations };
}

function expectNear(got: Readonly<Record<string, ArrayLike<number>>> | undefined, want: Numbers | undefined) {
  for (const [name, numbers] of Object.entries(want ?? {}))
    for (const [i, value] of numbers.entries())
      expect(Math.abs((got?.[name]?.[i] ?? Number.NaN) - value)).toBeLessThan(3e-6);
}

describe.each(recorded.cases as unknown as Case[])('$class of $constructor without decay of $excluded', (one) => {
  test('follows Keras through 30 steps, and to the final weights', () => {
    const { steps, finalized, iterations } = follow(optimizerOf(one), 'compileStep');
    for (const [k, want] of one.weights.entries()) expectNear(steps[k], want);
    expectNear(finalized, one.finalized);
    expect(iterations).toBe(one.iterations);
  });

  if (one.excluded.length === 0)
    test('gives the same bits when applied to tensors', () => {
      const [a, b] = [follow(optimizerOf(one), 'compileStep'), follow(optimizerOf(one), 'apply')];
      for (const [k, { kernel, bias }] of [...a.steps, a.finalized].entries()) {
        const other = [...b.steps, b.finalized][k] ?? {};
        expect([bitsOf(kernel as Float32Array), bitsOf(bias as Float32Array)]).toEqual(
          [other.kernel, other.bias].map((data) => bitsOf(data as Float32Array)),
        );
      }
    });
});

test('fit ends with the averages, as in Keras', async () => {
  const { x, y, batch_size: batchSize, epochs, weights } = recorded.fit;
  using model = sequential([layers.dense({ units: 3, inputShape: [2] })]);
  model.setWeights([recorded.start.kernel, recorded.start.bias]);
  const optimizer = optimizers.sgd(optionsOf(recorded.fit as unknown as Case));
  model.compile({ optimizer, loss: 'mse' });
  let before: Float32Array[] = [];
  await model.fit(x, y, {
    batchSize,
    epochs,
    shuffle: false,
    onEpochEnd() {
      before = model.getWeights();
    },
  });
  const [kernel = new Float32Array(), bias = new Float32Array()] = model.getWeights();
  expectNear({ kernel, bias }, weights);
  // until then the model had the weights that are trained
  expect([...(before[0] ?? [])]).not.toEqual([...kernel]);
});

const OPTIONS = {
  learningRate: 0.05,
  useEma: true,
  emaMomentum: 0.8,
  emaOverwriteFrequency: 3,
  gradientAccumulationSteps: 2,
  weightDecay: 0.1,
  excludeFromWeightDecay: ['bias'],
};

function modelWith(optimizer: Optimizer, runtime?: Runtime): Sequential {
  const hidden = layers.dense({ units: 300, activation: 'tanh', inputShape: [40] });
  const options = { seed: 3, ...(runtime !== undefined && { runtime }) };
  const model = sequential([hidden, layers.dense({ units: 3 })], options);
  model.compile({ optimizer, loss: 'mse' });
  return model;
}
const x = floats([70, 40], 1);
const y = floats([70, 3], 2);

test('a file saved within an accumulation goes on with the same bits', async () => {
  using model = modelWith(optimizers.nadam(OPTIONS));
  let bytes: Uint8Array | undefined;
  // 5 steps an epoch: the first ends in the middle of an accumulation
  await model.fit(x, y, {
    ...{ epochs: 3, batchSize: 16 },
    async onEpochEnd(epoch) {
      if (epoch === 0) bytes = await model.save();
    },
  });
  using twin = await loadModel(bytes ?? new Uint8Array());
  expect(twin.optimizer?.iterations).toBe(2);
  expect(twin.toConfig()).toEqual(model.toConfig());
  expect(twin.slots.map(({ name }) => name)).toContain('dense/kernel/gradientAccumulator');
  await twin.fit(x, y, { initialEpoch: twin.epoch, epochs: 3, batchSize: 16 });
  expect(await twin.digest()).toBe(await model.digest());
});

test('any number of threads gives the same bits', async () => {
  const digests: string[] = [];
  for (const threads of [1, 2, 3, 7]) {
    using runtime = createRuntime({ threads });
    using model = modelWith(optimizers.adam(OPTIONS), runtime);
    await model.fit(x, y, { epochs: 2, batchSize: 16 });
    digests.push(await model.digest());
  }
  expect(new Set(digests).size).toBe(1);
});

test('a training stops and the model is compiled again: averages stay, and those of other weights start at the weights', () => {
  const optimizer = optimizers.sgd({ learningRate: 0.1, useEma: true });
  using model = modelWith(optimizer);
  const [hidden] = model.layers;
  if (hidden === undefined) throw new Error('no layer');
  hidden.trainable = false;
  model.compile({ optimizer, loss: 'mse' });
  for (let k = 0; k < 3; k++) model.trainOnBatch(x, y);
  const slot = (name: string) => model.slots.find((one) => one.name === name)?.tensor.data.slice();
  const before = slot('dense_1/kernel/average');
  hidden.trainable = true;
  model.compile({ optimizer, loss: 'mse' });
  expect(slot('dense_1/kernel/average')).toEqual(before);
  expect(slot('dense/kernel/average')).toEqual(model.getWeights()[0]);
});

test('weights excluded from decay do not shrink, others do', () => {
  using model = modelWith(
    optimizers.sgd({ weightDecay: 0.5, learningRate: 0.5, excludeFromWeightDecay: ['dense_1/'] }),
  );
  const before = model.getWeights();
  // a sample of weight 0 has no gradient
  model.trainOnBatch(floats([1, 40], 1), floats([1, 3], 2), { sampleWeight: [0] });
  const shrunk = model.getWeights().map((weights, i) => (weights[0] ?? 0) / (before[i]?.[0] ?? 0));
  expect(shrunk[0]).toBe(0.75);
  expect(shrunk[2]).toBe(1);
});

describe('mistakes', () => {
  test.each([
    [{ useEma: 1 }, TypeError, 'useEma'],
    [{ emaMomentum: 1.5 }, RangeError, 'emaMomentum'],
    [{ emaOverwriteFrequency: 0 }, RangeError, 'emaOverwriteFrequency'],
    [{ gradientAccumulationSteps: 1 }, RangeError, 'gradientAccumulationSteps'],
    [{ gradientAccumulationSteps: 2.5 }, RangeError, 'gradientAccumulationSteps'],
    [{ excludeFromWeightDecay: 'bias' }, TypeError, 'excludeFromWeightDecay'],
    [{ excludeFromWeightDecay: [1] }, TypeError, 'excludeFromWeightDecay'],
    [{ excludeFromWeightDecay: [''] }, RangeError, 'excludeFromWeightDecay'],
  ])('%o', (options, kind, name) => {
    const make = () => optimizers.adam(options as object);
    expect(make).toThrow(kind);
    expect(make).toThrow(name);
  });

  test('tensors have no names to exclude, and an unused optimizer has no weights to finalize', () => {
    using w = tensor([2]);
    using g = tensor([2]);
    using optimizer = optimizers.adamw({ excludeFromWeightDecay: ['bias'] });
    expect(() => optimizer.apply([[w, g]])).toThrow('excludeFromWeightDecay');
    expect(() => optimizer.finalizeVariableValues()).toThrow('not in use');
  });
});
