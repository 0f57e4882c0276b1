/** Threads change no bit of any training, and nothing about how it ends. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Program } from '../../src/engine/program.ts';
import { Graph } from '../../src/graph/graph.ts';
import {
  type ActivationName,
  activationNames,
  createRuntime,
  layers,
  losses,
  type OptimizerName,
  optimizerNames,
  optimizers,
  type Runtime,
  sequential,
} from '../../src/index.ts';
import { bitsOf, classifier, compiled, errorOf, floats, labels } from '../helpers.ts';
import { left, pause, threaded, until, workers } from '../threads.ts';
import { ONE_TO_SEVEN } from '../training-laws.ts';

const x = floats([37, 4], 1);
const y = labels(37, 3, 2);

afterAll(() => until(() => left.size === workers.length));

/** Layers of all kinds, every activation, every penalty, bytes, weights, clipping: whatever has an operation of its own. */
async function everything(runtime: Runtime, fused: boolean) {
  const activate = (activation: ActivationName) => layers.activation({ activation });
  const regularizer = { l1: 1e-4, l2: 1e-3 };
  const model = sequential(
    [
      layers.flatten({ inputShape: [5, 7] }),
      layers.dense({ units: 37, activation: 'relu', kernelRegularizer: regularizer, biasRegularizer: 'l1' }),
      layers.dropout({ rate: 0.2 }),
      ...activationNames.map(activate),
      layers.dense({ units: 30, activation: 'gelu', activityRegularizer: regularizer }),
      layers.reshape({ targetShape: [3, 10] }),
      layers.dense({ units: 6, activation: fused ? 'softmax' : 'sigmoid' }),
    ],
    { seed: 4, runtime },
  );
  const loss = fused ? losses.sparseCategoricalCrossentropy({ ignoreClass: 5 }) : losses.huber({ delta: 0.3 });
  const optimizer = fused
    ? optimizers.rmsprop({ centered: true, momentum: 0.5, clipnorm: 0.5, weightDecay: 0.01 })
    : optimizers.adam({ amsgrad: true, globalClipnorm: 0.5 });
  model.compile({
    optimizer,
    loss,
    metrics: fused ? ['accuracy'] : ['mse', 'categoricalAccuracy', 'binaryAccuracy'],
  });
  const bytes = {
    data: Uint8Array.from(floats([29 * 35], 6).data, (v) => (v + 1) * 127),
    shape: [29, 5, 7],
    divisor: 255,
  };
  const targets = fused ? { data: labels(29 * 3, 6, 7).data, shape: [29, 3] } : floats([29, 3, 6], 7);
  const sampleWeight = Array.from(floats([29], 8).data, Math.abs);
  const { history } = await model.fit(bytes, targets, {
    epochs: 2,
    batchSize: 8,
    sampleWeight,
    validationSplit: 0.2,
  });
  const { data } = await model.predict(bytes, { batchSize: 8 });
  const logs = await model.evaluate(bytes, targets, { batchSize: 11, sampleWeight });
  const result = { history, logs, digest: await model.digest(), predictions: bitsOf(data) };
  model.dispose();
  return result;
}

describe('the same bits', () => {
  test.each([true, false])(
    'of everything that a program can do, for 1, 2, 3, 4 and 7 threads (fused loss: %s)',
    async (fused) => {
      using alone = await threaded(1);
      const want = await everything(alone, fused);
      expect(Object.values(want.history).flat().every(Number.isFinite)).toBe(true);
      for (const threads of [2, 3, 4, 7]) {
        using runtime = await threaded(threads);
        expect(await everything(runtime, fused), `${threads} threads`).toEqual(want);
      }
    },
  );

  test('of every optimizer, with dropout, L2, clipping and a short last batch', async () => {
    const train = async (runtime: Runtime, name: OptimizerName) => {
      using model = sequential(
        [
          layers.dense({ units: 50, activation: 'relu', kernelRegularizer: 'l2', inputShape: [4] }),
          layers.dropout({ rate: 0.3 }),
          layers.dense({ units: 3, activation: 'softmax' }),
        ],
        { seed: 9, runtime },
      );
      const optimizer = optimizers[name]({ clipvalue: 0.1 });
      model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, y, { epochs: 3, batchSize: 8 });
      return model.digest();
    };
    // takes no clipping; test/lbfgs has its threads
    const names = optimizerNames.filter((name) => name !== 'lbfgs');
    const digests: Record<string, string> = {};
    for (const threads of ONE_TO_SEVEN) {
      using runtime = await threaded(threads);
      for (const name of names) {
        const digest = await train(runtime, name);
        digests[name] ??= digest;
        expect(digest, `${name}, ${threads} threads`).toBe(digests[name]);
      }
    }
  });

  test('of a network that is large enough to be shared as it is', async () => {
    const images = {
      data: Uint8Array.from({ length: 150 * 784 }, (_, i) => (i * 2654435761) >>> 24),
      shape: [150, 784],
      divisor: 255,
    };
    const digests = [];
    for (const threads of [1, 2, 3, 'auto'] as const) {
      using runtime = createRuntime({ threads });
      using model = sequential(
        [layers.dense({ units: 100, activation: 'relu' }), layers.dense({ units: 10, activation: 'softmax' })],
        { seed: 1, runtime },
      );
      model.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy' });
      // workers come in somewhere on the way
      await model.fit(images, labels(150, 10, 3), { epochs: 40 });
      digests.push(await model.digest());
    }
    expect(new Set(digests).size).toBe(1);
  });

  test('where the calling thread does not wait for a share but goes on later', async () => {
    using alone = await threaded(1);
    const want = await everything(alone, true);
    using runtime = await threaded(3, 0.001);
    let waited = 0;
    const { run } = Program.prototype;
    vi.spyOn(Program.prototype, 'run').mockImplementation(function (this: Program, steps) {
      const done = run.call(this, steps);
      if (typeof done !== 'number') waited++;
      return done;
    });
    while (waited === 0) expect(await everything(runtime, true)).toEqual(want);
    vi.restoreAllMocks();
  });

  test('of two models that train at the same time', async () => {
    using alone = await threaded(1);
    using runtime = await threaded(2, 0.001);
    const want = compiled(alone);
    await want.fit(x, y, { epochs: 5, batchSize: 3 });
    const models = [compiled(runtime), compiled(runtime), compiled(runtime)];
    await Promise.all(models.map((model) => model.fit(x, y, { epochs: 5, batchSize: 3 })));
    for (const model of models) expect(await model.digest()).toBe(await want.digest());
  });
});

describe('a training that is cut short', () => {
  test('by a signal goes on afterwards, with the bits of one thread', async () => {
    const train = async (runtime: Runtime) => {
      const control = new AbortController();
      const model = compiled(runtime);
      let batches = 0;
      const onTrainBatchEnd = () => {
        if (++batches === 7) control.abort();
      };
      const options = { epochs: 4, batchSize: 5, callbacks: [{ onTrainBatchEnd }], signal: control.signal };
      expect((await errorOf(() => model.fit(x, y, options))).name).toBe('AbortError');
      expect(model.optimizer?.iterations).toBe(7);
      await model.fit(x, y, { epochs: 2, batchSize: 5 });
      return model.digest();
    };
    using alone = await threaded(1);
    using runtime = await threaded(2);
    expect(await train(runtime)).toBe(await train(alone));
  });

  test('by a signal from outside, in the middle of its runs', async () => {
    using runtime = await threaded(2);
    const model = compiled(runtime);
    const signal = AbortSignal.timeout(50);
    const error = await errorOf(() => model.fit(x, y, { epochs: 1_000_000, batchSize: 8, signal }));
    expect(error.name).toBe('TimeoutError');
    const { history } = await model.fit(x, y);
    expect(history.loss?.every(Number.isFinite)).toBe(true);
  });

  /** Ends the last worker, before any event can tell of it, or, if `seen`, after that, when a training has done three batches. */
  const ending = (seen: boolean) => {
    let batches = 0;
    return {
      async onTrainBatchBegin() {
        const last = workers.at(-1);
        if (last === undefined || ++batches !== 4) return;
        void last.terminate();
        if (seen) await until(() => left.has(last));
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      },
    };
  };

  test.each([undefined, 0.001])(
    'by the end of a worker in the middle of a step says in which operation, and the runtime works on (patience %s)',
    async (patience) => {
      using alone = await threaded(1);
      const want = compiled(alone);
      await want.fit(x, y, { epochs: 3 });
      using runtime = await threaded(3, patience);
      const { used } = runtime.memory;
      const model = compiled(runtime);
      let error: Error | undefined;
      let mine = workers.slice(-2);
      // again if the worker has lived long enough to do its share
      while (error === undefined) {
        await until(() => runtime.threading.crew(3)?.threads === 3);
        mine = workers.slice(-2);
        const fit = model.fit(x, y, { epochs: 9, batchSize: 8, callbacks: [ending(false)] });
        error = await fit.then(
          () => undefined,
          (reason: Error) => reason,
        );
      }
      expect(error.message).toMatch(/^operation \S.* failed$/);
      expect((error.cause as Error).message).toBe('thread 2 has ended (exit code 1)');
      await until(() => mine.every((worker) => left.has(worker)));
      model.dispose();
      // control block and scratch memory went with the crew
      expect(runtime.memory.used).toBeLessThan(used);

      const after = compiled(runtime);
      await after.fit(x, y, { epochs: 3 });
      await until(() => runtime.threading.crew(3)?.threads === 3);
      expect(await after.digest()).toBe(await want.digest());
      const shared = compiled(runtime);
      await shared.fit(x, y, { epochs: 3 });
      expect(await shared.digest()).toBe(await want.digest());
    },
  );

  test('by nothing goes on when a worker has ended between two steps, or another training has lost its own', async () => {
    using alone = await threaded(1);
    const want = compiled(alone);
    await want.fit(x, y, { epochs: 3, batchSize: 8 });
    using runtime = await threaded(2);
    const model = compiled(runtime);
    await model.fit(x, y, { epochs: 3, batchSize: 8, callbacks: [ending(true)] });
    expect(await model.digest()).toBe(await want.digest());

    await until(() => runtime.threading.crew(2)?.threads === 2);
    const [broken, other] = [compiled(runtime), compiled(runtime)];
    const failed: string[] = [];
    const breakAnother = {
      async onEpochBegin(epoch: number) {
        if (epoch !== 1) return;
        gatherBeyond(4);
        failed.push((await errorOf(() => broken.fit(x, y, { shuffle: false, batchSize: 8 }))).message);
        vi.restoreAllMocks();
      },
    };
    await other.fit(x, y, { epochs: 3, batchSize: 8, callbacks: [breakAnother] });
    expect(failed).toEqual(['operation gather x failed']);
    expect(await other.digest()).toBe(await want.digest());
  });

  /** Makes models gather from an address of which only the first half of a batch can be read, or nothing at all. */
  function gatherBeyond(rows: number): void {
    const { memory } = Graph.prototype;
    vi.spyOn(Graph.prototype, 'memory').mockImplementation(function (this: Graph, shape, address) {
      const { arena } = this.engine;
      // what is allocated later must not make the memory grow
      arena.free(arena.allocate(2 ** 20));
      const { byteLength } = this.engine.buffer;
      const samples = shape.length === 1 && shape[0] === 4 && this.nodes.every(({ label }) => label !== 'gather x');
      return memory.call(this, shape, samples ? byteLength - rows * 16 : address);
    });
  }

  test.each([
    ['a worker', 4],
    ['the calling thread', -1],
  ])('by a trap in %s says in which operation, and the runtime works on', async (_, rows) => {
    using alone = await threaded(1);
    const want = compiled(alone);
    await want.fit(x, y, { shuffle: false });
    using runtime = await threaded(2);
    const broken = compiled(runtime);
    gatherBeyond(rows);
    const error = await errorOf(() => broken.fit(x, y, { shuffle: false, batchSize: 8 }));
    vi.restoreAllMocks();
    expect(error.message).toBe('operation gather x failed');
    expect((error.cause as Error).message).toMatch(/memory access out of bounds/);
    await until(() => runtime.threading.crew(2)?.threads === 2);
    const model = compiled(runtime);
    await model.fit(x, y, { shuffle: false });
    expect(await model.digest()).toBe(await want.digest());
  });

  test.each([undefined, 0.001])('by the end of its runtime ends with an Error (patience %s)', async (patience) => {
    const runtime = await threaded(2, patience);
    const model = compiled(runtime);
    const failed = errorOf(() => model.fit(x, y, { epochs: 1_000_000, batchSize: 8 }));
    await pause(20);
    runtime.dispose();
    expect((await failed).message).toBe('the runtime has been disposed of');
  });

  test('by the end of its model frees nothing that is still written to', async () => {
    using runtime = await threaded(2, 0.001);
    for (let i = 0; i < 5; i++) {
      const model = compiled(runtime);
      const failed = errorOf(() => model.fit(x, y, { epochs: 1_000_000, batchSize: 8 }));
      await pause(10);
      model.dispose();
      expect((await failed).message).toBe('sequential has been disposed of');
    }
    const { used } = runtime.memory;
    classifier({ runtime }).dispose();
    expect(runtime.memory.used).toBe(used);
  });
});
