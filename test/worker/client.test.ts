import { beforeAll, describe, expect, test } from 'vitest';
import { layers, loadModel, losses, type Sequential, sequential, tensor } from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { floats, labels } from '../helpers.ts';
import { compiled, compileOptions, connected, stack, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
});

const here = (seed = 3): Sequential => {
  const model = sequential(stack(), { seed });
  model.compile(compileOptions());
  return model;
};

describe('a model in a worker', () => {
  test('is the same model, to the last bit', async () => {
    const [remote, direct] = [await compiled(client), here()];
    const options = { epochs: 3, batchSize: 7, validationSplit: 0.25, classWeight: { 1: 2 } };
    const { history, epoch, params } = await remote.fit(x, y, options);
    const expected = await direct.fit(x, y, options);
    expect(history).toEqual(expected.history);
    expect([epoch, params]).toEqual([expected.epoch, expected.params]);
    expect(await remote.digest()).toBe(await direct.digest());
    expect(await remote.predict(x)).toEqual(await direct.predict(x));
    expect(await remote.layerOutputs(x, { layers: ['dense'] })).toEqual(
      await direct.layerOutputs(x, { layers: ['dense'] }),
    );
    expect(await remote.evaluate(x, y, { batchSize: 50 })).toEqual(await direct.evaluate(x, y, { batchSize: 50 }));
    expect(await remote.getWeights()).toEqual(direct.getWeights());
    expect(await remote.toConfig()).toEqual(direct.toConfig());
    expect(await remote.summary()).toBe(direct.summary());
    expect(await remote.countParams()).toBe(direct.countParams());
    const other = await compiled(client, 4);
    expect(await other.digest()).not.toBe(await remote.digest());
    await other.setWeights(await remote.getWeights());
    expect(await other.digest()).toBe(await remote.digest());
    for (const model of [remote, other, direct]) model.dispose();
  });

  test('takes layers, descriptions, names, losses as metrics, and leaves what it was given free for others', async () => {
    const own = stack();
    const optimizer = compileOptions().optimizer;
    const options = { optimizer, loss: losses.sparseCategoricalCrossentropy(), metrics: ['accuracy' as const] };
    const models = [
      await client.sequential(own, { seed: 3 }),
      await client.sequential(
        own.map((l) => l.toConfig()),
        { seed: 3 },
      ),
    ];
    for (const model of models) await model.compile(options);
    const digests = await Promise.all(
      models.map(async (model) => {
        await model.fit(x, y, { epochs: 2 });
        return model.digest();
      }),
    );
    const direct = sequential(own, { seed: 3 });
    direct.compile(options);
    await direct.fit(x, y, { epochs: 2 });
    expect(digests).toEqual([await direct.digest(), await direct.digest()]);
    const loose = await client.sequential([layers.dense({ units: 1 })]);
    await loose.compile({ loss: 'mse', metrics: ['mae', losses.huber({ delta: 2 })] });
    expect((await loose.toConfig()).compile?.optimizer.className).toBe('rmsprop');
    await loose.build([2]);
    expect(Object.keys(await loose.evaluate([[1, 2]], [[1]]))).toEqual(['mae', 'huber', 'loss']);
    for (const model of [...models, loose, direct]) model.dispose();
  });

  test('is saved and loaded, and goes on as if nothing had happened', async () => {
    const model = await compiled(client);
    await model.fit(x, y, { epochs: 2 });
    const bytes = await model.save();
    const other = await connected();
    const [twin, direct] = [await other.load(bytes), await loadModel(bytes)];
    await model.fit(x, y, { epochs: 4, initialEpoch: 2 });
    await twin.fit(x, y, { epochs: 4, initialEpoch: twin.epoch });
    await direct.fit(x, y, { epochs: 4, initialEpoch: 2 });
    expect([model.epoch, twin.epoch]).toEqual([4, 4]);
    expect(await twin.digest()).toBe(await model.digest());
    expect(await direct.digest()).toBe(await model.digest());
    expect((await model.save({ includeOptimizer: false })).length).toBeLessThan(bytes.length);
    await expect(other.load(bytes.subarray(0, 100))).rejects.toThrow();
    await expect(other.load(bytes.slice(), { transfer: true })).resolves.toBeDefined();
    expect(bytes.length).toBeGreaterThan(0);
    model.dispose();
    direct.dispose();
  });

  test('tells its progress and the ends of its epochs', async () => {
    const model = await compiled(client);
    const told: string[] = [];
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 10,
      validationData: [x, y],
      onEpochBegin: (epoch) => told.push(`begin ${epoch}`),
      onEpochEnd: (epoch, logs) => told.push(`end ${epoch} ${Object.keys(logs).sort()}`),
      onProgress: ({ phase, epoch, epochs, step, steps, rows }) =>
        told.push(`${phase} ${epoch}/${epochs} ${step}/${steps} ${rows}`),
    });
    expect(told).toEqual(
      [0, 1].flatMap((epoch) => [
        `begin ${epoch}`,
        `train ${epoch}/2 10/10 96`,
        `validate ${epoch}/2 10/10 96`,
        `end ${epoch} accuracy,loss,val_accuracy,val_loss`,
      ]),
    );
    model.dispose();
  });

  test('ends with what a function of the caller throws', async () => {
    const model = await compiled(client);
    const mistake = new Error('of the page');
    const fit = model.fit(x, y, {
      epochs: 1e6,
      onEpochEnd() {
        throw mistake;
      },
    });
    await expect(fit).rejects.toBe(mistake);
    await model.fit(x, y);
    model.dispose();
  });

  test('is aborted by a signal, with its reason, and can be trained again', async () => {
    const model = await compiled(client);
    const controller = new AbortController();
    const reason = new Error('enough');
    const fit = model.fit(x, y, { epochs: 1e6, signal: controller.signal, onEpochEnd: () => controller.abort(reason) });
    await expect(fit).rejects.toBe(reason);
    await expect(model.fit(x, y, { signal: controller.signal })).rejects.toBe(reason);
    await expect(model.predict(x, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    const { epoch } = await model.fit(x, y);
    expect(epoch).toEqual([0]);
    model.dispose();
  });

  test('is stopped, and gives what it has', async () => {
    const model = await compiled(client);
    const { epoch } = await model.fit(x, y, { epochs: 1e6, onEpochEnd: () => void model.stop() });
    expect(epoch.length).toBeGreaterThan(0);
    expect(epoch.length).toBeLessThan(1e6);
    model.dispose();
  });

  test('trains beside others', async () => {
    const models = await Promise.all([3, 4, 5].map((seed) => compiled(client, seed)));
    await Promise.all(models.map((model) => model.fit(x, y, { epochs: 3 })));
    const expected = await Promise.all(
      [3, 4, 5].map(async (seed) => {
        using model = here(seed);
        await model.fit(x, y, { epochs: 3 });
        return model.digest();
      }),
    );
    expect(await Promise.all(models.map((model) => model.digest()))).toEqual(expected);
    for (const model of models) model.dispose();
  });
});

describe('bad input comes back as what is thrown here', () => {
  test.each<[string, (client: Client) => Promise<unknown>, string, RegExp]>([
    [
      'a layer',
      (c) => c.sequential([{ className: 'dense', config: { units: 0 } }]),
      'RangeError',
      /^units must be an integer at least 1, got 0/,
    ],
    [
      'layers that do not fit',
      (c) => c.sequential([layers.flatten({ inputShape: [4] }), layers.reshape({ targetShape: [3] })]),
      'RangeError',
      /cannot make \[3\]/,
    ],
    ['no list of layers', (c) => c.sequential(layers.flatten() as never), 'TypeError', /takes an array of layers/],
    [
      'an unknown option',
      (c) => c.sequential([], { seeed: 3 } as object),
      'RangeError',
      /unknown option of sequential 'seeed'/,
    ],
    [
      'an unknown loss',
      async (c) => (await compiled(c)).compile({ loss: 'mze' as 'mse' }),
      'RangeError',
      /did you mean 'mse'/,
    ],
    [
      'another shape',
      async (c) => (await compiled(c)).fit(floats([9, 6], 1), labels(9, 3, 1)),
      'RangeError',
      /dense: expected input \[\.\., 5\], got \[\.\., 6\]/,
    ],
    [
      'a wrong label',
      async (c) => (await compiled(c)).fit(x, { data: new Uint8Array(96).fill(3), shape: [96] }),
      'RangeError',
      /y\[0\] is 3/,
    ],
    [
      'callbacks',
      async (c) => (await compiled(c)).fit(x, y, { callbacks: [] } as object),
      'TypeError',
      /cannot be sent to a worker/,
    ],
    [
      'an unknown option of fit',
      async (c) => (await compiled(c)).fit(x, y, { epoch: 3 } as object),
      'RangeError',
      /unknown option of fit 'epoch'/,
    ],
    [
      'a function among the options',
      async (c) => (await compiled(c)).fit(x, y, { shuffle: (() => true) as never }),
      'DataCloneError',
      /./,
    ],
    [
      'a shape that does not fit the data',
      async (c) => c.data({ data: new Float32Array(3), shape: [2, 2] }),
      'RangeError',
      /shape \[2,2\] has 4 elements, data has 3/,
    ],
    [
      'data of another kind',
      async (c) => c.data({ data: new Float64Array(4) as never, shape: [4] }),
      'TypeError',
      /must be a Float32Array/,
    ],
    [
      'a negative size',
      async (c) => c.data({ data: new Float32Array(4), shape: [-2, -2] }),
      'RangeError',
      /at least 0/,
    ],
    [
      'no validation targets',
      async (c) => (await compiled(c)).fit(x, y, { validationData: [x] as never }),
      'TypeError',
      /validationData must be/,
    ],
    ['not compiled', async (c) => (await c.sequential(stack())).fit(x, y), 'Error', /must be compiled first/],
    [
      'an unknown layer to look at',
      async (c) => (await compiled(c)).layerOutputs(x, { layers: ['x'] }),
      'RangeError',
      /unknown layer 'x'/,
    ],
  ])('%s', async (_name, run, name, message) => {
    const error: unknown = await run(client).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
    if (name !== 'DataCloneError') expect(error?.constructor.name).toBe(name);
  });

  test('after dispose', async () => {
    const model = await compiled(client);
    model.dispose();
    model.dispose();
    await expect(model.digest()).rejects.toThrow('sequential has been disposed of');
    await expect(model.fit(x, y)).rejects.toThrow('sequential has been disposed of');
  });

  test('a second training of a model that is being trained', async () => {
    const model = await compiled(client);
    const fit = model.fit(x, y, { epochs: 1e6 });
    await expect(model.fit(x, y)).rejects.toThrow(/is being trained already/);
    model.dispose();
    await expect(fit).rejects.toThrow(/has been disposed of/);
  });

  test('a runtime that cannot be', async () => {
    await expect(connected({ threads: -1 })).rejects.toThrow(/^threads must be an integer from 1 to 64/);
    await expect(connected({ thread: 2 } as object)).rejects.toThrow(/unknown option of createRuntime 'thread'/);
  });
});

describe('data', () => {
  test('is placed once and used by several models, whole or in part, and freed when nobody uses it', async () => {
    const { used } = await client.memory();
    const [xs, ys] = [await client.data(x), await client.data(y)];
    const [a, b] = [await compiled(client), await compiled(client)];
    const fits = [
      a.fit(xs, ys, { epochs: 20 }),
      b.fit(xs.first(40), ys.first(40), { epochs: 20, validationData: [xs, ys] }),
    ];
    await Promise.all([a.pause(), b.pause()]);
    xs.dispose();
    ys.first(3).dispose();
    await Promise.all([a.resume(), b.resume()]);
    const [whole, part] = await Promise.all(fits);
    using direct = here();
    expect((await direct.fit(x, y, { epochs: 20 })).history).toEqual(whole?.history);
    using fewer = here();
    const few = { data: x.data.subarray(0, 200), shape: [40, 5] };
    const expected = await fewer.fit(
      few,
      { data: y.data.subarray(0, 40), shape: [40] },
      { epochs: 20, validationData: [x, y] },
    );
    expect(expected.history).toEqual(part?.history);
    await expect(a.predict(xs)).rejects.toThrow('the data has been disposed of');
    a.dispose();
    b.dispose();
    expect((await client.memory()).used).toBe(used);
  });

  test('of a call alone goes with the call, also when it fails', async () => {
    const model = await compiled(client);
    await model.fit(x, y);
    const { used } = await client.memory();
    await model.fit(x, y, { validationData: [x, y] });
    await expect(model.fit(x, labels(95, 3, 1))).rejects.toThrow(/96 samples, y has 95/);
    await expect(model.fit(x, { data: new Float32Array(3), shape: [4] })).rejects.toThrow(/has 4 elements/);
    expect((await client.memory()).used).toBe(used);
    model.dispose();
  });

  test('is left alone unless it is to be transferred', async () => {
    const model = await compiled(client);
    const owned = { data: x.data.slice(), shape: x.shape };
    const before = await model.predict(owned);
    expect(owned.data.length).toBe(x.data.length);
    expect(await model.predict(owned, { transfer: true })).toEqual(before);
    expect(owned.data.length).toBe(0);
    model.dispose();
  });

  test('that is shared, or a part of something larger, is not cloned with all that surrounds it', async () => {
    const model = await compiled(client);
    const expected = await model.predict({ data: x.data.subarray(10, 20), shape: [2, 5] });
    const shared = new Float32Array(new SharedArrayBuffer(4 * 10));
    shared.set(x.data.subarray(10, 20));
    expect(await model.predict({ data: shared, shape: [2, 5] })).toEqual(expected);
    using own = tensor([2, 5], x.data.subarray(10, 20));
    expect(await model.predict(own)).toEqual(expected);
    model.dispose();
  });

  test('goes in pieces, and keeps its divisor', async () => {
    const data = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => (i * 2654435761) >>> 24);
    const rows = data.length / 1024;
    const images = await client.data({ data, shape: [rows, 1024], divisor: 255 });
    const model = await client.sequential([layers.dense({ units: 1, inputShape: [1024], kernelInitializer: 'ones' })]);
    using direct = sequential([layers.dense({ units: 1, inputShape: [1024], kernelInitializer: 'ones' })]);
    expect(await model.predict(images)).toEqual(await direct.predict({ data, shape: [rows, 1024], divisor: 255 }));
    images.dispose();
    model.dispose();
  });

  test('stays with the client that placed it', async () => {
    const other = await connected();
    const [model, foreign] = [await compiled(client), await other.data(x)];
    await expect(model.predict(foreign)).rejects.toThrow(/another client/);
    expect(() => foreign.first(97)).toThrow(/from 0 to 96, got 97/);
    expect(foreign.first(3).shape).toEqual([3, 5]);
    model.dispose();
  });
});

test('threads do not change a bit', async () => {
  const two = await connected({ threads: 2 });
  expect([two.threads, two.simd]).toEqual([2, 'strict']);
  const model = await compiled(two);
  await model.fit(x, y, { epochs: 2 });
  using direct = here();
  await direct.fit(x, y, { epochs: 2 });
  expect(await model.digest()).toBe(await direct.digest());
});
