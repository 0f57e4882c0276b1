/** Functional models: any graph of layer calls. */
import { describe, expect, test } from 'vitest';
import {
  configs,
  createRuntime,
  type Functional,
  input,
  layers,
  loadModel,
  model,
  ops,
  type SymbolicTensor,
  sequential,
} from '../../src/index.ts';
import { floats } from '../helpers.ts';

const x = floats([20, 6], 1);
const y = floats([20, 2], 2);
const options = { epochs: 3, batchSize: 8 } as const;

const errorOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return 'no error';
};

describe('a chain', () => {
  const chain = (from: SymbolicTensor) => {
    const hidden = layers.dense({ units: 5, activation: 'relu' }).apply(from);
    return layers.dense({ units: 2 }).apply(layers.dropout({ rate: 0.2 }).apply(hidden));
  };

  test('gives the bits of a stack of the same layers', async () => {
    const from = input({ shape: [6] });
    using net = model({ inputs: from, outputs: chain(from), seed: 7 });
    using stack = sequential(
      [
        layers.dense({ units: 5, activation: 'relu', inputShape: [6] }),
        layers.dropout({ rate: 0.2 }),
        layers.dense({ units: 2 }),
      ],
      { seed: 7 },
    );
    for (const one of [net, stack]) {
      one.compile({ optimizer: 'nadam', loss: 'mse', metrics: ['mae'] });
      await one.fit(x, y, { ...options, validationSplit: 0.2 });
    }
    expect(await net.digest()).toBe(await stack.digest());
    expect(net.history?.history).toEqual(stack.history?.history);
    expect((await net.predict(x)).data).toEqual((await stack.predict(x)).data);
    expect(net.weights.map(({ name }) => name)).toEqual(stack.weights.map(({ name }) => name));
  });

  test('of a thousand layers is traced', () => {
    const from = input({ shape: [2] });
    let value = from;
    for (let i = 0; i < 1000; i++) value = layers.activation({ activation: 'tanh' }).apply(value);
    using net = model({ inputs: from, outputs: value });
    expect(net.layers).toHaveLength(1000);
  });
});

describe('two inputs and two outputs', () => {
  const build = (seed = 3, runtime = undefined as ReturnType<typeof createRuntime> | undefined) => {
    const a = input({ shape: [6], name: 'a' });
    const b = input({ shape: [6], name: 'b' });
    const shared = layers.dense({ units: 4, activation: 'tanh', name: 'shared' });
    const left = layers.dense({ units: 2, name: 'left' }).apply(shared.apply(a));
    const right = layers.dense({ units: 3, activation: 'softmax', name: 'right' }).apply(shared.apply(b));
    return model({ inputs: [a, b], outputs: { left, right }, seed, ...(runtime && { runtime }) });
  };
  const labels = { data: Int32Array.from({ length: 20 }, (_, i) => i % 3), shape: [20] };
  const second = floats([20, 6], 5);

  test('are trained on their own losses, by name and in order', async () => {
    using net = build();
    net.compile({
      optimizer: 'adam',
      loss: { left: 'mse', right: 'sparseCategoricalCrossentropy' },
      lossWeights: { left: 0.5, right: 2 },
      metrics: { right: ['accuracy'] },
    });
    const { history } = await net.fit({ a: x, b: second }, { left: y, right: labels }, options);
    expect(Object.keys(history).sort()).toEqual(['left_loss', 'loss', 'right_accuracy', 'right_loss']);
    for (const [i, loss] of (history.loss ?? []).entries())
      expect(loss).toBeCloseTo(0.5 * (history.left_loss?.[i] ?? 0) + 2 * (history.right_loss?.[i] ?? 0), 5);
    using twin = build();
    twin.compile({
      optimizer: 'adam',
      loss: ['mse', 'sparseCategoricalCrossentropy'],
      lossWeights: [0.5, 2],
      metrics: [[], ['accuracy']],
    });
    await twin.fit([x, second], [y, labels], options);
    expect(await twin.digest()).toBe(await net.digest());
    const { left, right } = await net.predict([x, second]);
    expect([left.shape, right.shape]).toEqual([
      [20, 2],
      [20, 3],
    ]);
    expect(await net.evaluate([x, second], [y, labels])).toEqual(await twin.evaluate([x, second], [y, labels]));
  });

  test('are saved and loaded, and go on to the last bit', async () => {
    using net = build();
    const compiled = { optimizer: 'adam', loss: { left: 'mse', right: 'sparseCategoricalCrossentropy' } } as const;
    net.compile(compiled);
    await net.fit([x, second], [y, labels], options);
    using twin = await loadModel<Functional>(await net.save());
    expect(await twin.digest()).toBe(await net.digest());
    for (const one of [net, twin]) await one.fit([x, second], [y, labels], { ...options, initialEpoch: 3, epochs: 5 });
    expect(await twin.digest()).toBe(await net.digest());
    expect(twin.toConfig()).toEqual(net.toConfig());
  });

  describe('that share a layer with a model within', () => {
    const x = () => input({ shape: [2] });
    const relu = () => layers.activation({ activation: 'relu' });
    /** What shares a layer of two units, and how many weights that makes. */
    const kinds: Record<string, () => Functional> = {
      'and call it themselves'() {
        const dense = layers.dense({ units: 2 });
        const [a, b] = [x(), x()];
        const within = model({ inputs: a, outputs: dense.apply(a), name: 'within' });
        return model({ inputs: b, outputs: layers.add().apply([within.apply(b), dense.apply(b)]) });
      },
      'and with another one'() {
        const dense = layers.dense({ units: 2 });
        const [a, b, c] = [x(), x(), x()];
        const one = model({ inputs: a, outputs: dense.apply(a), name: 'one' });
        const two = model({ inputs: b, outputs: relu().apply(dense.apply(b)), name: 'two' });
        return model({ inputs: c, outputs: layers.add().apply([one.apply(c), two.apply(c)]) });
      },
      'of which one is within the other'() {
        const encoder = sequential([layers.dense({ units: 2, inputShape: [2] }), relu()], { name: 'encoder' });
        const [a, b] = [x(), x()];
        const one = model({ inputs: a, outputs: encoder.apply(a), name: 'one' });
        return model({ inputs: b, outputs: layers.add().apply([one.apply(b), encoder.apply(b)]) });
      },
    };
    test.each(Object.keys(kinds))('%s: they count it once, and share it again when they are loaded', async (kind) => {
      using net = (kinds[kind] as () => Functional)();
      expect([net.weights.length, net.countParams()]).toEqual([2, 6]);
      const [data, y] = [floats([8, 2], 1), floats([8, 2], 2)];
      net.compile({ optimizer: 'adam', loss: 'mse' });
      await net.fit(data, y, { epochs: 2 });
      const bytes = await net.save();
      using twin = await loadModel<Functional>(bytes);
      expect(twin.toConfig()).toEqual(net.toConfig());
      expect(Buffer.compare(await twin.save(), bytes)).toBe(0);
      for (const one of [net, twin]) await one.fit(data, y, { initialEpoch: 2, epochs: 4 });
      expect(await twin.digest()).toBe(await net.digest());
      expect(twin.weights.length).toBe(2);
      using again = configs.modelFrom<Functional>(twin.toConfig());
      expect(again.weights.map(({ name }) => name)).toEqual(net.weights.map(({ name }) => name));
    });
  });

  test('freezing a model within one that was loaded is saved', async () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const within = model({ inputs: a, outputs: layers.dense({ units: 2 }).apply(a), name: 'within' });
    using net = model({ inputs: b, outputs: within.apply(b) });
    using loaded = await loadModel<Functional>(await net.save());
    loaded.getLayer('within').trainable = false;
    using again = await loadModel<Functional>(await loaded.save());
    expect(again.getLayer('within').trainable).toBe(false);
  });

  test('of two inputs of one name are refused', () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [2], name: 'a' })];
    expect(() => model({ inputs: [a, b], outputs: layers.add().apply([a, b]) })).toThrow(/two inputs are named 'a'/);
  });

  test('that call models within so often that no memory would do are refused, also in a description', () => {
    const depth = (levels: number): object => ({
      className: 'functional',
      config: {
        name: `model ${levels}`,
        seed: 0,
        layers:
          levels === 0
            ? [{ className: 'dense', config: { units: 2 } }]
            : [{ className: 'model', config: { model: depth(levels - 1) } }],
        inputs: [{ name: 'x', shape: [2] }],
        calls: [0, 1].map((value) => ({ layer: 0, inputs: [value] })),
        outputs: 2,
      },
    });
    expect(() => configs.modelFrom(depth(40))).toThrow(/models within.*at most \d+ times/);
    using net = configs.modelFrom<Functional>(depth(4));
    expect(net.countParams()).toBe(6);
  });

  test('give the same bits on any number of threads', async () => {
    const digests = [];
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using net = build(3, runtime);
      net.compile({ optimizer: 'sgd', loss: { left: 'mse', right: 'sparseCategoricalCrossentropy' } });
      await net.fit([x, second], [y, labels], options);
      digests.push(await net.digest());
    }
    expect(new Set(digests).size).toBe(1);
  });

  test('the gradient of a shared layer is the sum over its calls', async () => {
    using net = build();
    net.compile({ optimizer: 'sgd', loss: { left: 'mse', right: 'sparseCategoricalCrossentropy' } });
    const gradient = async (loss: { left?: 'mse'; right?: 'sparseCategoricalCrossentropy' }) => {
      using one = build();
      one.trainable = false;
      one.getLayer('shared').trainable = true;
      one.compile({ optimizer: 'sgd', loss });
      await one.fit(
        [x, second],
        { ...(loss.left && { left: y }), ...(loss.right && { right: labels }) },
        { batchSize: 20 },
      );
      return Array.from(one.gradients.find(({ name }) => name === 'shared/kernel')?.tensor.data ?? []);
    };
    const both = await gradient({ left: 'mse', right: 'sparseCategoricalCrossentropy' });
    const [left, right] = [await gradient({ left: 'mse' }), await gradient({ right: 'sparseCategoricalCrossentropy' })];
    for (const [i, value] of both.entries()) expect(value).toBeCloseTo((left[i] ?? 0) + (right[i] ?? 0), 6);
  });
});

describe('models within models', () => {
  const parts = () => {
    const encoder = sequential(
      [layers.dense({ units: 3, activation: 'tanh', inputShape: [6] }), layers.dense({ units: 2 })],
      { name: 'encoder', seed: 1 },
    );
    const code = input({ shape: [2] });
    const decoder = model({ inputs: code, outputs: layers.dense({ units: 6 }).apply(code), name: 'decoder', seed: 2 });
    const from = input({ shape: [6] });
    const autoencoder = model({ inputs: from, outputs: decoder.apply(encoder.apply(from)), name: 'autoencoder' });
    return { encoder, decoder, autoencoder };
  };

  test('share their weights, which the last one frees', async () => {
    using runtime = createRuntime();
    void runtime;
    const { encoder, decoder, autoencoder } = parts();
    expect(autoencoder.layers.map(({ name }) => name)).toEqual(['encoder', 'decoder']);
    expect(autoencoder.weights.map(({ name }) => name)).toEqual([
      'encoder/dense/kernel',
      'encoder/dense/bias',
      'encoder/dense_1/kernel',
      'encoder/dense_1/bias',
      'decoder/dense/kernel',
      'decoder/dense/bias',
    ]);
    const before = await encoder.digest();
    autoencoder.compile({ optimizer: 'adam', loss: 'mse' });
    await autoencoder.fit(x, x, options);
    expect(await encoder.digest()).not.toBe(before);
    const code = await encoder.predict(x);
    const through = await decoder.predict(code);
    expect((await autoencoder.predict(x)).data).toEqual(through.data);
    encoder.dispose();
    decoder.dispose();
    expect((await autoencoder.predict(x)).data).toEqual(through.data);
    autoencoder.dispose();
  });

  test('can be frozen as a whole', async () => {
    const { encoder, decoder, autoencoder } = parts();
    encoder.trainable = false;
    autoencoder.compile({ optimizer: 'adam', loss: 'mse' });
    const before = [await encoder.digest(), await decoder.digest()];
    await autoencoder.fit(x, x, options);
    expect(await encoder.digest()).toBe(before[0]);
    expect(await decoder.digest()).not.toBe(before[1]);
    using twin = await loadModel<Functional>(await autoencoder.save());
    expect(await twin.digest()).toBe(await autoencoder.digest());
    for (const one of [twin, autoencoder]) await one.fit(x, x, { ...options, initialEpoch: 3, epochs: 4 });
    expect(await twin.digest()).toBe(await autoencoder.digest());
    for (const one of [encoder, decoder, autoencoder]) one.dispose();
  });
});

describe('wrong graphs are refused, and nothing is allocated', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'an input that is not given',
      () => {
        const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [2], name: 'b' })];
        void a;
        return model({ inputs: a, outputs: layers.dense({ units: 1 }).apply(b) });
      },
      /input b/,
    ],
    [
      'an input that nothing depends on',
      () => {
        const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
        return model({ inputs: [a, b], outputs: layers.dense({ units: 1 }).apply(a) });
      },
      /inputs\[1\]/,
    ],
    [
      'an inner value as an input',
      () => {
        const a = layers.dense({ units: 3 }).apply(input({ shape: [2] }));
        return model({ inputs: a, outputs: layers.dense({ units: 1 }).apply(a) });
      },
      /inputs\[0\]/,
    ],
    [
      'shapes that do not fit',
      () => {
        const layer = layers.dense({ units: 3 });
        layer.apply(input({ shape: [2] }));
        return layer.apply(input({ shape: [4] }));
      },
      /expected .*2.*got.*4/,
    ],
    [
      'two layers of one name',
      () => {
        const a = input({ shape: [2] });
        const b = layers.dense({ units: 2, name: 'same' }).apply(a);
        return model({ inputs: a, outputs: layers.dense({ units: 2, name: 'same' }).apply(b) });
      },
      /same/,
    ],
    ['ops in place of a layer', () => ops.relu(input({ shape: [2] }) as never), /layers\.lambda.*ops\.relu/],
    ['a number', () => layers.dense({ units: 1 }).apply(3 as never), /symbolic tensor/],
    ['no outputs', () => model({ inputs: input({ shape: [2] }), outputs: [] }), /outputs/],
  ])('%s', (_, call, expected) => {
    using runtime = createRuntime();
    const { used } = runtime.memory;
    expect(errorOf(call)).toMatch(expected);
    expect(runtime.memory.used).toBe(used);
  });

  test('a layer of a model of another runtime', () => {
    using one = createRuntime();
    using other = createRuntime();
    const from = input({ shape: [2] });
    const outputs = layers.dense({ units: 1 }).apply(from);
    using net = model({ inputs: from, outputs, runtime: one });
    expect(errorOf(() => model({ inputs: from, outputs, runtime: other }))).toMatch(/dense .*another runtime/);
    expect(net.built).toBe(true);
  });

  test('weights that lead to no output with a loss, unless they are frozen', () => {
    const from = input({ shape: [2] });
    const shared = layers.dense({ units: 3, name: 'shared' }).apply(from);
    const idle = layers.dense({ units: 1, name: 'idle' });
    const outputs = { a: layers.dense({ units: 1, name: 'last' }).apply(shared), b: idle.apply(shared) };
    using net = model({ inputs: from, outputs });
    expect(errorOf(() => net.compile({ loss: { a: 'mse' } }))).toMatch(/no loss .*idle.*trainable/);
    expect(net.optimizer).toBeUndefined();
    idle.trainable = false;
    net.compile({ loss: { a: 'mse' } });
    idle.trainable = true;
    net.compile({ loss: { a: 'mse', b: 'mse' } });
  });

  test('data of another form than the inputs', async () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [2], name: 'b' })];
    const shared = layers.dense({ units: 1 });
    using net = model({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] });
    const ok = floats([4, 2], 1);
    await expect(net.predict(ok)).rejects.toThrow(/2 arrays.*a, b/);
    await expect(net.predict({ a: ok } as never)).rejects.toThrow(/no b/);
    await expect(net.predict([ok, floats([5, 2], 1)])).rejects.toThrow(/4 samples.*5/);
    await expect(net.predict([ok, floats([4, 3], 1)])).rejects.toThrow(/input b.*2.*3/);
  });
});
