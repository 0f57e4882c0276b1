/** What has been disposed of says so when it is used, and can be disposed of again. */
import { describe, expect, test } from 'vitest';
import { losses, ops, optimizers, sequential, tensor } from '../../src/index.ts';
import { classifier, compiled, errorOf, floats, labels, warm } from '../helpers.ts';

const x = floats([20, 4], 1);
const y = labels(20, 3, 2);
const message = async (run: () => unknown) => (await errorOf(run)).message;

describe('use after dispose', () => {
  test('of a model', async () => {
    const model = compiled(warm());
    model.dispose();
    const uses = [
      () => model.fit(x, y),
      () => model.evaluate(x, y),
      () => model.predict(x),
      () => model.digest(),
      () => model.getWeights(),
      () => model.setWeights([]),
      () => model.weights,
      () => model.summary(),
      () => model.countParams(),
      () => model.build([4]),
      () => model.compile({ loss: 'mse' }),
    ];
    for (const use of uses) expect(await message(use)).toBe('sequential has been disposed of');
  });

  test('of a tensor, and of the weights of a model', async () => {
    const t = tensor([2, 3]);
    using other = tensor([2, 3]);
    t.dispose();
    t.dispose();
    const uses = [
      () => t.data,
      () => ops.add(t, other),
      () => ops.add(other, t),
      () => ops.exp(other, { out: t }),
      () => ops.sum(t),
      () => losses.meanSquaredError().compute(other, t),
      () => optimizers.sgd().apply([[other, t]]),
      () => classifier().predict(t),
    ];
    for (const use of uses) expect(await message(use)).toBe('the tensor [2, 3] has been disposed of');
    const model = classifier();
    const { tensor: kernel } = model.weights[0] ?? {};
    expect(await message(() => kernel?.dispose())).toMatch(/\[4, 5\].* model/);
    kernel?.rows(0, 1).dispose();
    expect((await model.predict(x)).shape).toEqual([20, 3]);
    model.dispose();
    kernel?.dispose();
    expect(await message(() => kernel?.data)).toBe('the tensor [4, 5] has been disposed of');
  });

  test('of a runtime: its tensors, models and optimizers say so, and can still be disposed of', async () => {
    const runtime = warm();
    const model = compiled(runtime);
    const [w, g] = [tensor([2], [1, 2], { runtime }), tensor([2], [1, 2], { runtime })];
    const optimizer = optimizers.adam();
    optimizer.apply([[w, g]]);
    runtime.dispose();
    runtime.dispose();
    const uses = [
      () => tensor([1], undefined, { runtime }),
      () => classifier({ runtime }),
      () => w.data,
      () => ops.add(w, g),
      () => ops.sum(w),
      () => optimizer.apply([[w, g]]),
      () => model.fit(x, y),
      () => model.evaluate(x, y),
      () => model.predict(x),
      () => model.digest(),
      () => model.compile({ loss: 'mse' }),
      () => runtime.memory,
    ];
    for (const use of uses) expect(await message(use)).toBe('the runtime has been disposed of');
    for (const one of [model, w, g, optimizer]) one.dispose();
  });

  test('a runtime disposed of while a model trains ends that training', async () => {
    const runtime = warm();
    const model = compiled(runtime);
    for (const hook of ['onTrainBatchBegin', 'onEpochEnd'] as const) {
      const error = await errorOf(() =>
        model.fit(x, y, { epochs: 2, callbacks: [{ [hook]: () => runtime.dispose() }] }),
      );
      expect(error.message).toBe('the runtime has been disposed of');
    }
  });

  test('the layers of a model that has gone can be used in another one, and stay there', async () => {
    const model = classifier();
    const digest = await model.digest();
    model.dispose();
    using next = sequential(model.layers, { seed: 7 });
    expect(await next.digest()).toBe(digest);
    model.dispose();
    expect(await next.digest()).toBe(digest);
  });

  test('data disposed of while a call reads them end it, and are not read again', async () => {
    const runtime = warm();
    const model = compiled(runtime);
    const gone = 'the tensor [20, 4] has been disposed of';
    for (const hook of ['onTrainBegin', 'onEpochBegin', 'onTrainBatchEnd', 'onTestBegin', 'onEpochEnd'] as const) {
      const [own, held] = [tensor(x.shape, x.data, { runtime }), tensor(x.shape, x.data, { runtime })];
      const one = hook === 'onTestBegin' ? held : own;
      const options = {
        batchSize: 4,
        epochs: 2,
        validationData: [held, y],
        callbacks: [{ [hook]: () => one.dispose() }],
      } as const;
      expect(await message(() => model.fit(own, y, options)), hook).toBe(gone);
      own.dispose();
      held.dispose();
    }
    const many = floats([20000, 4], 3);
    const { data: want } = await model.predict(many);
    const own = tensor(many.shape, many.data, { runtime });
    const predicting = model.predict(own, { batchSize: 1 });
    own.dispose();
    using _ = tensor(many.shape, new Float32Array(80000).fill(7), { runtime });
    // all was done before the first turn of others, or nothing is given
    const got = await predicting.then(({ data }) => data, String);
    expect([want, 'Error: the tensor [20000, 4] has been disposed of']).toContainEqual(got);
  });

  test('`using` frees what it declares', () => {
    const runtime = warm();
    const { used } = runtime.memory;
    {
      using model = classifier({ runtime });
      using t = tensor([5], undefined, { runtime });
      using optimizer = optimizers.adam();
      optimizer.apply([[t, t]]);
      expect(model.countParams()).toBe(43);
      expect(runtime.memory.used).toBeGreaterThan(used);
    }
    expect(runtime.memory.used).toBe(used);
  });
});
