/** simdescent/predict: the bits of the whole library, for whatever it has saved, and errors for everything else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  configs,
  createRuntime,
  type Functional,
  input,
  layers,
  model,
  ops,
  type Sequential,
  sequential,
} from '../../src/index.ts';
import { loadModel, type Prediction } from '../../src/predict/index.ts';
import { randomModel } from '../convert/models.ts';
import { errorOf, floats } from '../helpers.ts';
import golden from '../reference/layer_cases.json' with { type: 'json' };

/** What the whole library and the small one predict, as lists of bits. */
async function both(net: Sequential | Functional, x: object, options: { batchSize?: number } = {}) {
  const listed = (all: unknown): readonly Prediction[] =>
    Array.isArray(all) ? all : Object.hasOwn(Object(all), 'data') ? [all as Prediction] : Object.values(Object(all));
  const bits = (all: unknown) =>
    listed(all).map(({ data, shape }) => ({
      shape,
      bits: [...new Uint32Array(data.buffer, data.byteOffset, data.length)],
    }));
  using small = await loadModel<unknown>(await net.save());
  return [bits(await net.predict(x as never)), bits(await small.predict(x as never, options))];
}

describe('predictions have the bits of the whole library', () => {
  const activations = [
    'linear',
    'relu',
    'leakyRelu',
    'elu',
    'selu',
    'gelu',
    'sigmoid',
    'tanh',
    'softplus',
    'softmax',
    'softsign',
    'silu',
  ];
  test('of 120 random models of dense, convolution, pooling, normalization and other layers', async () => {
    for (let seed = 0; seed < 120; seed++) {
      const { model: net, x, shape } = randomModel(seed, { activations, grouped: true, causal: true });
      const [whole, small] = await both(net, { data: x, shape }, { batchSize: 1 + (seed % 3) });
      expect(small, `seed ${seed}`).toEqual(whole);
      net.dispose();
    }
  });

  test('of every layer that is compared with Keras', async () => {
    for (const { kind, options, shape, x } of golden.cases) {
      const layer = configs.layerFrom({ className: kind, config: options });
      const net = sequential([layer]);
      net.build(shape.slice(1));
      const [whole, small] = await both(net, { data: x, shape });
      expect(small, `${kind} ${JSON.stringify(options)}`).toEqual(whole);
      net.dispose();
    }
  });

  test('of bytes with a divisor, in batches of any size', async () => {
    const net = sequential(
      [
        layers.dense({ units: 5, activation: 'relu', inputShape: [7] }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
      { seed: 3 },
    );
    const bytes = { data: Uint8Array.from({ length: 70 }, (_, i) => (i * 37) % 256), shape: [10, 7], divisor: 255 };
    for (const batchSize of [1, 3, 10, 32]) {
      const [whole, small] = await both(net, bytes, { batchSize });
      expect(small).toEqual(whole);
    }
    net.dispose();
  });

  test('of functions and layers of a user, which it has not', async () => {
    const net = sequential([
      layers.lambda((x) => ops.multiply(ops.softmax(ops.matmul(x, ops.transpose(x, { axes: [0, 2, 1] }))), 3), {
        inputShape: [4, 2],
      } as never),
      layers.lambda((x) => ops.add(ops.sin(x), ops.cumsum(x, { axis: 1 }))),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ]);
    const [whole, small] = await both(net, floats([6, 4, 2], 5));
    expect(small).toEqual(whole);
    net.dispose();
  });

  test('of models within models, with shared layers, several inputs and outputs by name', async () => {
    const encoder = sequential([layers.dense({ units: 3, activation: 'tanh', inputShape: [2] })], { name: 'encoder' });
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [2], name: 'b' })];
    const joined = layers.concatenate().apply([encoder.apply(a), encoder.apply(b), a]);
    const net = model({
      inputs: { a, b } as never,
      outputs: { sum: layers.dense({ units: 1 }).apply(joined), same: a },
      seed: 2,
    });
    const x = { a: floats([5, 2], 1), b: floats([5, 2], 2) };
    const [whole, small] = await both(net as never, x);
    expect(small).toEqual(whole);
    using loaded = await loadModel<Record<string, Prediction>>(await net.save());
    expect([loaded.inputNames, loaded.outputNames]).toEqual([
      ['a', 'b'],
      ['sum', 'same'],
    ]);
    expect(Object.keys(await loaded.predict(x))).toEqual(['sum', 'same']);
    net.dispose();
    encoder.dispose();
  });

  test('after training with an optimizer, whose slots it leaves out', async () => {
    const net = sequential([
      layers.batchNormalization({ inputShape: [3] }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 2 }),
    ]);
    net.compile({ optimizer: 'adam', loss: 'mse' });
    await net.fit(floats([20, 3], 1), floats([20, 2], 2), { epochs: 3 });
    const [whole, small] = await both(net, floats([4, 3], 3));
    expect(small).toEqual(whole);
    net.dispose();
  });
});

describe('a loaded model', () => {
  const saved = async () => {
    using net = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
    net.metadata.set('classes', 'cat,dog');
    return net.save({ includeOptimizer: false });
  };

  test('has names, strings of the user, and answers at once', async () => {
    using net = await loadModel(await saved());
    expect(net.metadata).toEqual(new Map([['classes', 'cat,dog']]));
    expect(String(net)).toBe('PredictionModel from [.., 3] to [.., 2]');
    const x = [[1, 2, 3]];
    expect(net.predictOnBatch(x)).toEqual(await net.predict(x));
  });

  test('comes from an address, with progress', async () => {
    const file = await saved();
    const server = createServer((_, response) => response.end(file)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    let received = 0;
    const { port } = server.address() as AddressInfo;
    using net = await loadModel(`http://127.0.0.1:${port}/model`, { onProgress: (now) => (received = now.received) });
    server.close();
    expect([received, net.outputNames]).toEqual([file.length, ['dense']]);
  });

  test('grows for larger batches and gives the memory of the runtime to nobody', async () => {
    using runtime = createRuntime({ threads: 1 });
    const net = sequential([layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [12, 12, 1] }), layers.flatten()], {
      runtime,
    });
    const before = runtime.memory.used;
    const file = await net.save();
    expect(runtime.memory.used).toBe(before);
    using small = await loadModel(file);
    const x = floats([300, 12, 12, 1], 4);
    const whole = (await net.predict(x)).data;
    expect(small.predictOnBatch({ data: x.data.subarray(0, 144), shape: [1, 12, 12, 1] }).data).toEqual(
      whole.subarray(0, 400),
    );
    expect(small.predictOnBatch(x).data).toEqual(whole);
  });

  test('refuses samples that do not fit, and anything once it is disposed of', async () => {
    const net = await loadModel(await saved());
    expect((await errorOf(() => net.predict([[1, 2]]))).message).toMatch(/expected samples \[\.\., 3\], got \[1, 2\]/);
    expect((await errorOf(() => net.predict([1, 2, 3]))).message).toMatch(/one sample/);
    expect(await errorOf(() => net.predict([], {}))).toBeInstanceOf(RangeError);
    // @ts-expect-error: texts are no numbers
    expect(await errorOf(() => net.predict([['a', 'b', 'c']]))).toBeInstanceOf(TypeError);
    // @ts-expect-error: no such option
    expect((await errorOf(() => net.predict([[1, 2, 3]], { batchsize: 1 }))).message).toContain('batchSize');
    const signal = AbortSignal.abort(new Error('enough'));
    expect((await errorOf(() => net.predict([[1, 2, 3]], { signal }))).message).toBe('enough');
    net.dispose();
    net.dispose();
    expect((await errorOf(() => net.predict([[1, 2, 3]]))).message).toContain('disposed of');
  });

  test('is refused where a file does not say how to predict', async () => {
    const unbuilt = sequential([layers.dense({ units: 2 })]);
    const file = await unbuilt.save();
    expect((await errorOf(() => loadModel(file))).message).toMatch(/loadModel of simdescent and save it again/);
    expect(
      (await errorOf(() => loadModel(new TextEncoder().encode(`<!doctype html>${' '.repeat(99)}`)))).message,
    ).toContain('web page');
    expect(await errorOf(() => loadModel(new Uint8Array(5)))).toBeInstanceOf(RangeError);
    // @ts-expect-error: no source
    expect(await errorOf(() => loadModel(5))).toBeInstanceOf(TypeError);
    expect(await errorOf(() => loadModel('model.safetensors'))).toBeInstanceOf(TypeError);
  });
});

describe('a hostile file', () => {
  /** The file of a small model with another prediction. */
  async function changed(change: (forward: Record<string, never[]>) => unknown): Promise<Uint8Array> {
    using net = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
    const file = await net.save({ includeOptimizer: false });
    const length = new DataView(file.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    const forward = JSON.parse(header.__metadata__['simdescent.forward']);
    header.__metadata__['simdescent.forward'] = JSON.stringify(change(forward) ?? forward);
    const text = new TextEncoder().encode(JSON.stringify(header));
    const prefix = new Uint8Array(8);
    new DataView(prefix.buffer).setUint32(0, text.length, true);
    return Uint8Array.of(...prefix, ...text, ...file.subarray(8 + length));
  }

  test('can be written by this test as it was', async () => {
    using net = await loadModel(await changed(() => undefined));
    expect((await net.predict([[1, 2, 3]])).shape).toEqual([1, 2]);
  });

  test.each([
    ['places that are not there', (forward: never) => Object(forward).operations[0].splice(1, 1, [99])],
    ['an unknown operation', (forward: never) => Object(forward).operations[0].splice(0, 1, 999)],
    ['words that are none', (forward: never) => Object(forward).operations[0].splice(5, 1, 0.5)],
    ['too many words', (forward: never) => Object(forward).operations[0].push(...new Array(20).fill(0))],
    ['a weight that is not there', (forward: never) => Object(forward).places.unshift('nothing')],
    ['an endless buffer', (forward: never) => Object(forward).places.push({ row: 1e12, fixed: 0 })],
    ['no outputs that are a list', (forward: never) => Object.assign(forward, { outputs: 5 })],
    ['another thing', () => 5],
  ])('with %s is refused', async (_, change) => {
    const file = await changed(change as never);
    expect((await errorOf(() => loadModel(file))).constructor.name).toMatch(/^(Range|Type)Error$/);
  });

  test('with sizes beyond its memory fails when it runs, and nothing else happens', async () => {
    const file = await changed((forward) => {
      Object(forward).operations[0][5] = 2 ** 30;
    });
    using net = await loadModel(file);
    expect((await errorOf(() => net.predict([[1, 2, 3]]))).message).toMatch(/damaged/);
  });
});
