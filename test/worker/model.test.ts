/** Models in a worker mean what models here do. */
import { beforeAll, describe, expect, test } from 'vitest';
import { layers, loadModel, losses, metrics, sequential, supportsRelaxedSimd } from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { compiled, compileOptions, connected, here, stack, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
});

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
    const doubles = { ...x, data: Float64Array.from(x.data) };
    expect(await remote.predict(doubles)).toEqual(await direct.predict(x));
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

  test('measures what it measures here', async () => {
    const remote = await client.sequential(stack(), { seed: 3 });
    const direct = sequential(stack(), { seed: 3 });
    const options = {
      ...compileOptions(),
      metrics: [metrics.sparseTopKCategoricalAccuracy({ k: 2 })],
      weightedMetrics: [metrics.sparseCategoricalCrossentropy({ name: 'weighted' }), 'accuracy'] as const,
    };
    await remote.compile(options);
    direct.compile({ ...options, optimizer: compileOptions().optimizer });
    const run = { epochs: 2, validationSplit: 0.25, classWeight: { 1: 2 } };
    expect((await remote.fit(x, y, run)).history).toEqual((await direct.fit(x, y, run)).history);
    for (const model of [remote, direct]) model.dispose();
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
    expect(Object.keys(await loose.evaluate([[1, 2]], [[1]])).sort()).toEqual(['huber_loss', 'loss', 'mae']);
    for (const model of [...models, loose, direct]) model.dispose();
  });

  test('is saved and loaded, and goes on as if nothing had happened', async () => {
    const model = await compiled(client);
    await model.fit(x, y, { epochs: 2 });
    const bytes = await model.save();
    const other = await connected();
    const [twin, direct] = [await other.loadModel(bytes), await loadModel(bytes)];
    await model.fit(x, y, { epochs: 4, initialEpoch: 2 });
    await twin.fit(x, y, { epochs: 4, initialEpoch: twin.epoch });
    await direct.fit(x, y, { epochs: 4, initialEpoch: 2 });
    expect([model.epoch, twin.epoch]).toEqual([4, 4]);
    expect(await twin.digest()).toBe(await model.digest());
    expect(await direct.digest()).toBe(await model.digest());
    expect((await model.save({ includeOptimizer: false })).length).toBeLessThan(bytes.length);
    await expect(other.loadModel(bytes.subarray(0, 100))).rejects.toThrow();
    await expect(other.loadModel(bytes.slice(), { transfer: true })).resolves.toBeDefined();
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
    // also where the training is over before the worker hears of it
    const late = model.fit(x, y, {
      epochs: 2,
      onEpochEnd(epoch) {
        if (epoch === 1) throw mistake;
      },
    });
    await expect(late).rejects.toBe(mistake);
    const misspelt = { epochs: 1, onEpochEndd() {} };
    await expect(model.fit(x, y, misspelt)).rejects.toThrow("unknown option of fit 'onEpochEndd'; its functions are");
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

test('threads do not change a bit', async () => {
  const two = await connected({ threads: 2 });
  expect([two.threads, two.simd]).toEqual([2, 'strict']);
  const model = await compiled(two);
  await model.fit(x, y, { epochs: 2 });
  using direct = here();
  await direct.fit(x, y, { epochs: 2 });
  expect(await model.digest()).toBe(await direct.digest());
});

test('relaxed SIMD is there where the engine has it', async () => {
  const relaxed = connected({ simd: 'relaxed' });
  if (supportsRelaxedSimd()) expect((await relaxed).simd).toBe('relaxed');
  else await expect(relaxed).rejects.toThrow(/which this engine refuses/);
});
