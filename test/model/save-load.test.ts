/** What `save` writes, `loadModel` reads: any model, in Node and in a worker, to the same bytes. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  configs,
  type Functional,
  input,
  layers,
  loadModel,
  model as modelOf,
  optimizers,
  type Sequential,
  schedules,
  sequential,
} from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { errorOf, floats } from '../helpers.ts';
import { connected } from '../worker/connected.ts';
import { graphs } from './random-graphs.ts';
import { models } from './random-models.ts';

// fit warns of losses that are not a number, and many of these models have one
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

/** `toEqual` takes minutes for megabytes. */
const expectBytes = (got: Uint8Array, want: Uint8Array): void => expect(Buffer.compare(got, want)).toBe(0);

/** Checks stacks of layers and graphs of them until `numRuns` of them fit together. */
async function checkModels(numRuns: number, check: (model: Sequential | Functional) => Promise<void>): Promise<void> {
  const any: fc.Arbitrary<() => Promise<Sequential | Functional | undefined>> = fc.oneof(models, graphs);
  const property = fc.asyncProperty(any, async (make) => {
    using model = await make();
    fc.pre(model !== undefined);
    await check(model);
  });
  await fc.assert(property, { numRuns, seed: 1, maxSkipsPerRun: 100 });
}

async function expectSame(model: Sequential | Functional, bytes: Uint8Array): Promise<void> {
  using loaded = await loadModel(bytes);
  const parts = (of: Sequential | Functional) => JSON.stringify([of.toConfig(), ...of.metadata]);
  expect(parts(loaded) === parts(model)).toBe(true);
  expect([loaded.epoch, loaded.built]).toEqual([model.epoch, model.built]);
  expect(loaded.optimizer?.iterations).toBe(model.optimizer?.iterations);
  if (model.built) expect(await loaded.digest()).toBe(await model.digest());
  expectBytes(await loaded.save(), bytes);
}

describe('a model that is saved, loaded and saved again gives the same bytes', () => {
  test('here', { timeout: 300_000 }, async () => {
    const seen = { graphs: 0, unbuilt: 0, compiled: 0, trained: 0, drawn: 0 };
    await checkModels(300, async (model) => {
      if (model.toConfig().className === 'functional') seen.graphs++;
      if (!model.built) seen.unbuilt++;
      if (model.optimizer !== undefined) seen.compiled++;
      if (model.epoch > 0) seen.trained++;
      await expectSame(model, await model.save());
      if (model.built && model.optimizer === undefined) {
        seen.drawn++;
        using drawn = configs.modelFrom<Functional>(model.toConfig());
        expect(await drawn.digest()).toBe(await model.digest());
      }
      const bare = await model.save({ includeOptimizer: false });
      using loaded = await loadModel(bare);
      expectBytes(await loaded.save(), bare);
    });
    // each kind is among them
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(30);
  });

  describe('in a worker', () => {
    let client: Client;
    beforeAll(async () => {
      client = await connected({ worker: new URL('own-parts-worker.js', import.meta.url) });
    });

    test('and back', { timeout: 300_000 }, async () => {
      let fitted = 0;
      await checkModels(60, async (model) => {
        const bytes = await model.save();
        const remote = await client.loadModel(bytes.slice());
        try {
          if (model.built && model.optimizer === undefined) {
            using drawn = await client.modelFrom(model.toConfig());
            expect(await drawn.digest()).toBe(await model.digest());
          }
          if (model.built) expect(await remote.digest()).toBe(await model.digest());
          expect(await remote.toConfig()).toEqual(JSON.parse(JSON.stringify(model.toConfig())));
          expectBytes(await remote.save(), bytes);
          if (model.optimizer === undefined || model.toConfig().className === 'sequential') return;
          // another epoch gives the same weights on both sides
          const { inputs, outputs } = model.ports();
          const x = inputs.map((shape, i) => floats([4, ...shape], i + 1));
          const y = outputs.map(({ shape }, i) => floats([4, ...shape], i + 5));
          const more = { batchSize: 3, initialEpoch: 1, epochs: 2 };
          const data = [x.length === 1 ? x[0] : x, y.length === 1 ? y[0] : y] as unknown as [[], []];
          for (const one of [model, remote]) await one.fit(...data, more);
          expect(await remote.digest()).toBe(await model.digest());
          fitted++;
        } finally {
          remote.dispose();
        }
      });
      expect(fitted).toBeGreaterThan(10);
    });
  });
});

/** Files that are mostly header are read like others, however much larger their description is than their weights. */
test.each<[string, () => Sequential]>([
  [
    '1,000 layers of one unit with Adam',
    () => {
      const model = sequential(
        Array.from({ length: 1000 }, (_, i) => layers.dense({ units: 1, ...(i === 0 && { inputShape: [1] }) })),
      );
      model.compile({ optimizer: 'adam', loss: 'mse' });
      return model;
    },
  ],
  [
    '40 models within each other',
    () => {
      let inner = sequential([layers.dense({ units: 1, inputShape: [1] })]);
      for (let depth = 1; depth < 40; depth++) {
        const x = input({ shape: [1] });
        inner = modelOf({ inputs: x, outputs: inner.apply(x), name: `model ${depth}` }) as unknown as Sequential;
      }
      return inner;
    },
  ],
  [
    '5,000 layers without weights',
    () => sequential(Array.from({ length: 5000 }, (_, i) => layers.flatten(i === 0 ? { inputShape: [1] } : {}))),
  ],
  [
    'a schedule of 300,000 boundaries',
    () => {
      const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
      const learningRate = schedules.piecewiseConstantDecay({
        boundaries: Array.from({ length: 300_000 }, (_, i) => i),
        values: Array.from({ length: 300_001 }, (_, i) => i % 2),
      });
      model.compile({ optimizer: optimizers.nadam({ learningRate }), loss: 'mse' });
      return model;
    },
  ],
  [
    '40,000 keys of metadata',
    () => {
      const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
      for (let i = 0; i < 40_000; i++) model.metadata.set(String(i), '');
      return model;
    },
  ],
  [
    'a text of 5 MB',
    () => {
      const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
      model.metadata.set('quotes', '"\\'.repeat(2.5e6));
      return model;
    },
  ],
])('%s', { timeout: 120_000 }, async (_title, make) => {
  using model = make();
  await expectSame(model, await model.save());
});

test.each<[string, () => Functional, string]>([
  [
    'more models within each other than can be read',
    () => {
      let x = input({ shape: [1] });
      let inner = modelOf({ inputs: x, outputs: layers.dense({ units: 1 }).apply(x) });
      for (let depth = 1; depth < 60; depth++) {
        x = input({ shape: [1] });
        inner = modelOf({ inputs: x, outputs: inner.apply(x) });
      }
      return inner;
    },
    'nested more than 256 deep',
  ],
  [
    'weights of one name',
    () => {
      const x = input({ shape: [1] });
      const inner = sequential([layers.dense({ units: 1, name: 'b/c', inputShape: [1] })], { name: 'a' });
      return modelOf({ inputs: x, outputs: layers.dense({ units: 1, name: 'a/b/c' }).apply(inner.apply(x)) });
    },
    "two arrays would be named 'a/b/c/kernel'",
  ],
])('is not written, because it could not be read: %s', async (_title, make, message) => {
  using model = make();
  const error = await errorOf(() => model.save());
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toContain(message);
});

test('the number of steps never outgrows what a file can hold', async () => {
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: 'adam', loss: 'mse' });
  if (model.optimizer !== undefined) model.optimizer.iterations = 2 ** 53 - 1;
  for (let i = 0; i < 3; i++) {
    await model.fit([[1]], [[2]]);
    await expectSame(model, await model.save());
  }
  expect(model.optimizer?.iterations).toBe(2 ** 53);
});
