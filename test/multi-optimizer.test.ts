/** Different optimizers for different layers: against Keras, saved, shared, in a worker, and its mistakes. */
import { describe, expect, test } from 'vitest';
import {
  callbacks,
  compileStep,
  configs,
  createRuntime,
  findLearningRate,
  layers,
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
import type { RemoteModel } from '../src/worker/client.ts';
import { expectClose, floats } from './helpers.ts';
import recorded from './reference/multi_optimizer.json' with { type: 'json' };
import { expectResumes, expectSameOnThreads } from './training-laws.ts';
import { connected } from './worker/connected.ts';

const { multiOptimizer } = optimizers;

function stack(optimizer: Optimizer, runtime?: Runtime, units: readonly [number, number] = [4, 2]): Sequential {
  const [hidden, out] = units;
  const model = sequential(
    [
      layers.dense({ units: hidden, activation: 'tanh', name: 'first', inputShape: [3] }),
      layers.dense({ units: hidden, activation: 'tanh', name: 'second' }),
      layers.dense({ units: out, name: 'output' }),
    ],
    { seed: 5, ...(runtime !== undefined && { runtime }) },
  );
  model.compile({ optimizer, loss: 'mse' });
  return model;
}

/** The optimizers of multi_optimizer.py. */
function parts() {
  const { sgd, adam, schedule } = recorded;
  const momentum = optimizers.sgd({
    learningRate: sgd.learning_rate,
    momentum: sgd.momentum,
    globalClipnorm: sgd.global_clipnorm,
    weightDecay: sgd.weight_decay,
  });
  const average = optimizers.adam({
    learningRate: adam.learning_rate,
    useEma: true,
    emaMomentum: adam.ema_momentum,
    gradientAccumulationSteps: adam.gradient_accumulation_steps,
  });
  const learningRate = schedules.exponentialDecay({
    initialLearningRate: schedule.initial_learning_rate,
    decaySteps: schedule.decay_steps,
    decayRate: schedule.decay_rate,
  });
  return { momentum, average, others: optimizers.rmsprop({ learningRate }) };
}

function likeKeras() {
  const { momentum, average, others } = parts();
  const optimizerMap = { first: momentum, '*put/bias': momentum, 'output/kernel': average };
  return { momentum, average, others, optimizer: multiOptimizer({ defaultOptimizer: others, optimizerMap }) };
}

const x = floats([70, 3], 1);
const y = floats([70, 200], 2);

describe('as in Keras', () => {
  test('each layer follows its optimizer: clipping, decay, averages, accumulation and schedule are its own', async () => {
    const { momentum, average, others, optimizer } = likeKeras();
    using model = stack(optimizer);
    model.setWeights(recorded.start.map((one) => one.flat()));
    for (const want of recorded.weights) {
      await model.fit(recorded.x, recorded.y, { batchSize: 2, shuffle: false });
      for (const [i, got] of model.getWeights().entries()) expectClose(got, (want[i] ?? []).flat(), 1e-5);
    }
    expect(optimizer.iterations).toBe(recorded.iterations);
    // Keras lists those of the map first
    expect([momentum, average, others].map(({ iterations }) => iterations)).toEqual(recorded.part_iterations);
    expect(model.summary()).toContain(`Optimizer params: ${recorded.optimizer_params} `);
  });

  test('a learning rate is that of one of them', async () => {
    const slow = optimizers.sgd({ learningRate: 0.1 });
    const optimizer = multiOptimizer({ defaultOptimizer: optimizers.adam(), optimizerMap: { first: slow } });
    using model = stack(optimizer);
    expect(() => optimizer.learningRate).toThrow('one of its optimizers');
    expect(() => model.setLearningRate(0.1)).toThrow('one of its optimizers');
    const reduce = callbacks.reduceLROnPlateau({ monitor: 'loss' });
    const fit = model.fit(recorded.x, recorded.y, { callbacks: [reduce] });
    await expect(fit).rejects.toThrow('several');
    await expect(findLearningRate(model, recorded.x, recorded.y)).rejects.toThrow('several');
    model.trainOnBatch(recorded.x, recorded.y);
    slow.learningRate = 0;
    const [kernel, , second] = model.getWeights();
    model.trainOnBatch(recorded.x, recorded.y);
    expect(model.getWeights()[0]).toEqual(kernel);
    expect(model.getWeights()[2]).not.toEqual(second);
  });
});

describe('which weights', () => {
  const rates: Readonly<Record<string, readonly string[]>> = {
    first: ['first/kernel', 'first/bias'],
    'first/bias': ['first/bias'],
    '*bias': ['first/bias', 'second/bias', 'output/bias'],
    's*n*l': ['second/kernel'],
    '*': ['first/kernel', 'first/bias', 'second/kernel', 'second/bias', 'output/kernel', 'output/bias'],
  };
  test.each(Object.entries(rates))('%s', (key, names) => {
    using still = optimizers.sgd({ learningRate: 0 });
    using model = stack(multiOptimizer({ defaultOptimizer: still, optimizerMap: { [key]: optimizers.adam() } }));
    const moments = model.slots.filter(({ name }) => name.endsWith('/velocity'));
    expect(moments.map(({ name }) => name.replace('/velocity', ''))).toEqual(names);
    const before = model.getWeights();
    model.trainOnBatch(recorded.x, recorded.y);
    const moved = model.weights.filter(({ tensor: { data } }, i) => data.some((value, k) => value !== before[i]?.[k]));
    expect(moved.map(({ name }) => name)).toEqual(names);
  });

  test('the most exact key counts', () => {
    const [a, b, c] = [optimizers.adam(), optimizers.adagrad(), optimizers.momentum()];
    const optimizerMap = { '*kernel': a, first: b, 'first/bias': c };
    using model = stack(multiOptimizer({ defaultOptimizer: optimizers.sgd(), optimizerMap }));
    expect(model.slots.map(({ name }) => name)).toEqual([
      ...['second/kernel/momentum', 'output/kernel/momentum', 'second/kernel/velocity', 'output/kernel/velocity'],
      ...['first/kernel/accumulator', 'first/bias/velocity'],
    ]);
    expect(model.gradients.map(({ name }) => name)).toEqual(model.weights.map(({ name }) => name));
  });
});

test('one optimizer for all layers gives the bits that it gives alone', async () => {
  const digests = [optimizers.muon(), multiOptimizer({ defaultOptimizer: optimizers.muon() })].map(async (one) => {
    using model = stack(one);
    await model.fit(recorded.x, recorded.y, { epochs: 3, batchSize: 4 });
    return model.digest();
  });
  expect(await digests[0]).toBe(await digests[1]);
});

/** Passes over whole weights, averages and accumulation side by side. */
const mixed = () => {
  const lamb = optimizers.lamb({ globalClipnorm: 0.5 });
  return multiOptimizer({
    defaultOptimizer: optimizers.nadam({ useEma: true, gradientAccumulationSteps: 2 }),
    optimizerMap: { second: lamb, 'output/bias': lamb, '*put/kernel': optimizers.adafactor() },
  });
};

test('any number of threads gives the same bits', () =>
  expectSameOnThreads((runtime) => stack(mixed(), runtime, [300, 200]), [x, y], { epochs: 2, batchSize: 16 }));

test('a file goes on with the same bits, an optimizer that two keys share is still one', async () => {
  using model = stack(mixed(), undefined, [30, 200]);
  await expectResumes(model, [x, y], { epochs: 3, batchSize: 16 }, (twin) =>
    expect(twin.optimizer?.iterations).toBe(5),
  );
});

test('in a worker it is the same', async () => {
  const client = await connected();
  const { optimizer } = likeKeras();
  using model = stack(optimizer);
  const remote = await client.modelFrom<RemoteModel>(model.toConfig());
  await remote.setWeights(model.getWeights());
  const options = { epochs: 2, batchSize: 4 };
  await model.fit(recorded.x, recorded.y, options);
  await remote.fit(recorded.x, recorded.y, options);
  expect(await remote.digest()).toBe(await model.digest());
  expect((await remote.inspect()).learningRate).toBeNaN();
  await expect(remote.setLearningRate(0.1)).rejects.toThrow('one of its optimizers');
  remote.dispose();
});

test('a layer that is frozen and thawed: the others keep their slots, each optimizer its own count', () => {
  const { momentum, average, optimizer } = likeKeras();
  using model = stack(optimizer);
  const output = model.getLayer('output');
  output.trainable = false;
  model.compile({ optimizer, loss: 'mse' });
  for (let k = 0; k < 4; k++) model.trainOnBatch(recorded.x, recorded.y);
  const slot = () => model.slots.find(({ name }) => name === 'first/kernel/momentum')?.tensor.data.slice();
  const before = slot();
  output.trainable = true;
  model.compile({ optimizer, loss: 'mse' });
  expect(slot()).toEqual(before);
  expect([momentum.iterations, average.iterations, optimizer.iterations]).toEqual([4, 0, 4]);
  model.trainOnBatch(recorded.x, recorded.y);
  expect(momentum.iterations).toBe(5);
});

test('belongs to one model, which frees it; its parts may be compiled again alone', () => {
  const { momentum, optimizer } = likeKeras();
  const model = stack(optimizer);
  expect(() => stack(momentum)).toThrow('already in use');
  expect(() => optimizer.dispose()).toThrow('belongs to a model');
  model.compile({ optimizer: momentum, loss: 'mse' });
  model.trainOnBatch(recorded.x, recorded.y);
  expect(momentum.iterations).toBe(1);
  model.dispose();
  using other = stack(optimizer);
  expect(() => other.trainOnBatch(recorded.x, recorded.y)).not.toThrow();
});

test('compileStep goes by the names of parameters', () => {
  using w = tensor([2], [1, 1]);
  using b = tensor([2], [1, 1]);
  const still = optimizers.sgd({ learningRate: 0 });
  const optimizer = multiOptimizer({ defaultOptimizer: optimizers.sgd(), optimizerMap: { '*.b': still } });
  using step = compileStep({
    loss: (p: Record<'w' | 'b', SymbolicValue>) => ops.add(ops.sum(p.w), ops.sum(p.b)),
    parameters: { w, b },
    optimizer,
  });
  step();
  expect([...w.data, ...b.data]).toEqual([0.99, 0.99, 1, 1].map(Math.fround));
  expect(() => optimizer.apply([])).toThrow('names');
});

describe('mistakes', () => {
  const sgd = optimizers.sgd();
  test.each<[object, ErrorConstructor, string]>([
    [{ optimizerMap: { first: sgd } }, TypeError, 'defaultOptimizer'],
    [{ defaultOptimizer: 'adam' }, TypeError, 'defaultOptimizer'],
    [{ defaultOptimizer: sgd, optimizerMap: [sgd] }, TypeError, 'optimizerMap'],
    [{ defaultOptimizer: sgd, optimizerMap: { first: 'adam' } }, TypeError, "'first'"],
    [
      { defaultOptimizer: sgd, optimizerMap: { first: multiOptimizer({ defaultOptimizer: sgd }) } },
      TypeError,
      "'first'",
    ],
    [{ defaultOptimizer: sgd, optimizerMap: { '': sgd } }, RangeError, 'empty'],
    [{ defaultOptimizer: sgd, learningRate: 1 }, RangeError, 'learningRate'],
  ])('%o', (options, kind, name) => {
    const make = () => multiOptimizer(options as never);
    expect(make).toThrow(kind);
    expect(make).toThrow(name);
  });

  test.each<[Record<string, Optimizer>, string]>([
    [{ frist: optimizers.adam() }, "did you mean 'first'"],
    [{ 'first/kernels': optimizers.adam() }, 'first/kernels'],
    [{ '*gamma': optimizers.adam() }, '*gamma'],
    [{ 'f*': optimizers.adam(), '*bias': optimizers.adam() }, 'first/bias'],
  ])('compile refuses %o and leaves the model as it was', (optimizerMap, said) => {
    using model = stack(optimizers.sgd());
    const compile = () =>
      model.compile({ optimizer: multiOptimizer({ defaultOptimizer: optimizers.sgd(), optimizerMap }), loss: 'mse' });
    expect(compile).toThrow(RangeError);
    expect(compile).toThrow(said);
    expect(model.optimizer?.name).toBe('sgd');
    expect(() => model.trainOnBatch(recorded.x, recorded.y)).not.toThrow();
  });

  test('slots that do not fit into memory are refused before training', () => {
    using runtime = createRuntime({ maximumMemory: 4 * 2 ** 20 });
    const hidden = layers.dense({ units: 700, name: 'hidden', inputShape: [700] });
    using model = sequential([hidden], { runtime });
    const big = multiOptimizer({ defaultOptimizer: optimizers.sgd(), optimizerMap: { hidden: optimizers.adam() } });
    expect(() => model.compile({ optimizer: big, loss: 'mse' })).toThrow('memory');
  });

  test('descriptions from strangers', () => {
    const adam = { className: 'adam', config: {} };
    const from = (config: object) => () => configs.optimizerFrom({ className: 'multiOptimizer', config });
    const shared = (optimizer: unknown) => ({ className: 'shared', config: { optimizer } });
    expect(from({ defaultOptimizer: adam, optimizerMap: { a: shared(1) } })).toThrow(RangeError);
    expect(from({ defaultOptimizer: adam, optimizerMap: { a: shared('length') } })).toThrow(RangeError);
    expect(from({ defaultOptimizer: shared(0) })).toThrow(RangeError);
    expect(from({ optimizerMap: { a: adam } })).toThrow(TypeError);
    expect(from({ defaultOptimizer: adam, optimizerMap: 'a' })).toThrow(TypeError);
    expect(from({ defaultOptimizer: adam, optimizerMap: { a: adam, b: shared(1) } })().parts).toHaveLength(2);
  });
});
