/** Sharpness-aware minimization: against PyTorch, random numbers and statistics of both passes, saved and resumed, and its mistakes. */
import { describe, expect, test } from 'vitest';
import {
  compileStep,
  configs,
  createRuntime,
  model as functional,
  input,
  layers,
  type Optimizer,
  ops,
  optimizers,
  type Runtime,
  regularizers,
  type SymbolicValue,
  sequential,
  tensor,
} from '../src/index.ts';
import { expectClose, floats } from './helpers.ts';
import recorded from './reference/sam.json' with { type: 'json' };
import { expectResumes, expectSameOnThreads } from './training-laws.ts';

const { lookahead, momentum, multiOptimizer, sam, sgd } = optimizers;

describe.each(recorded.cases)('$base, rho $rho, adaptive $adaptive', (one) => {
  const { lr: learningRate, ...others } = one.options;
  const base = () =>
    one.base === 'momentum'
      ? momentum({ learningRate, momentum: others.momentum ?? 0 })
      : optimizers.adamw({
          ...{ learningRate, epsilonMode: 'paper' },
          ...{ weightDecay: others.weight_decay ?? 0, epsilon: others.eps ?? 0 },
        });
  const made = () => sam({ optimizer: base(), rho: one.rho, adaptive: one.adaptive });

  test('a model follows PyTorch through 12 steps', () => {
    const kernelRegularizer = regularizers.l2(one.l2);
    using model = sequential([
      layers.dense({ units: 5, activation: 'tanh', kernelRegularizer, inputShape: [3] }),
      layers.dense({ units: 2 }),
    ]);
    model.setWeights(recorded.start.map((value) => value.flat() as number[]));
    model.compile({ optimizer: made(), loss: 'mse' });
    for (const [k, want] of one.weights.entries()) {
      const { loss = Number.NaN } = model.trainOnBatch(recorded.x, recorded.y);
      expect(Math.abs(loss - (one.losses[k] ?? Number.NaN))).toBeLessThan(1e-5);
      for (const [i, got] of model.getWeights().entries()) expectClose(got, want[i] ?? [], 2e-5);
    }
  });

  test('compileStep does the same', () => {
    const parameters = recorded.start.map((value) =>
      tensor(Array.isArray(value[0]) ? [value.length, value[0].length] : [value.length], value.flat() as number[]),
    );
    using step = compileStep({
      loss(w: readonly SymbolicValue[], x: SymbolicValue, y: SymbolicValue) {
        const [a, b, c, d] = w as [SymbolicValue, SymbolicValue, SymbolicValue, SymbolicValue];
        const hidden = ops.tanh(ops.add(ops.matmul(x, a), b));
        const error = ops.subtract(ops.add(ops.matmul(hidden, c), d), y);
        return ops.add(ops.mean(ops.square(error)), ops.multiply(ops.sum(ops.square(a)), one.l2));
      },
      parameters,
      optimizer: made(),
    });
    for (const [k, want] of one.weights.entries()) {
      const loss = step(recorded.x, recorded.y);
      expect(Math.abs(loss - (one.losses[k] ?? Number.NaN))).toBeLessThan(1e-5);
      for (const [i, { data }] of parameters.entries()) expectClose(data, want[i] ?? [], 2e-5);
    }
    for (const one of parameters) one.dispose();
  });
});

const x = floats([70, 40], 1);
const y = floats([70, 3], 2);

function modelWith(optimizer: Optimizer, runtime?: Runtime) {
  const model = sequential(
    [
      layers.dense({ units: 200, name: 'hidden', inputShape: [40] }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, name: 'output' }),
    ],
    { seed: 3, ...(runtime !== undefined && { runtime }) },
  );
  model.compile({ optimizer, loss: 'mse', metrics: ['mae'] });
  return model;
}

test('with a radius of 0 it gives the bits of the optimizer within: same masks, statistics counted once, weights put back', async () => {
  const runs = [momentum(), sam({ optimizer: momentum(), rho: 0 })].map(async (optimizer) => {
    using model = modelWith(optimizer);
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 16, validationSplit: 0.2 });
    return { history, digest: await model.digest(), evaluated: await model.evaluate(x, y) };
  });
  expect(await runs[1]).toEqual(await runs[0]);
});

test('moving statistics are those of the first pass', () => {
  const [a, b] = [sgd(), sam({ optimizer: sgd(), rho: 5 })].map((optimizer) => {
    using model = modelWith(optimizer);
    model.trainOnBatch(x, y);
    return model.getWeights();
  });
  expect(b?.slice(4, 6)).toEqual(a?.slice(4, 6));
  expect(b?.[0]).not.toEqual(a?.[0]);
});

test('two outputs with weights of their losses, and random numbers of a function: a radius of 0 changes nothing', () => {
  const digests = [sgd(), sam({ optimizer: sgd(), rho: 0 })].map((optimizer) => {
    const inputs = input({ shape: [40] });
    const noisy = layers.lambda((v: SymbolicValue) => ops.add(v, ops.randomNormal(v)));
    const hidden = noisy.apply(layers.dense({ units: 8, activation: 'tanh', activityRegularizer: 'l2' }).apply(inputs));
    const outputs = [layers.dense({ units: 3 }).apply(hidden), layers.dense({ units: 1 }).apply(hidden)];
    using model = functional({ inputs, outputs, seed: 2 });
    model.compile({ optimizer, loss: ['mse', 'mae'], lossWeights: [0.5, 2] });
    const logs = [0, 1, 2].map(() => model.trainOnBatch(x, [y, floats([70, 1], 3)]));
    return { logs, weights: model.getWeights() };
  });
  expect(digests[1]).toEqual(digests[0]);
});

/** Around several optimizers, and within a lookahead. */
const rich = () =>
  sam({
    optimizer: multiOptimizer({
      defaultOptimizer: lookahead({ optimizer: optimizers.nadam({ gradientAccumulationSteps: 2 }), syncPeriod: 2 }),
      optimizerMap: { output: optimizers.lamb({ globalClipnorm: 0.5 }) },
    }),
    rho: 0.1,
    adaptive: true,
  });

test('a file goes on with the same bits', async () => {
  using model = modelWith(rich());
  await expectResumes(model, [x, y], { epochs: 3, batchSize: 16 });
});

test('any number of threads gives the same bits', () =>
  expectSameOnThreads((runtime) => modelWith(rich(), runtime), [x, y], { epochs: 2, batchSize: 16 }));

test('descriptions lead back, around a lookahead and within one', () => {
  for (const optimizer of [rich(), lookahead({ optimizer: sam({ optimizer: sgd() }) })]) {
    const twin = configs.optimizerFrom(JSON.parse(JSON.stringify(optimizer.toConfig())));
    expect(twin.toConfig()).toEqual(optimizer.toConfig());
    expect(twin.ascent).toBeDefined();
  }
});

describe('mistakes', () => {
  test.each<[object, ErrorConstructor, string]>([
    [{}, TypeError, 'optimizer'],
    [{ optimizer: 'adam' }, TypeError, 'optimizer'],
    [{ optimizer: sgd(), rho: -1 }, RangeError, 'rho'],
    [{ optimizer: sgd(), adaptive: 1 }, TypeError, 'adaptive'],
    [{ optimizer: sgd(), radius: 1 }, RangeError, 'radius'],
    [{ optimizer: sam({ optimizer: sgd() }) }, TypeError, 'already'],
  ])('%o', (options, kind, said) => {
    const make = () => sam(options as never);
    expect(make).toThrow(kind);
    expect(make).toThrow(said);
  });

  test('within a multiOptimizer, or on tensors', () => {
    expect(() => multiOptimizer({ defaultOptimizer: sam({ optimizer: sgd() }) })).toThrow(TypeError);
    using w = tensor([2]);
    using g = tensor([2]);
    expect(() => sam({ optimizer: sgd() }).apply([[w, g]])).toThrow('compileStep');
  });

  test('copies of weights that do not fit into memory are refused before training', async () => {
    using runtime = createRuntime({ maximumMemory: 4 * 2 ** 20 });
    using model = sequential([layers.dense({ units: 600, inputShape: [600] })], { runtime });
    model.compile({ optimizer: sam({ optimizer: sgd() }), loss: 'mse' });
    const before = model.getWeights();
    await expect(model.fit(floats([2, 600], 1), floats([2, 600], 2))).rejects.toThrow('memory');
    expect(model.getWeights()).toEqual(before);
  });
});
