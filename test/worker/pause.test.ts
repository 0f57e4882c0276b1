import { beforeAll, describe, expect, test } from 'vitest';
import { sequential } from '../../src/index.ts';
import type { Client, RemoteModel } from '../../src/worker/client.ts';
import { compiled, compileOptions, connected, stack, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
});

const steps = async (model: RemoteModel): Promise<number> => (await model.inspect()).iterations;
const EPOCHS = { epochs: 4, batchSize: 10 };

async function expected(): Promise<string> {
  using model = sequential(stack(), { seed: 3 });
  model.compile(compileOptions());
  await model.fit(x, y, EPOCHS);
  return model.digest();
}

describe('a training in a worker', () => {
  test('does not change by a bit when it is paused, stepped, looked at and resumed', async () => {
    const model = await compiled(client);
    const told: number[] = [];
    const fit = model.fit(x, y, {
      ...EPOCHS,
      paused: true,
      onProgress: ({ phase, epoch, step }) => {
        if (phase === 'train') told.push(epoch * 10 + step);
      },
    });
    await model.pause();
    expect(await steps(model)).toBe(0);
    await model.step();
    expect(await steps(model)).toBe(1);
    expect(told).toEqual([1]);
    await model.step(12);
    expect(await steps(model)).toBe(13);
    expect(told.at(-1)).toBe(13);
    // asked for at once, they add up
    await Promise.all([model.step(2), model.step(3)]);
    expect(await steps(model)).toBe(18);
    await model.pause();
    expect(await steps(model)).toBe(18);
    await model.resume();
    await Promise.all([model.inspect({ x }), model.predict(x), model.pause()]);
    await model.resume();
    const { epoch } = await fit;
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(await model.digest()).toBe(await expected());
    model.dispose();
  });

  test('stands still while others go on', async () => {
    const [paused, running] = [await compiled(client), await compiled(client)];
    const fit = paused.fit(x, y, { ...EPOCHS, paused: true });
    await paused.step(5);
    await running.fit(x, y, EPOCHS);
    expect(await running.digest()).toBe(await expected());
    expect(await steps(paused)).toBe(5);
    await paused.step(1000);
    await fit;
    expect(await steps(paused)).toBe(40);
    expect(await paused.digest()).toBe(await running.digest());
    paused.dispose();
    running.dispose();
  });

  test('can be aborted, stopped and disposed of while it stands still', async () => {
    const model = await compiled(client);
    const controller = new AbortController();
    const aborted = model.fit(x, y, { paused: true, signal: controller.signal });
    await model.pause();
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(await steps(model)).toBe(0);

    const stopped = model.fit(x, y, { ...EPOCHS, paused: true });
    await model.step(3);
    await model.stop();
    expect((await stopped).epoch).toEqual([0]);
    expect(await steps(model)).toBe(3);

    const disposed = model.fit(x, y, { paused: true });
    await model.pause();
    model.dispose();
    await expect(disposed).rejects.toThrow(/has been disposed of/);
  });

  test('can only be stepped while it is paused', async () => {
    const model = await compiled(client);
    await expect(model.step()).rejects.toThrow(/is not being trained/);
    await model.pause();
    await model.resume();
    await model.stop();
    const fit = model.fit(x, y, { epochs: 1e6 });
    await expect(model.step()).rejects.toThrow(/step needs a training that is paused/);
    await model.pause();
    for (const count of [0, -1, 1.5, Number.NaN])
      await expect(model.step(count)).rejects.toThrow(/a number of steps from 1 on/);
    model.dispose();
    await expect(fit).rejects.toThrow();
  });
});

test('the learning rate and the weights can be set between two steps', async () => {
  const model = await compiled(client);
  const fit = model.fit(x, y, { ...EPOCHS, paused: true });
  await model.step(2);
  await model.setLearningRate(0);
  const before = await model.digest();
  await model.step(3);
  expect(await model.digest()).toBe(before);
  await model.setLearningRate(0.5);
  await model.step();
  expect(await model.digest()).not.toBe(before);
  expect((await model.inspect()).learningRate).toBe(0.5);
  await expect(model.setLearningRate(-1)).rejects.toThrow(/^learningRate must be a finite number at least 0/);
  const weights = (await model.getWeights()).map((weight) => weight.fill(0));
  await model.setWeights(weights);
  expect(await model.getWeights()).toEqual(weights);
  await model.resume();
  await fit;
  const running = model.fit(x, y, { epochs: 1e6 });
  await Promise.all([model.digest(), model.getWeights(), model.setLearningRate(0.1)]);
  await model.stop();
  await running;
  model.dispose();
});

describe('inspect', () => {
  test('shows one weight from both sides of a step', async () => {
    const model = await compiled(client);
    const [kernel] = await model.getWeights();
    expect((await model.inspect({ weight: 'dense/kernel', index: 7 })).weight).toEqual({
      name: 'dense/kernel',
      index: 7,
      shape: [5, 16],
      value: kernel?.[7],
      gradient: 0,
      slots: { momentum: 0, velocity: 0 },
      step: undefined,
    });
    const fit = model.fit(x, y, { ...EPOCHS, paused: true });
    await model.step(4);
    const before = await model.getWeights();
    await model.step(1);
    const { iterations, learningRate, momentumProduct, layers, weight } = await model.inspect({
      weight: 'dense/kernel',
      index: 7,
    });
    const after = await model.getWeights();
    expect([iterations, learningRate]).toEqual([5, 0.01]);
    expect(momentumProduct).toBeGreaterThan(0);
    expect(weight?.value).toBe(after[0]?.[7]);
    expect(weight?.step).toBe((after[0]?.[7] ?? 0) - (before[0]?.[7] ?? 0));
    expect(Object.keys(weight?.slots ?? {})).toEqual(['momentum', 'velocity']);
    expect(layers.map(({ name }) => name)).toEqual(['dense', 'dense_1']);
    const norm = Math.hypot(...[...(after[0] ?? []), ...(after[1] ?? [])]);
    expect(layers[0]?.weightNorm).toBeCloseTo(norm, 5);
    await model.resume();
    await fit;
    expect(await model.digest()).toBe(await expected());
    model.dispose();
  });

  test('shows some step of a training that runs', async () => {
    const model = await compiled(client);
    const fit = model.fit(x, y, { epochs: 1e6 });
    for (let i = 0; i < 3; i++) {
      const { iterations, weight } = await model.inspect({ weight: 'dense_1/bias', index: 2 });
      expect(iterations).toBeGreaterThan(i);
      expect(Number.isFinite(weight?.step)).toBe(true);
    }
    await model.stop();
    await fit;
    model.dispose();
  });

  test('finds dead units', async () => {
    const model = await compiled(client);
    const weights = await model.getWeights();
    weights[1]?.set([-1e6, -1e6, -1e6, -1e6]);
    weights[0]?.fill(1);
    weights[1]?.fill(1e6, 4);
    await model.setWeights(weights);
    expect((await model.inspect({ x })).deadUnits).toEqual({ dense: 0.25 });
    expect((await model.inspect()).deadUnits).toBe(undefined);
    model.dispose();
  });

  test('refuses what does not exist', async () => {
    const model = await compiled(client);
    await expect(model.inspect({ weight: 'dense' })).rejects.toThrow(
      /there is no weight 'dense'; there are: dense\/kernel/,
    );
    await expect(model.inspect({ weight: 'dense/bias', index: 16 })).rejects.toThrow(/from 0 to 15, got 16/);
    const fit = model.fit(x, y, { epochs: 1e6 });
    await expect(model.inspect({ weight: 'dense/bias', index: -1 })).rejects.toThrow(/from 0 to 15, got -1/);
    model.dispose();
    await expect(fit).rejects.toThrow();
    await expect(model.inspect()).rejects.toThrow(/disposed/);
  });
});
