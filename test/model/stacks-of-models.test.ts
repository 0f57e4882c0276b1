/** Models as layers of a stack, as Keras takes them: an encoder and a decoder, augmentation in front of a network. */
import { describe, expect, test } from 'vitest';
import { configs, input, layers, loadModel, model, sequential } from '../../src/index.ts';
import { floats } from '../helpers.ts';

const x = floats([20, 6], 1);
const y = floats([20, 2], 2);
const options = { epochs: 2, batchSize: 8 } as const;
const compiled = { optimizer: 'adam', loss: 'mse' } as const;

const parts = (own: { readonly inputShape?: readonly number[] } = { inputShape: [6] }) =>
  [
    sequential([layers.dense({ units: 4, activation: 'relu', ...own }), layers.batchNormalization()]),
    sequential([layers.dense({ units: 2 })]),
  ] as const;

describe('models in a stack', () => {
  test('share their weights with it, and train as in a functional model', async () => {
    const [encoder, decoder] = parts();
    using stack = sequential([encoder, decoder], { seed: 3 });
    const [first, second] = parts();
    const from = input({ shape: [6] });
    using net = model({ inputs: from, outputs: second.apply(first.apply(from)), seed: 3 });
    for (const one of [stack, net]) {
      one.compile(compiled);
      await one.fit(x, y, options);
    }
    expect(await stack.digest()).toBe(await net.digest());
    expect(stack.layers.map(({ name }) => name)).toEqual(['sequential', 'sequential_1']);
    expect(stack.weights.map(({ name }) => name).at(-1)).toBe('sequential_1/dense/bias');
    expect(encoder.getWeights()).toEqual(stack.getWeights().slice(0, 6));
    expect(stack.getLayer('sequential_1/dense').outputShape).toEqual([2]);
  });

  test('show the outputs of their layers by path', async () => {
    const [encoder, decoder] = parts();
    using stack = sequential([encoder, decoder], { seed: 3 });
    const [own] = await encoder.layerOutputs(x, { layers: ['dense'] });
    const [within, whole] = await stack.layerOutputs(x, { layers: ['sequential/dense', 'sequential'] });
    expect(within).toEqual({ ...own, name: 'sequential/dense' });
    expect(whole?.data).toEqual((await encoder.predict(x)).data);
    expect((await stack.layerOutputs(x)).map(({ name }) => name)).toEqual(['sequential', 'sequential_1']);
  });

  test('are built with it where they have no inputShape', async () => {
    const [encoder, decoder] = parts({});
    using stack = sequential([layers.rescaling({ scale: 2 }), encoder, decoder], { seed: 3 });
    expect(stack.built).toBe(false);
    expect((await stack.predict(x)).shape).toEqual([20, 2]);
    expect([encoder.built, decoder.built]).toEqual([true, true]);
  });

  test('are frozen with it, and one by one', () => {
    const [encoder, decoder] = parts({});
    using stack = sequential([encoder, decoder]);
    stack.trainable = false;
    expect(decoder.trainable).toBe(false);
    decoder.trainable = true;
    expect(stack.layers.map(({ trainable }) => trainable)).toEqual([false, true]);
  });

  test('are saved with it, built or not, and trained on to the same bits', async () => {
    for (const own of [{ inputShape: [6] }, {}]) {
      using stack = sequential([...parts(own)], { seed: 3 });
      stack.compile(compiled);
      using early = await loadModel(await stack.save());
      await stack.fit(x, y, options);
      await early.fit(x, y, options);
      using late = await loadModel(await stack.save());
      for (const one of [stack, late]) await one.fit(x, y, { ...options, initialEpoch: 2, epochs: 4 });
      expect(await late.digest()).toBe(await stack.digest());
      expect(early.layers.map(({ name }) => name)).toEqual(['sequential', 'sequential_1']);
      expect(configs.modelFrom(stack.toConfig()).countParams()).toBe(stack.countParams());
    }
  });

  test('may be disposed of before it', async () => {
    const [encoder, decoder] = parts();
    using stack = sequential([encoder, decoder], { seed: 3 });
    const before = await stack.predict(x);
    encoder.dispose();
    decoder.dispose();
    expect(stack.summary()).toContain('sequential_1');
    using twin = await loadModel(await stack.save());
    expect(await twin.predict(x)).toEqual(before);
  });

  test('have one input and one output', () => {
    const from = input({ shape: [6] });
    const two = model({ inputs: from, outputs: [layers.dense({ units: 1 }).apply(from), from], name: 'two' });
    expect(() => sequential([two, layers.dense({ units: 1 })])).toThrow(/two has 1 and 2/);
    const [encoder] = parts();
    expect(() => sequential([layers.dense({ units: 3, inputShape: [2] }), encoder])).toThrow(
      /\[\.\., 6\].*\[\.\., 3\]/,
    );
  });
});

test('functional models number those within that have no name', () => {
  const from = input({ shape: [6] });
  const [encoder, decoder] = parts();
  using net = model({ inputs: from, outputs: decoder.apply(encoder.apply(from)) });
  expect(net.layers.map(({ name }) => name)).toEqual(['sequential', 'sequential_1']);
});
