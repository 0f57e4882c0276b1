/** Functional models in a worker mean what functional models here do, with parts of the user's own that its module registers. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  callbacks,
  type Functional,
  input,
  layers,
  loadModel,
  losses,
  model,
  type PredictionsOf,
  type SymbolicTensor,
  sequential,
} from '../../src/index.ts';
import type { Client, RemoteModel } from '../../src/worker/client.ts';
import { errorOf, floats, labels } from '../helpers.ts';
import { double, pull, Shift, squaredError } from '../model/own-parts.ts';
import { connected } from './connected.ts';

/** Two inputs, two outputs, a shared layer, a frozen model within, layers and functions of the user's own. */
function graph() {
  const [left, right] = [input({ shape: [5] }), input({ shape: [2, 3] })];
  const encoder = sequential(
    [
      layers.flatten({ inputShape: [2, 3] }),
      layers.dense({ units: 4, activation: 'relu', trainable: false }),
      layers.dropout({ rate: 0.2 }),
    ],
    { name: 'encoder' },
  );
  const shared = layers.dense({ units: 4, name: 'shared', kernelRegularizer: pull });
  const joined = layers.add().apply([shared.apply(left), encoder.apply(right)]);
  const own = new Shift({ name: 'shift', initial: 'zeros' }).apply(layers.lambda(double).apply(joined));
  const again = layers.concatenate().apply([own, encoder.apply(right)]);
  return {
    inputs: { left, right },
    outputs: {
      number: layers.dense({ units: 2, name: 'head' }).apply(again),
      label: layers.dense({ units: 3, activation: 'softmax' }).apply(own),
    },
    seed: 5,
    name: 'both',
  } as const;
}
type Outputs = ReturnType<typeof graph>['outputs'];
const compile = () =>
  ({
    optimizer: 'nadam',
    loss: { number: squaredError, label: 'sparseCategoricalCrossentropy' },
    lossWeights: { number: 0.5, label: 2 },
    metrics: { number: ['mae', losses.custom(squaredError, { name: 'mine' }), squaredError], label: 'accuracy' },
  }) as const;
const x = { left: floats([40, 5], 1), right: floats([40, 2, 3], 2) };
const y = { number: floats([40, 2], 3), label: labels(40, 3, 4) };
const weights = floats([40], 5).data.map(Math.abs);

let client: Client;
beforeAll(async () => {
  client = await connected({ worker: new URL('../model/own-parts-worker.js', import.meta.url) });
});

type Both = Functional<Outputs> | RemoteModel<PredictionsOf<Outputs>>;

/** Does the same here and in the worker; what comes out must be equal. */
async function expectEqual(run: (model: Both) => Promise<unknown>): Promise<void> {
  using here = model(graph());
  using there = await client.model(graph());
  for (const one of [here, there]) await one.compile(compile());
  expect(await run(there)).toEqual(await run(here));
}

describe('a functional model in a worker', () => {
  test('is the same model, to the last bit', async () => {
    await expectEqual(async (one) => {
      const { history, epoch, params } = await one.fit(x, y, {
        epochs: 3,
        batchSize: 7,
        validationData: [[x.left, x.right], [y.number, y.label], { label: weights }],
        sampleWeight: { number: weights },
      });
      return [
        ...[history, epoch, params, one.epoch, one.inputNames, one.outputNames],
        ...[await one.digest(), await one.getWeights(), await one.toConfig(), await one.summary()],
        ...[await one.countParams(), await one.predict(x), await one.predict([x.left, x.right])],
        await one.evaluate(x, [y.number, y.label], { sampleWeight: weights }),
        await one.layerOutputs(x, { layers: ['encoder', 'shift', 'head'] }),
        (await one.fit(x, y, { validationSplit: 0.25, sampleWeight: { label: weights } })).history,
      ];
    });
    await expectEqual(async (one) => {
      const fit = await one.fit(x, y);
      return [Object.keys(fit.history), one.layers.map(({ name, kind, trainable }) => [name, kind, trainable])];
    });
  });

  test('gives predictions as its outputs were given: one, a list, by name', async () => {
    const from = () => input({ shape: [5] });
    const [one, list, named] = [from(), from(), from()];
    const dense = (value: SymbolicTensor) => layers.dense({ units: 1 }).apply(value);
    using a = await client.model({ inputs: one, outputs: dense(one) });
    using b = await client.model({ inputs: [list], outputs: [dense(list), dense(list)] });
    using c = await client.model({ inputs: { x: named }, outputs: { first: dense(named) } });
    const [first, [second, third], { first: fourth }] = [
      await a.predict(x.left),
      await b.predict(x.left),
      await c.predict({ x: x.left }),
    ];
    for (const { shape } of [first, second, third, fourth]) expect(shape).toEqual([40, 1]);
  });

  test('takes what was placed before, one array for several purposes, and memory that is handed over', async () => {
    const from = input({ shape: [5] });
    using net = await client.model({ inputs: from, outputs: layers.dense({ units: 5 }).apply(from), seed: 1 });
    await net.compile({ loss: 'mse' });
    using placed = await client.data(x.left);
    await net.fit(placed, placed, { validationData: [placed.rows(0, 10), placed.rows(0, 10)] });
    using twin = await client.model({ inputs: from, outputs: layers.dense({ units: 5 }).apply(from), seed: 1 });
    await twin.compile({ loss: 'mse' });
    const handed = { data: x.left.data.slice(), shape: x.left.shape };
    await twin.fit(handed, handed, { transfer: true });
    expect(handed.data.length).toBe(0);
    expect(await twin.digest()).toBe(await net.digest());
    const nested = [x.left, x.left].map(({ data }) =>
      Array.from({ length: 40 }, (_, i) => data.slice(i * 5, i * 5 + 5)),
    );
    const [p, q] = [input({ shape: [5] }), input({ shape: [5] })];
    using sum = await client.model({ inputs: [p, q], outputs: layers.add().apply([p, q]) });
    const { data } = await sum.predict(nested);
    expect(data).toEqual(x.left.data.map((value) => 2 * value));
  });

  test('is saved there, loaded here and there, and goes on as if nothing had happened', async () => {
    using there = await client.model(graph());
    await there.compile(compile());
    await there.fit(x, y, { epochs: 2 });
    const bytes = await there.save();
    using here = await loadModel<Functional<Outputs>>(bytes);
    using twin = await client.loadModel<PredictionsOf<Outputs>>(bytes);
    for (const one of [here, there, twin]) await one.fit(x, y, { initialEpoch: one.epoch, epochs: 4, batchSize: 9 });
    expect(await here.digest()).toBe(await there.digest());
    expect(await twin.digest()).toBe(await there.digest());
    expect(await twin.predict(x)).toEqual(await here.predict(x));
    expect(Buffer.compare(await here.save(), await there.save())).toBe(0);
    using again = await client.modelFrom(here.toConfig());
    expect(await again.toConfig()).toEqual(here.toConfig());
  });

  test('freezes and unfreezes layers, models within and layers in them, from the next compile on, as here', async () => {
    await expectEqual(async (one) => {
      const seen: unknown[] = [one.getLayer('encoder').trainable, one.trainable];
      const step = async (): Promise<void> => {
        await one.compile(compile());
        await one.fit(x, y);
        seen.push(
          await one.digest(),
          await one.summary(),
          one.layers.map(({ trainable }) => trainable),
        );
      };
      one.getLayer('shared').trainable = false;
      one.getLayer('encoder/dense').trainable = true;
      await one.fit(x, y);
      seen.push(await one.digest());
      await step();
      one.trainable = false;
      one.getLayer('head').trainable = true;
      await step();
      one.getLayer('encoder').trainable = true;
      await step();
      seen.push(await one.toConfig());
      return seen;
    });
  });

  test('refuses what cannot be frozen, before the worker is asked', async () => {
    using there = await client.model(graph());
    const [first] = there.layers;
    expect(() => Object.assign(first ?? {}, { trainable: 1 })).toThrow(TypeError);
    expect(() => there.getLayer('heat')).toThrow(/'heat'.*'head'/);
    there.dispose();
    expect(() => Object.assign(there, { trainable: false })).toThrow(/disposed/);
  });

  test('has the callbacks of fit, is paused and looked into', async () => {
    await expectEqual(async (one) => {
      const stopping = callbacks.earlyStopping({ monitor: 'val_label_loss', patience: 1, restoreBestWeights: true });
      const { history } = await one.fit(x, y, { epochs: 30, callbacks: [stopping], validationData: [x, y] });
      return [history, stopping.bestEpoch, await one.digest()];
    });
    using there = await client.model(graph());
    await there.compile(compile());
    const training = there.fit(x, y, { paused: true });
    await there.step(1);
    const { layers: norms, weight } = await there.inspect({ weight: 'shared/kernel', x });
    await there.resume();
    await training;
    expect(norms.map(({ name }) => name)).toEqual(['shared', 'encoder', 'shift', 'head', 'dense']);
    expect(norms.find(({ name }) => name === 'encoder')?.gradientNorm).toBe(0);
    expect(Math.abs(weight?.gradient ?? 0)).toBeGreaterThan(0);
  });

  const mistakes: Record<string, (one: Both) => Promise<unknown>> = {
    'an input that is missing': (one) => one.predict({ left: x.left } as never),
    'an input that it does not have': (one) => one.predict({ ...x, middle: x.left } as never),
    'one array for two inputs': (one) => one.predict(x.left),
    'inputs of different counts': (one) => one.predict([x.left, floats([39, 2, 3], 1)]),
    'an input of another shape': (one) => one.predict([x.right, x.left]),
    'a target that is missing': (one) => one.fit(x, { number: y.number } as never),
    'targets of another count': (one) => one.fit(x, [floats([3, 2], 1), y.label]),
    'weights of an output that it does not have': (one) => one.fit(x, y, { sampleWeight: { other: weights } as never }),
    'a loss for an output that it does not have': async (one) => one.compile({ loss: { other: 'mse' } }),
    'an output to look at that it does not have': (one) => one.layerOutputs(x, { layers: ['other'] }),
  };
  test.each(Object.keys(mistakes))('refuses %s with the Error of a model here', async (mistake) => {
    await expectEqual(async (one) => {
      const { name, message } = await errorOf(() => mistakes[mistake]?.(one));
      expect(name).toMatch(/^(Type|Range)Error$/);
      return [name, message];
    });
  });

  test('is refused before it is sent if its graph is none', async () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [2], name: 'b' })];
    const sum = layers.add().apply([a, b]);
    for (const make of [(options: Parameters<typeof model>[0]) => client.model(options), model]) {
      expect((await errorOf(() => make({ inputs: a, outputs: sum }))).message).toMatch(/depends on the input b/);
      expect((await errorOf(() => make({ inputs: [a, b], outputs: a }))).message).toMatch(/inputs\[1\] b/);
      expect(await errorOf(() => make({ inputs: [a, b], outputs: {} }))).toBeInstanceOf(TypeError);
      expect(await errorOf(() => make({ inputs: [a, b], outputs: sum, sed: 1 } as never))).toBeInstanceOf(RangeError);
    }
  });
});

describe('a worker whose module has not registered the parts', () => {
  let plain: Client;
  beforeAll(async () => {
    plain = await connected();
  });
  const x1 = () => input({ shape: [2] });
  const missing: Record<string, [name: string, make: () => Promise<unknown>]> = {
    'a layer': [
      'Shift',
      () => {
        const a = x1();
        return plain.model({ inputs: a, outputs: new Shift().apply(a) });
      },
    ],
    'a function that is a layer': ['double', () => plain.sequential([layers.lambda(double, { inputShape: [2] })])],
    'a loss': [
      'squared',
      async () => {
        using one = await plain.sequential([layers.dense({ units: 1, inputShape: [2] })]);
        await one.compile({ loss: losses.custom(squaredError) });
      },
    ],
    'a metric': [
      'squared',
      async () => {
        using one = await plain.sequential([layers.dense({ units: 1, inputShape: [2] })]);
        await one.compile({ loss: 'mse', metrics: [squaredError] });
      },
    ],
    'a regularizer': [
      'pull',
      () => plain.sequential([layers.dense({ units: 1, inputShape: [2], kernelRegularizer: pull })]),
    ],
    'a saved model': [
      'Shift',
      async () => {
        const a = x1();
        using here = model({ inputs: a, outputs: new Shift().apply(a) });
        await plain.loadModel(await here.save());
      },
    ],
  };
  test.each(Object.keys(missing))('says what to register for %s, and goes on', async (kind) => {
    const [name, make] = missing[kind] as (typeof missing)[string];
    const { message } = await errorOf(make);
    expect(message).toContain(`'${name}'`);
    expect(message).toContain(`configs.register('${name}'`);
    expect(message).toMatch(/worker/);
    using fine = await plain.sequential([layers.dense({ units: 1, inputShape: [2] })]);
    expect((await fine.predict([[1, 2]])).shape).toEqual([1, 1]);
  });
});
