/** model.save and loadModel: what comes back, and that going on from it is never having stopped. */
import { describe, expect, test } from 'vitest';
import {
  callbacks,
  createRuntime,
  type FitOptions,
  type Functional,
  initializers,
  input,
  layers,
  loadModel,
  losses,
  model,
  type Optimizer,
  optimizerNames,
  optimizers,
  type Runtime,
  regularizers,
  type Sequential,
  type SymbolicTensor,
  schedules,
  sequential,
} from '../../src/index.ts';
import { classifier, errorOf, floats, labels } from '../helpers.ts';

const x = floats([37, 6], 1);
const y = labels(37, 4, 2);
const fitOptions = { batchSize: 5, validationData: [x, y] } as const satisfies FitOptions;

/** All that has a state or a name: dropout, penalties, activations with a parameter, initializers with options. */
function rich(optimizer: Optimizer, runtime?: Runtime): Sequential {
  const stack = [
    layers.reshape({ targetShape: [3, 2], inputShape: [6] }),
    layers.flatten(),
    layers.dense({
      units: 9,
      activation: { name: 'leakyRelu', alpha: 0.3 },
      kernelInitializer: initializers.heNormal(),
      kernelRegularizer: regularizers.l1l2({ l1: 1e-4, l2: 1e-3 }),
    }),
    layers.dropout({ rate: 0.3, name: 'first drop' }),
    layers.dense({ units: 8, activation: 'gelu', useBias: false, activityRegularizer: 'l2' }),
    layers.dropout({ rate: 0.1 }),
    layers.dense({ units: 4, name: 'out/put', biasInitializer: initializers.randomNormal({ stddev: 0.1 }) }),
    layers.activation({ activation: 'softmax' }),
  ];
  const model = sequential(stack, { seed: 2 ** 40 + 5, name: 'rich', ...(runtime && { runtime }) });
  const loss = losses.sparseCategoricalCrossentropy();
  model.compile({ optimizer, loss, metrics: ['accuracy', 'sparseCategoricalCrossentropy'] });
  return model;
}

const made: [string, () => Optimizer][] = [
  ...optimizerNames.map((name): [string, () => Optimizer] => [name, () => optimizers[name]()]),
  ['adam with amsgrad and decay', () => optimizers.adam({ amsgrad: true, weightDecay: 0.01, epsilonMode: 'paper' })],
  ['rmsprop with everything', () => optimizers.rmsprop({ momentum: 0.5, centered: true, clipnorm: 0.5 })],
  [
    'nadam on a schedule',
    () =>
      optimizers.nadam({
        learningRate: schedules.cosineDecayRestarts({ initialLearningRate: 0.01, firstDecaySteps: 5 }),
      }),
  ],
  ['momentum with a global norm', () => optimizers.momentum({ globalClipnorm: 0.1, dampening: 0.5 })],
];

describe('going on from a file is never having stopped', () => {
  test.each(made)('%s', async (_name, make) => {
    using straight = rich(make());
    const whole = await straight.fit(x, y, { ...fitOptions, epochs: 5 });

    using begun = rich(make());
    await begun.fit(x, y, { ...fitOptions, epochs: 2 });
    const bytes = await begun.save();
    using runtime = createRuntime({ threads: 2 });
    using loaded = await loadModel(bytes, { runtime });
    expect(loaded.epoch).toBe(2);
    expect(loaded.toConfig()).toEqual(begun.toConfig());
    expect(loaded.optimizer?.iterations).toBe(16);
    expect(await loaded.digest()).toBe(await begun.digest());
    // every slot and counter is back: saved again it is the same file
    expect(await loaded.save()).toEqual(bytes);
    const rest = await loaded.fit(x, y, { ...fitOptions, initialEpoch: loaded.epoch, epochs: 5 });
    expect(await loaded.digest()).toBe(await straight.digest());
    for (const [key, values] of Object.entries(rest.history)) expect(values).toEqual(whole.history[key]?.slice(2));
    expect(await loaded.save()).toEqual(await straight.save());
  });

  test('with a learning rate that a callback has changed', async () => {
    const reduce = () => callbacks.reduceLROnPlateau({ monitor: 'loss', patience: 0, minDelta: 100, factor: 0.7 });
    const start = () => rich(optimizers.adam({ learningRate: 0.03 }));
    using straight = start();
    await straight.fit(x, y, { ...fitOptions, epochs: 4, callbacks: [reduce()] });
    using begun = start();
    await begun.fit(x, y, { ...fitOptions, epochs: 2, callbacks: [reduce()] });
    using loaded = await loadModel(await begun.save());
    expect(loaded.optimizer?.learningRate).toBe(begun.optimizer?.learningRate);
    expect(loaded.optimizer?.learningRate).toBeLessThan(0.03);
  });

  test('a callback that saves every epoch saves what a resumed training needs', async () => {
    using model = rich(optimizers.nadam());
    const saved: Uint8Array[] = [];
    const keep = callbacks.modelCheckpoint((bytes) => void saved.push(bytes));
    await model.fit(x, y, { ...fitOptions, epochs: 4, callbacks: [keep] });
    expect(saved.length).toBe(4);
    for (const bytes of saved) {
      using loaded = await loadModel(bytes);
      await loaded.fit(x, y, { ...fitOptions, initialEpoch: loaded.epoch, epochs: 4 });
      expect(await loaded.digest()).toBe(await model.digest());
    }
  });
});

describe('a file from the middle of an epoch', () => {
  test('is consistent: the weights, slots and counters of one step', async () => {
    using model = rich(optimizers.adam());
    const saved: { readonly bytes: Uint8Array; readonly digest: string; readonly iterations: number }[] = [];
    const onTrainBatchEnd = async () => {
      saved.push({
        bytes: await model.save(),
        digest: await model.digest(),
        iterations: model.optimizer?.iterations ?? 0,
      });
    };
    await model.fit(x, y, { ...fitOptions, epochs: 2, callbacks: [{ onTrainBatchEnd }] });
    expect(saved.length).toBe(16);
    for (const [i, { bytes, digest, iterations }] of saved.entries()) {
      using loaded = await loadModel(bytes);
      expect([await loaded.digest(), loaded.optimizer?.iterations, loaded.epoch]).toEqual([
        digest,
        iterations,
        i < 8 ? 0 : 1,
      ]);
      expect(iterations).toBe(i + 1);
      expect(await loaded.save()).toEqual(bytes);
    }
  });

  test('that a timer asks for while threads are at work is that of a whole step', async () => {
    const wide = (runtime: Runtime) => {
      const stack = [
        layers.dense({ units: 400, activation: 'relu', inputShape: [300] }),
        layers.dense({ units: 300, activation: 'relu' }),
        layers.dense({ units: 4, activation: 'softmax' }),
      ];
      const model = sequential(stack, { runtime, seed: 4 });
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      return model;
    };
    const [manyX, manyY] = [floats([600, 300], 3), labels(600, 4, 4)];
    using alone = createRuntime();
    using model = wide(alone);
    const digests = new Map<number, string>();
    const onTrainBatchEnd = async () => void digests.set(model.optimizer?.iterations ?? 0, await model.digest());
    await model.fit(manyX, manyY, { batchSize: 20, epochs: 2, callbacks: [{ onTrainBatchEnd }] });

    using several = createRuntime({ threads: 2 });
    using watched = wide(several);
    const saving: Promise<Uint8Array>[] = [];
    const timer = setInterval(() => void saving.push(watched.save()), 3);
    await watched.fit(manyX, manyY, { batchSize: 20, epochs: 2 });
    clearInterval(timer);
    expect(saving.length).toBeGreaterThan(0);
    for (const bytes of await Promise.all(saving.slice(0, 20))) {
      using loaded = await loadModel(bytes);
      const steps = loaded.optimizer?.iterations ?? 0;
      if (steps > 0) expect(await loaded.digest()).toBe(digests.get(steps));
    }
  });
});

describe('what is saved', () => {
  test('weights under their names, slots under optimizer/, and the metadata of the user', async () => {
    using model = classifier();
    model.compile({ optimizer: 'rmsprop', loss: 'sparseCategoricalCrossentropy' });
    model.metadata.set('author', 'Ä "quoted" one');
    const bytes = await model.save();
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { __metadata__: metadata, ...arrays } = header;
    const weights = ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'];
    expect(Object.keys(arrays)).toEqual([...weights, ...weights.map((name) => `optimizer/${name}/velocity`)]);
    expect(arrays['dense/kernel']).toEqual({ dtype: 'F32', shape: [4, 5], data_offsets: [0, 80] });
    const kernel = new Float32Array(bytes.slice(8 + length, 8 + length + 80).buffer);
    expect(kernel).toEqual(model.getWeights()[0]);
    expect(metadata).toMatchObject({ format: 'simdescent', author: 'Ä "quoted" one' });
    using loaded = await loadModel(bytes.buffer);
    expect([...loaded.metadata]).toEqual([['author', 'Ä "quoted" one']]);
  });

  test('a model that has not been compiled, or not even built', async () => {
    using plain = classifier();
    using loaded = await loadModel(await plain.save());
    expect([await loaded.digest(), loaded.optimizer]).toEqual([await plain.digest(), undefined]);
    using unbuilt = sequential([layers.dense({ units: 2 })], { seed: 9 });
    unbuilt.compile({ optimizer: 'adam', loss: 'mse' });
    using again = await loadModel(await unbuilt.save());
    expect(again.built).toBe(false);
    for (const model of [unbuilt, again])
      await model.fit(
        [[1], [2]],
        [
          [1, 2],
          [3, 4],
        ],
        { epochs: 3 },
      );
    expect(await again.digest()).toBe(await unbuilt.digest());
    // compiled first and built later, but never trained
    using late = sequential([layers.dense({ units: 2 })]);
    late.compile({ optimizer: 'adam', loss: 'mse' });
    late.build([3]);
    using fresh = await loadModel(await late.save());
    expect([fresh.optimizer?.iterations, await fresh.digest()]).toEqual([0, await late.digest()]);
  });

  test('without the optimizer: smaller, for use only', async () => {
    using model = rich(optimizers.adam());
    await model.fit(x, y, fitOptions);
    const [whole, bare] = [await model.save(), await model.save({ includeOptimizer: false })];
    expect(bare.length).toBeLessThan(whole.length * 0.7);
    using loaded = await loadModel(bare);
    expect(loaded.optimizer).toBeUndefined();
    expect((await loaded.predict(x)).data).toEqual((await model.predict(x)).data);
  });

  test('weights that are not finite, and the smallest, to the bit', async () => {
    using model = classifier();
    const [first = new Float32Array(20)] = model.getWeights();
    first.set([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, 3.4e38]);
    model.setWeights([first, ...model.getWeights().slice(1)]);
    using loaded = await loadModel(await model.save());
    expect(loaded.getWeights()[0]).toEqual(first);
  });

  test('the file is a copy: training on does not change it, nor does it matter where in a buffer it lies', async () => {
    using model = rich(optimizers.adam());
    const bytes = await model.save();
    const before = bytes.slice();
    await model.fit(x, y, fitOptions);
    expect(bytes).toEqual(before);
    const odd = new Uint8Array(bytes.length + 3);
    odd.set(bytes, 3);
    using loaded = await loadModel(odd.subarray(3));
    expect(await loaded.save()).toEqual(bytes);
  });

  test('loading leaves no memory behind when it fails, nor when the model goes', async () => {
    using runtime = createRuntime();
    using source = rich(optimizers.adam());
    const bytes = await source.save();
    (await loadModel(bytes, { runtime })).dispose();
    const { used } = runtime.memory;
    (await loadModel(bytes, { runtime })).dispose();
    await errorOf(() => loadModel(bytes.subarray(0, bytes.length - 4), { runtime }));
    expect(runtime.memory.used).toBe(used);
  });

  test.each<[string, (model: Sequential) => unknown, string]>([
    [
      'a taken key',
      (model) => model.metadata.set('simdescent.config', '{}'),
      "'simdescent.config' in the metadata of a model is reserved",
    ],
    ['the format', (model) => model.metadata.set('format', 'pt'), "'format' in the metadata of a model is reserved"],
    [
      'a number',
      (model) => model.metadata.set('n', 5 as never),
      "the metadata of a model must be strings, got number for 'n'",
    ],
  ])('metadata with %s is refused', async (_title, change, message) => {
    using model = classifier();
    change(model);
    expect((await errorOf(() => model.save())).message).toBe(message);
  });

  test('what could not be read back is not written: models within models beyond fifty, an output named __proto__', async () => {
    using inner = sequential([layers.dense({ units: 1, inputShape: [1] })]);
    const within = (depth: number, outer: Sequential | Functional = inner): Sequential | Functional => {
      const value = input({ shape: [1] });
      return depth === 0
        ? outer
        : within(depth - 1, model({ inputs: value, outputs: outer.apply(value) as SymbolicTensor }));
    };
    const read = await loadModel<Functional>(await within(40).save());
    expect(read.countParams()).toBe(2);
    read.dispose();
    expect(await errorOf(() => within(60).save())).toMatchObject({
      name: 'RangeError',
      message: expect.stringContaining('256 deep'),
    });
    const value = input({ shape: [1] });
    using named = model({ inputs: value, outputs: { ['__proto__']: layers.dense({ units: 1 }).apply(value) } });
    expect(await errorOf(() => named.save())).toMatchObject({
      name: 'RangeError',
      message: expect.stringContaining('__proto__'),
    });
  });

  test('wrong calls', async () => {
    using model = classifier();
    expect((await errorOf(() => model.save({ optimizer: false } as never))).message).toContain(
      'unknown option of save',
    );
    expect((await errorOf(() => loadModel('model.safetensors' as never))).message).toMatch(
      /loadModel .*bytes.*, got 'model.safetensors'/,
    );
    const gone = classifier();
    gone.dispose();
    expect((await errorOf(() => gone.save())).message).toContain('has been disposed of');
  });
});
