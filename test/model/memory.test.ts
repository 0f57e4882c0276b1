/** Nothing leaks; memory that is exhausted is an Error that changes nothing. */
import { describe, expect, test } from 'vitest';
import { layers, losses, ops, optimizers, sequential, tensor } from '../../src/index.ts';
import { compiled, errorOf, floats, labels, warm } from '../helpers.ts';

const x = floats([20, 4], 1);
const y = labels(20, 3, 2);
const message = async (run: () => unknown) => (await errorOf(run)).message;

describe('memory in use', () => {
  test('comes back after fit, evaluate and predict, and after the model has gone', async () => {
    const runtime = warm();
    const { used } = runtime.memory;
    const model = compiled(runtime);
    const own = runtime.memory.used;
    expect(own).toBeGreaterThan(used);
    await model.fit(x, y, { epochs: 2, validationSplit: 0.2, sampleWeight: new Array(20).fill(1) });
    await model.evaluate(x, y);
    await model.predict(x);
    expect(runtime.memory.used).toBe(own);
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    expect(runtime.memory.used).toBeLessThan(own);
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    expect(runtime.memory.used).toBe(own);
    model.dispose();
    model.dispose();
    expect(runtime.memory.used).toBe(used);
  });

  test('comes back after an aborted fit and after one whose callback throws', async () => {
    const runtime = warm();
    const model = compiled(runtime);
    const { used } = runtime.memory;
    const control = new AbortController();
    const callbacks = [{ onTrainBatchEnd: () => control.abort() }];
    await errorOf(() => model.fit(x, y, { callbacks, batchSize: 4, signal: control.signal }));
    expect(runtime.memory.used).toBe(used);
    const fail = () => {
      throw new Error('mine');
    };
    await errorOf(() => model.fit(x, y, { callbacks: [{ onEpochEnd: fail }], validationSplit: 0.5 }));
    expect(runtime.memory.used).toBe(used);
  });

  test('comes back after a model disposed of in the middle of its training', async () => {
    const runtime = warm();
    const { used } = runtime.memory;
    for (const hook of ['onTrainBegin', 'onEpochBegin', 'onTrainBatchBegin', 'onTestBegin'] as const) {
      const model = compiled(runtime);
      await errorOf(() => model.fit(x, y, { callbacks: [{ [hook]: () => model.dispose() }], validationSplit: 0.5 }));
      expect(runtime.memory.used).toBe(used);
    }
  });

  test('of a disposed model is not written to, even by the step that would have come', async () => {
    const runtime = warm();
    const model = compiled(runtime);
    let taken: ReturnType<typeof tensor>[] = [];
    const onTrainBatchBegin = () => {
      model.dispose();
      // blocks of the model's own sizes, which the arena gives out of what has just come free
      taken = Array.from({ length: 40 }, () => tensor([16], undefined, { runtime }));
    };
    await errorOf(() => model.fit(x, y, { callbacks: [{ onTrainBatchBegin }] }));
    expect(taken.length).toBe(40);
    for (const { data } of taken) expect(Array.from(data)).toEqual(new Array(16).fill(0));
  });

  test('of losses and operations comes back', () => {
    const runtime = warm();
    const { used } = runtime.memory;
    const p = tensor([2, 3], [1, 2, 3, 4, 5, 6], { runtime });
    const own = runtime.memory.used;
    losses.meanSquaredError().compute(p, p, [1, 2]);
    losses.categoricalCrossentropy().perSample(p, p);
    ops.exp(p).dispose();
    ops.matmul(p, p, { transposeB: true }).dispose();
    expect(runtime.memory.used).toBe(own);
    p.dispose();
    expect(runtime.memory.used).toBe(used);
  });

  test('models side by side do not disturb each other', async () => {
    const runtime = warm();
    const alone = compiled(runtime);
    await alone.fit(x, y, { epochs: 3, batchSize: 3 });
    const [a, b] = [compiled(runtime), compiled(runtime)];
    await Promise.all([a, b].map((model) => model.fit(x, y, { epochs: 3, batchSize: 3 })));
    expect([await a.digest(), await b.digest()]).toEqual([await alone.digest(), await alone.digest()]);
  });
});

describe('out of memory', () => {
  const MiB = 2 ** 20;
  const out =
    /^out of memory: asked for [\d.]+ MiB(?: for [\w ]+)?, [\d.]+ MiB of at most 4\.0 MiB are in use; dispose of models and tensors/;

  test('names what was asked for, what is used and the limit; nothing changes and the runtime works on', async () => {
    const runtime = warm(4 * MiB);
    const model = compiled(runtime);
    const { used, limit } = runtime.memory;
    expect(limit).toBe(4 * MiB);
    const digest = await model.digest();
    const error = await errorOf(() => tensor([3, MiB], undefined, { runtime }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/^out of memory: asked for 12\.0 MiB, /);
    expect(error.message).toMatch(out);

    const huge = floats([300000, 4], 1);
    const many = labels(300000, 3, 1);
    const wide = () => sequential([layers.dense({ units: 2000, inputShape: [2000] })], { runtime });
    const tries = [
      () => model.fit(huge, many),
      () => model.evaluate(huge, many),
      () => model.predict(huge),
      () => model.fit(x, y, { validationData: [huge, many] }),
      wide,
    ];
    for (const run of tries) {
      expect(await message(run)).toMatch(out);
      expect(runtime.memory.used).toBe(used);
    }
    expect(await model.digest()).toBe(digest);
    expect(model.history).toBeUndefined();
    expect((await model.fit(x, y)).epoch).toEqual([0]);
    model.dispose();
    using fits = tensor([MiB / 4], undefined, { runtime });
    expect(fits.data.every((value) => value === 0)).toBe(true);
  });

  test('in compile, in a deferred build and in apply leaves all as it was', async () => {
    const runtime = warm(4 * MiB);
    const { used } = runtime.memory;
    const stack = () => layers.dense({ units: 450 });
    const model = sequential([stack()], { runtime });
    model.build([500]);
    const own = runtime.memory.used;
    const digest = await model.digest();
    expect(await message(() => model.compile({ optimizer: 'adam', loss: 'mse' }))).toMatch(out);
    expect(runtime.memory.used).toBe(own);
    expect(model.optimizer).toBeUndefined();
    expect(await model.digest()).toBe(digest);
    model.dispose();

    const late = sequential([stack()], { runtime });
    late.compile({ optimizer: 'adam', loss: 'mse' });
    expect(await message(() => late.fit(floats([1, 500], 1), floats([1, 450], 1)))).toMatch(out);
    expect(runtime.memory.used).toBe(used);
    expect(await message(() => late.countParams())).toMatch(/has not been built/);

    const [w, g] = [tensor([150000], undefined, { runtime }), tensor([150000], undefined, { runtime })];
    const [w2, g2] = [tensor([10], undefined, { runtime }), tensor([10], undefined, { runtime })];
    const optimizer = optimizers.adam();
    const before = runtime.memory.used;
    expect(
      await message(() =>
        optimizer.apply([
          [w2, g2],
          [w, g],
          [g, w],
        ]),
      ),
    ).toMatch(out);
    expect(runtime.memory.used).toBe(before);
    expect(optimizer.iterations).toBe(0);
    for (const one of [g, g2, w]) one.dispose();
    optimizer.dispose();
    w2.dispose();
    expect(runtime.memory.used).toBe(used);
  });
});
