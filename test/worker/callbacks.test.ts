/** The library's callbacks go to the worker and do there what they do here; functions that they were made of are called here. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltInCallback, callbacks, loadModel, optimizers, type Sequential } from '../../src/index.ts';
import type { Client, RemoteModel } from '../../src/worker/client.ts';
import { compiled, connected, here, x, y } from './connected.ts';

let client: Client;
let folder = '';
beforeAll(async () => {
  client = await connected();
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-callbacks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const OPTIONS = { epochs: 12, batchSize: 16, validationSplit: 0.25 };

/** Trains with a callback in the worker, and with one of its own here; both models, with their histories. */
async function both<T extends BuiltInCallback>(make: () => T, options = OPTIONS) {
  const sides: { model: RemoteModel | Sequential; callback: T; history: object }[] = [];
  for (const model of [await compiled(client), here()] as const) {
    const callback = make();
    const { history } = await model.fit(x, y, { ...options, callbacks: [callback] });
    sides.push({ model, callback, history });
  }
  const [remote, direct] = sides;
  if (remote === undefined || direct === undefined) throw new Error('there are two sides');
  expect(remote.history).toEqual(direct.history);
  expect(await remote.model.digest()).toBe(await direct.model.digest());
  for (const { model } of sides) model.dispose();
  return { remote, direct };
}

describe('in a worker', () => {
  test('earlyStopping ends the training, puts the best weights back and can be asked here', async () => {
    const stop = () => callbacks.earlyStopping({ minDelta: 0.02, patience: 2, restoreBestWeights: true });
    const { remote, direct } = await both(stop, { ...OPTIONS, epochs: 100 });
    const { best, bestEpoch, stoppedEpoch } = direct.callback;
    expect(stoppedEpoch).toBeGreaterThan(0);
    expect(stoppedEpoch).toBeLessThan(99);
    expect(remote.callback).toMatchObject({ best, bestEpoch, stoppedEpoch });
  });

  test('reduceLROnPlateau changes the learning rate, and records it', async () => {
    const { remote } = await both(() => callbacks.reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 0.05 }));
    const { learning_rate: rates = [] } = remote.history as { learning_rate?: number[] };
    expect(rates).toHaveLength(12);
    expect(rates.at(-1)).toBeLessThan(0.01);
  });

  test('learningRateScheduler asks the function here, which may take its time', async () => {
    const asked: [number, number][] = [];
    const halve = async (epoch: number, rate: number) => {
      asked.push([epoch, rate]);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return rate / 2;
    };
    await both(() => callbacks.learningRateScheduler(halve), { ...OPTIONS, epochs: 3 });
    const once = [0, 1, 2].map((epoch) => [epoch, 0.01 / 2 ** epoch]);
    expect(asked).toEqual([...once, ...once]);
  });

  test('gradientStatistics has what it has here', async () => {
    const { remote, direct } = await both(() => callbacks.gradientStatistics({ every: 2 }), { ...OPTIONS, epochs: 2 });
    expect(direct.callback.summaries.length).toBeGreaterThan(4);
    expect(remote.callback.summaries).toEqual(direct.callback.summaries);
  });

  test('terminateOnNaN ends the training', async () => {
    const options = { optimizer: optimizers.sgd({ learningRate: 1e30 }), loss: 'mse' as const };
    const targets = { data: new Float32Array(96 * 3).fill(1), shape: [96, 3] };
    const model = await compiled(client);
    await model.compile(options);
    const { epoch } = await model.fit(x, targets, { epochs: 50, callbacks: [callbacks.terminateOnNaN()] });
    expect(epoch.length).toBeLessThan(50);
    const raise = callbacks.terminateOnNaN({ raiseError: true });
    await expect(model.fit(x, targets, { callbacks: [raise] })).rejects.toThrow(/^terminateOnNaN: the loss is/);
    model.dispose();
  });

  test('modelCheckpoint writes files there, or gives the bytes to the function here', async () => {
    const file = path.join(folder, 'model-{epoch:02d}.safetensors');
    const model = await compiled(client);
    const kept: { bytes: Uint8Array; epoch: number; loss: number | undefined }[] = [];
    const keep = callbacks.modelCheckpoint((bytes, { epoch, logs }) => {
      kept.push({ bytes, epoch, loss: logs.loss });
    });
    const { history } = await model.fit(x, y, { epochs: 2, callbacks: [callbacks.modelCheckpoint(file), keep] });
    expect(await readdir(folder)).toEqual(['model-01.safetensors', 'model-02.safetensors']);
    expect(kept.map(({ epoch, loss }) => [epoch, loss])).toEqual(history.loss?.map((loss, epoch) => [epoch, loss]));
    for (const bytes of [
      await readFile(path.join(folder, 'model-02.safetensors')),
      kept[1]?.bytes ?? new Uint8Array(0),
    ]) {
      using loaded = await loadModel(bytes);
      expect(await loaded.digest()).toBe(await model.digest());
    }
    model.dispose();
  });

  test('csvLogger writes a file there, or gives the lines to the function here', async () => {
    const file = path.join(folder, 'log.csv');
    let csv = '';
    const log = callbacks.csvLogger((line) => {
      csv += line;
    });
    await both(() => callbacks.csvLogger(file, { separator: ';' }), { ...OPTIONS, epochs: 2 });
    const model = await compiled(client);
    await model.fit(x, y, { ...OPTIONS, epochs: 2, callbacks: [log] });
    expect((await readFile(file, 'utf8')).replaceAll(';', ',')).toBe(csv);
    expect(csv.split('\n')[0]).toBe('epoch,accuracy,loss,val_accuracy,val_loss');
    model.dispose();
  });

  test('they remember what they know from one fit to the next', async () => {
    const saves = [];
    for (const model of [await compiled(client), here()] as const) {
      let count = 0;
      const best = callbacks.modelCheckpoint(
        () => {
          count++;
        },
        { monitor: 'loss', saveBestOnly: true, initialValueThreshold: 1e9, mode: 'min' },
      );
      for (const epochs of [5, 5, 5]) await model.fit(x, y, { epochs, callbacks: [best] });
      saves.push(count);
      model.dispose();
    }
    expect(saves[0]).toBe(saves[1]);
    expect(saves[0]).toBeLessThan(15);
  });
});

describe('functions of the page', () => {
  test('are options of fit, or of callbacks of its own, as here; what hooks of epochs change is changed between two epochs', async () => {
    const told: string[][] = [];
    const digests: string[] = [];
    for (const model of [await compiled(client), here()] as const) {
      const calls: string[] = [];
      const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
      const own = {
        onEpochBegin: (epoch: number) => void calls.push(`own begin ${epoch}`),
        async onEpochEnd(epoch: number, logs: Record<string, number>) {
          await turn();
          logs.mine = epoch + 0.5;
          calls.push(`own end ${epoch} ${logs.loss?.toFixed(3)}`);
        },
      };
      const { history } = await model.fit(x, y, {
        epochs: 3,
        batchSize: 16,
        callbacks: [own],
        async onEpochBegin(epoch) {
          await turn();
          await model.setLearningRate(0.01 / (epoch + 1));
          calls.push(`begin ${epoch}`);
        },
        async onEpochEnd(epoch, { mine }) {
          calls.push(`end ${epoch} ${mine}`);
          if (epoch === 1) await model.stop();
        },
      });
      told.push(calls);
      digests.push(await model.digest(), JSON.stringify(history));
      model.dispose();
    }
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toHaveLength(8);
    expect(digests[0]).toBe(digests[2]);
    expect(digests[1]).toBe(digests[3]);
    expect(digests[1]).toContain('"mine":[0.5,1.5]');
  });

  test('may pause, step and look at the training that waits for them', async () => {
    const model = await compiled(client);
    const seen: number[] = [];
    const fit = model.fit(x, y, {
      epochs: 3,
      batchSize: 16,
      async onEpochEnd(epoch) {
        if (epoch > 0) return;
        await model.pause();
        seen.push((await model.inspect()).iterations);
        await model.step(2);
      },
    });
    while (seen.length === 0 || (await model.inspect()).iterations < 8) await new Promise((go) => setTimeout(go, 1));
    expect(seen).toEqual([6]);
    // it stands still: asked again, nothing has moved
    expect((await model.inspect()).iterations).toBe(8);
    await model.step();
    expect((await model.inspect()).iterations).toBe(9);
    await model.resume();
    await fit;
    expect((await model.inspect()).iterations).toBe(18);
    model.dispose();
  });

  const hooks = ['onEpochBegin', 'onEpochEnd', 'onProgress'] as const;
  const ways = hooks.flatMap((hook) =>
    ['throws', 'rejects at once', 'rejects late'].map((how) => [hook, how] as const),
  );
  test.each(ways)('%s that %s ends the training with that very Error', async (hook, how) => {
    const model = await compiled(client);
    const mistake = new Error('of the page');
    const failing = () => {
      if (how === 'throws') throw mistake;
      return how === 'rejects at once'
        ? Promise.reject(mistake)
        : new Promise((_, reject) => setTimeout(reject, 30, mistake));
    };
    await expect(model.fit(x, y, { [hook]: failing })).rejects.toBe(mistake);
    await expect(model.fit(x, y, { callbacks: [{ [hook]: failing }] })).rejects.toBe(mistake);
    await model.fit(x, y);
    model.dispose();
  });

  test('are waited for, and a signal ends the wait', async () => {
    const model = await compiled(client);
    const controller = new AbortController();
    let told = false;
    const fit = model.fit(x, y, {
      signal: controller.signal,
      onProgress: () => {
        told = true;
        return new Promise(() => undefined);
      },
    });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(fit).rejects.toThrow('enough');
    expect(told).toBe(true);
    model.dispose();
  });
});

describe('what goes wrong', () => {
  test('in a function here ends the training with that very Error', async () => {
    const model = await compiled(client);
    const mistake = new Error('of the page');
    const failing = callbacks.modelCheckpoint(async () => {
      throw mistake;
    });
    await expect(model.fit(x, y, { epochs: 5, callbacks: [failing] })).rejects.toBe(mistake);
    await model.fit(x, y);
    model.dispose();
  });

  test('in a callback there comes back', async () => {
    const model = await compiled(client);
    const stop = callbacks.earlyStopping();
    await expect(model.fit(x, y, { callbacks: [stop] })).rejects.toThrow(/^earlyStopping: 'val_loss' needs validation/);
    const lost = callbacks.csvLogger(path.join(folder, 'nowhere', 'log.csv'));
    await expect(model.fit(x, y, { callbacks: [lost] })).rejects.toThrow(/log\.csv.* cannot be written/);
    model.dispose();
  });

  test('a training that waits for a function here can be aborted', async () => {
    const model = await compiled(client);
    const controller = new AbortController();
    const never = callbacks.csvLogger(() => {
      controller.abort(new Error('enough'));
      return new Promise<void>(() => undefined);
    });
    const { signal } = controller;
    await expect(model.fit(x, y, { epochs: 5, callbacks: [never], signal })).rejects.toThrow('enough');
    model.dispose();
  });

  test('hooks of others that would need the model are refused, by the compiler too', async () => {
    const model = await compiled(client);
    const own = { setModel: () => undefined };
    // @ts-expect-error: the model is elsewhere
    await expect(model.fit(x, y, { callbacks: [own] })).rejects.toThrow(
      /callbacks\[0\]\.setModel .*only onEpochBegin, onEpochEnd, onProgress/,
    );
    // @ts-expect-error: no array
    await expect(model.fit(x, y, { callbacks: callbacks.earlyStopping() })).rejects.toThrow(/must be an array/);
    model.dispose();
  });
});
