/** Optimizers around others, L-BFGS and the search for a learning rate mean in a worker what they mean here. */
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate, type Optimizer, optimizers, sequential } from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { compiled, connected, here, stack, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
});

const { adam, lamb, lbfgs, lookahead, momentum, multiOptimizer, muon, nadam, sam, sgd, soap } = optimizers;

const made: Readonly<Record<string, () => Optimizer>> = {
  multiOptimizer: () =>
    multiOptimizer({
      defaultOptimizer: adam({ globalClipnorm: 1 }),
      optimizerMap: { 'dense/kernel': muon({ learningRate: 0.01 }), '*bias': momentum() },
    }),
  lookahead: () => lookahead({ optimizer: nadam({ useEma: true }), syncPeriod: 3 }),
  sam: () => sam({ optimizer: momentum({ learningRate: 0.05 }), rho: 0.1 }),
  'sam around a multiOptimizer of a lookahead': () =>
    sam({
      optimizer: multiOptimizer({
        defaultOptimizer: lookahead({ optimizer: sgd({ gradientAccumulationSteps: 2 }), syncPeriod: 2 }),
        optimizerMap: { dense_1: lamb() },
      }),
      adaptive: true,
    }),
  lbfgs: () => lbfgs({ historySize: 3 }),
  soap: () => soap({ preconditionFrequency: 2 }),
};

describe.each(Object.keys(made))('%s', (name) => {
  const make = made[name] as () => Optimizer;

  test('trains to the same bits, is saved and goes on', async () => {
    const remote = await client.sequential(stack(), { seed: 3 });
    using direct = sequential(stack(), { seed: 3 });
    const loss = 'sparseCategoricalCrossentropy';
    await remote.compile({ optimizer: make(), loss });
    direct.compile({ optimizer: make(), loss });
    const run = { epochs: 2, batchSize: 40 };
    const { history } = await remote.fit(x, y, run);
    expect(history).toEqual((await direct.fit(x, y, run)).history);
    expect(await remote.digest()).toBe(await direct.digest());
    expect(await remote.toConfig()).toEqual(direct.toConfig());
    const twin = await client.loadModel(await direct.save());
    const on = { ...run, epochs: 3, initialEpoch: 2 };
    await direct.fit(x, y, on);
    await twin.fit(x, y, on);
    expect(await twin.digest()).toBe(await direct.digest());
    remote.dispose();
    twin.dispose();
  });
});

describe('findLearningRate', () => {
  test('finds the same curve as here, and leaves the model as it is', async () => {
    const [remote, direct] = [await compiled(client), here()];
    const options = { steps: 20, batchSize: 16, maxLearningRate: 1 };
    const before = await remote.digest();
    expect(await remote.findLearningRate(x, y, options)).toEqual(await findLearningRate(direct, x, y, options));
    expect(await remote.digest()).toBe(before);
    const data = await client.data(x);
    expect(await remote.findLearningRate(data, y, options)).toEqual(await findLearningRate(direct, x, y, options));
    data.dispose();
    remote.dispose();
    direct.dispose();
  });

  test('refuses what it refuses here, and ends with its signal', async () => {
    const remote = await compiled(client);
    await expect(remote.findLearningRate(x, y, { steps: 1 })).rejects.toThrow(RangeError);
    await expect(remote.findLearningRate(x, y, { stepz: 9 } as never)).rejects.toThrow('stepz');
    const loose = await client.sequential(stack());
    await expect(loose.findLearningRate(x, y)).rejects.toThrow('compiled');
    const controller = new AbortController();
    const finding = remote.findLearningRate(x, y, {
      steps: 100_000,
      minLearningRate: 1e-9,
      maxLearningRate: 1e-8,
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(finding).rejects.toThrow('enough');
    remote.dispose();
    loose.dispose();
  });
});
