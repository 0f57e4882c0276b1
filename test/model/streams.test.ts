/** `fit`, `evaluate` and `predict` on streams of batches: the same bits as on arrays, and how a stream begins, waits, fails and ends. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Batch,
  type BatchSource,
  callbacks,
  createRuntime,
  type FitStreamOptions,
  model as functional,
  input,
  layers,
  loadModel,
  metrics,
  optimizers,
  type Sequential,
  sequential,
  tensor,
} from '../../src/index.ts';
import { floats, labels } from '../helpers.ts';

const x = floats([50, 4], 1);
const y = labels(50, 3, 2);
const weights = floats([50], 3).data.map(Math.abs);
const rowsOf = (from: number, to: number) => ({
  x: { data: x.data.subarray(from * 4, to * 4), shape: [to - from, 4] },
  y: { data: y.data.subarray(from, to), shape: [to - from] },
});

/** All samples in batches, the last one short. */
function* batches(size = 8, count = 50): Generator<ReturnType<typeof rowsOf>> {
  for (let at = 0; at < count; at += size) yield rowsOf(at, Math.min(at + size, count));
}

async function* later(size = 8, count = 50) {
  for (const batch of batches(size, count)) {
    await new Promise((resolve) => setTimeout(resolve));
    yield batch;
  }
}

/** Batches that never end. */
function* endless(size = 8) {
  while (true) yield* batches(size);
}

function classifier(): Sequential {
  const stack = [
    layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
    layers.dropout({ rate: 0.3 }),
    layers.batchNormalization(),
    layers.dense({ units: 3, activation: 'softmax' }),
  ];
  const made = sequential(stack, { seed: 5 });
  made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return made;
}

/** What a training leaves: the weights' digest, the history, and every hook that was called with its logs. */
async function outcome(train: (model: Sequential, hooks: object) => Promise<unknown>) {
  const made = classifier();
  const seen: unknown[] = [];
  const names = [
    'onTrainBegin',
    'onEpochBegin',
    'onTrainBatchBegin',
    'onTrainBatchEnd',
    'onTestBegin',
    'onTestEnd',
    'onEpochEnd',
  ];
  const hooks = Object.fromEntries(
    names.map((name) => [name, (...args: unknown[]) => seen.push([name, JSON.stringify(args)])]),
  );
  await train(made, hooks);
  const saved = Buffer.from(await made.save()).toString('base64');
  return { digest: await made.digest(), history: made.history?.history, epoch: made.epoch, seen, saved };
}

/** A stream that records what is asked of it. */
function watched(size = 8, count = 50) {
  const log = { begun: 0, given: 0, returned: 0 };
  const source = {
    [Symbol.asyncIterator]() {
      log.begun++;
      const inner = batches(size, count);
      return {
        async next() {
          const result = inner.next();
          if (!result.done) log.given++;
          return result;
        },
        async return() {
          log.returned++;
          return { done: true as const, value: undefined };
        },
      };
    },
  };
  return { log, source };
}

afterEach(() => void vi.restoreAllMocks());

describe('the same bits as arrays in the same order', () => {
  const [tx, ty] = [rowsOf(0, 50).x, rowsOf(0, 50).y];

  test.each<[string, BatchSource]>([
    ['a function that makes generators', () => batches()],
    ['a function that makes asynchronous generators', () => later()],
    ['a function that gives a promise', async () => batches()],
    ['a function that gives an array', () => [...batches()]],
    ['an iterable', { [Symbol.iterator]: () => batches() }],
    ['an asynchronous iterable', { [Symbol.asyncIterator]: () => later() }],
    ['batches as [x, y]', () => [...batches()].map((batch) => [batch.x, batch.y] as const)],
    [
      'nested arrays',
      () =>
        [...batches()].map((b) => ({
          x: Array.from({ length: b.x.shape[0] ?? 0 }, (_, i) => Array.from(b.x.data.subarray(i * 4, i * 4 + 4))),
          y: Array.from(b.y.data),
        })),
    ],
    ['promises of batches', () => [...batches()].map(async (batch) => batch) as never],
  ])('%s', async (_name, source) => {
    const validationData = [rowsOf(0, 20).x, rowsOf(0, 20).y] as const;
    const arrays = await outcome((made, hooks) =>
      made.fit(tx, ty, {
        epochs: 3,
        batchSize: 8,
        shuffle: false,
        validationData,
        validationBatchSize: 8,
        callbacks: [hooks],
      }),
    );
    const stream = await outcome((made, hooks) =>
      made.fit(source, { epochs: 3, validationData: () => batches(8, 20), callbacks: [hooks] }),
    );
    expect(stream).toEqual(arrays);
    const apart = await outcome((made, hooks) =>
      made.fit(source, { epochs: 3, validationData, validationBatchSize: 8, callbacks: [hooks] }),
    );
    expect(apart).toEqual(arrays);
  });

  test('without hooks for every batch, several batches run at once', async () => {
    const one = await outcome((made) => made.fit(tx, ty, { epochs: 4, batchSize: 3, shuffle: false }));
    const two = await outcome((made) => made.fit(() => batches(3), { epochs: 4 }));
    expect(two).toEqual(one);
  });

  test('threads, bytes with a divisor, and tensors of the same runtime', async () => {
    const bytes = {
      data: Uint8Array.from(floats([50 * 40], 6, 127).data, (value) => value + 128),
      shape: [50, 40],
      divisor: 255,
    };
    const digestOf = async (threads: number, stream: boolean, tensors = false) => {
      const runtime = createRuntime({ threads });
      const stack = [
        layers.dense({ units: 64, activation: 'relu', inputShape: [40] }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ];
      const made = sequential(stack, { seed: 5, runtime });
      made.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
      function* parts() {
        for (let at = 0; at < 50; at += 16) {
          const [count, data] = [Math.min(16, 50 - at), bytes.data.subarray(at * 40, (at + 16) * 40)];
          const shape = [count, 40];
          const own = tensors
            ? tensor(shape, data, { dtype: 'uint8', divisor: 255, runtime })
            : { data, shape, divisor: 255 };
          yield { x: own, y: y.data.subarray(at, at + 16) };
          if (tensors) (own as ReturnType<typeof tensor>).dispose();
        }
      }
      await (stream
        ? made.fit(parts, { epochs: 5 })
        : made.fit(bytes, y, { epochs: 5, batchSize: 16, shuffle: false }));
      const digest = await made.digest();
      runtime.dispose();
      return digest;
    };
    const expected = await digestOf(1, false);
    expect(await digestOf(1, true)).toBe(expected);
    expect(await digestOf(2, true)).toBe(expected);
    expect(await digestOf(1, true, true)).toBe(expected);
  });

  test('weights of samples in the batches, weights of classes in the options', async () => {
    const weighted = () =>
      [...batches()].map((batch, i) => ({ ...batch, sampleWeight: weights.subarray(8 * i, 8 * i + 8) }));
    const sampleWeight = { data: weights, shape: [50] };
    const one = await outcome((made) => made.fit(tx, ty, { epochs: 2, batchSize: 8, shuffle: false, sampleWeight }));
    expect(await outcome((made) => made.fit(weighted, { epochs: 2 }))).toEqual(one);
    const classWeight = { 1: 3 };
    const two = await outcome((made) => made.fit(tx, ty, { epochs: 2, batchSize: 8, shuffle: false, classWeight }));
    expect(await outcome((made) => made.fit(() => batches(), { epochs: 2, classWeight }))).toEqual(two);
  });

  test('a model with several inputs and outputs, which batches give by name', async () => {
    const digestOf = async (stream: boolean) => {
      const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [4], name: 'b' })];
      const sum = layers.add().apply([a, b]);
      const outputs = {
        class: layers.dense({ units: 3, activation: 'softmax' }).apply(sum),
        same: layers.dense({ units: 4 }).apply(sum),
      };
      const made = functional({ inputs: [a, b], outputs, seed: 3 });
      made.compile({ loss: { class: 'sparseCategoricalCrossentropy', same: 'mse' } });
      const named = (one: ReturnType<typeof rowsOf>) => ({
        x: { a: one.x, b: one.x },
        y: { class: one.y, same: one.x },
      });
      const all = named(rowsOf(0, 50));
      await (stream
        ? made.fit(() => [...batches()].map(named), { epochs: 2 })
        : made.fit(all.x, all.y, { epochs: 2, batchSize: 8, shuffle: false }));
      return made.digest();
    };
    expect(await digestOf(true)).toBe(await digestOf(false));
  });

  test('evaluate and predict', async () => {
    const made = classifier();
    expect(await made.evaluate(() => later())).toEqual(await made.evaluate(tx, ty, { batchSize: 8 }));
    expect(await made.evaluate(endless(), { steps: 2 })).toEqual(
      await made.evaluate(rowsOf(0, 16).x, rowsOf(0, 16).y, { batchSize: 8 }),
    );
    const all = await made.predict(tx);
    expect(await made.predict(() => later())).toEqual(all);
    expect(await made.predict(() => [...batches()].map((batch) => batch.x))).toEqual(all);
    expect((await made.predict(endless(7), { steps: 3 })).data).toEqual(all.data.subarray(0, 21 * 3));
  });

  test('builds a model that has no shape yet', async () => {
    const made = sequential([layers.dense({ units: 3, activation: 'softmax' })], { seed: 1 });
    made.compile({ loss: 'crossentropy' });
    await made.fit(batches());
    expect(made.built).toBe(true);
  });

  test('resuming from a checkpoint, where the function is told the epoch', async () => {
    const source = (epoch: number) =>
      [...batches()].map((_, i) => rowsOf(((i + epoch) % 6) * 8, ((i + epoch) % 6) * 8 + 8));
    const whole = await outcome((made) => made.fit(source, { epochs: 4 }));
    const first = classifier();
    let saved = new Uint8Array();
    const checkpoint = callbacks.modelCheckpoint((bytes) => {
      saved = Uint8Array.from(bytes);
    });
    await first.fit(source, { epochs: 2, callbacks: [checkpoint] });
    const second = await loadModel<Sequential>(saved);
    await second.fit(source, { epochs: 4, initialEpoch: second.epoch });
    expect(await second.digest()).toBe(whole.digest);
  });
});

describe('batches of different kinds', () => {
  test('sizes may change, up and down, like trainOnBatch with these batches', async () => {
    const parts = [rowsOf(0, 5), rowsOf(5, 20), rowsOf(20, 23), rowsOf(23, 38), rowsOf(38, 50)];
    const one = classifier();
    await one.fit(() => parts, { epochs: 2 });
    const two = classifier();
    for (const { x: input, y: targets } of [...parts, ...parts]) two.trainOnBatch(input, targets);
    expect(await one.digest()).toBe(await two.digest());
  });

  test('bytes may follow floats, and weights may be missing; totals go on', async () => {
    const bytes = { data: Uint8Array.from({ length: 32 }, (_, i) => i * 7), shape: [8, 4], divisor: 255 };
    const same = { data: Float32Array.from(bytes.data, (value) => Math.fround(value / 255)), shape: [8, 4] };
    const labelsOf = rowsOf(0, 8).y;
    const mixed = [
      rowsOf(0, 8),
      { x: bytes, y: labelsOf },
      rowsOf(8, 16),
      { ...rowsOf(16, 24), sampleWeight: new Float32Array(8).fill(1) },
    ];
    const plain = [rowsOf(0, 8), { x: same, y: labelsOf }, rowsOf(8, 16), rowsOf(16, 24)];
    const one = await outcome((made) => made.fit(() => mixed as Batch[], { epochs: 2 }));
    expect(one).toEqual(await outcome((made) => made.fit(() => plain, { epochs: 2 })));
  });

  test('metrics over an epoch go on too', async () => {
    const made = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })], { seed: 2 });
    made.compile({ loss: 'binaryCrossentropy', metrics: [metrics.auc(), metrics.precision(), 'accuracy'] });
    const targets = { data: y.data.map((label) => label & 1), shape: [50] };
    const growing = [1, 2, 4, 8, 16, 19].map((size) => {
      const before = size === 19 ? 31 : size - 1;
      return { x: rowsOf(before, before + size).x, y: targets.data.subarray(before, before + size) };
    });
    const streamed = await made.evaluate(() => growing);
    const { loss, ...measured } = await made.evaluate(x, targets);
    expect(streamed).toMatchObject(measured);
    expect(streamed.loss).toBeCloseTo(loss ?? Number.NaN, 6);
  });

  test('arrays may be used again for the next batch', async () => {
    const own = { x: new Float32Array(8 * 4), y: new Int32Array(8) };
    async function* reusing() {
      for (const batch of batches(8, 48)) {
        own.x.set(batch.x.data);
        own.y.set(batch.y.data);
        yield { x: { data: own.x, shape: [8, 4] }, y: own.y };
      }
    }
    const one = await outcome((made) => made.fit(reusing, { epochs: 2 }));
    expect(one).toEqual(await outcome((made) => made.fit(() => batches(8, 48), { epochs: 2 })));
  });
});

describe('the length of an epoch', () => {
  test('stepsPerEpoch lets an endless stream go on from epoch to epoch', async () => {
    const one = await outcome((made) => made.fit(endless(10), { epochs: 3, stepsPerEpoch: 5 }));
    expect(one).toEqual(await outcome((made) => made.fit(() => batches(10), { epochs: 3 })));
    const made = classifier();
    await made.fit(endless(10), { epochs: 3, stepsPerEpoch: 2 });
    const all = classifier();
    await all.fit(() => [...batches(10), ...batches(10, 10)]);
    expect(await made.digest()).toBe(await all.digest());
  });

  test('asks for no more batches than it uses, and returns the iterator', async () => {
    const { log, source } = watched();
    await classifier().fit(source, { epochs: 2, stepsPerEpoch: 3 });
    expect(log).toEqual({ begun: 1, given: 6, returned: 1 });
    const again = watched();
    await classifier().fit(() => again.source, { epochs: 2, stepsPerEpoch: 3 });
    expect(again.log).toEqual({ begun: 2, given: 6, returned: 2 });
    const whole = watched();
    await classifier().fit(whole.source, { epochs: 2 });
    expect(whole.log).toEqual({ begun: 2, given: 14, returned: 0 });
  });

  test('a stream that ends early ends the epoch with a warning, and begins again, as in Keras', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const made = classifier();
    const { epoch } = await made.fit({ [Symbol.iterator]: () => batches() }, { epochs: 2, stepsPerEpoch: 9 });
    expect(epoch).toEqual([0, 1]);
    expect(warn.mock.calls.map(([text]) => /7 of 9 steps of epoch (\d)/.exec(text)?.[1])).toEqual(['1', '2']);
    const twice = classifier();
    await twice.fit(() => batches(), { epochs: 2 });
    expect(await made.digest()).toBe(await twice.digest());
  });

  test('a generator that has run out ends the training', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { epoch } = await classifier().fit(batches(), { epochs: 5, stepsPerEpoch: 4 });
    expect(epoch).toEqual([0, 1]);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  test('progress knows the number of steps only if the stream says it', async () => {
    const steps: unknown[] = [];
    const made = classifier();
    const onProgress = ({ step, steps: all, rows }: { step: number; steps: number | undefined; rows: number }) =>
      steps.push([step, all, rows]);
    const history = await made.fit(() => batches(), { onProgress });
    expect(steps.at(-1)).toEqual([7, undefined, 50]);
    expect(history.params).toMatchObject({ steps: undefined, batchSize: 8 });
    await made.fit(() => endless(), { stepsPerEpoch: 7, onProgress });
    expect(steps.at(-1)).toEqual([7, 7, 50]);
  });

  test('verbose prints a line for each epoch', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await classifier().fit(() => batches(), { epochs: 2, verbose: 2 });
    expect(log.mock.calls.map(([line]) => /^Epoch (\d)\/2 - 7\/7 - .*loss: /.exec(line)?.[1])).toEqual(['1', '2']);
  });

  test('validationSteps takes the first batches of each validation', async () => {
    const made = classifier();
    const { history } = await made.fit(() => batches(), {
      epochs: 2,
      validationData: () => endless(10),
      validationSteps: 2,
    });
    expect(history.val_loss?.[1]).toBe((await made.evaluate(rowsOf(0, 20).x, rowsOf(0, 20).y, { batchSize: 10 })).loss);
  });
});

describe('prefetch and the end', () => {
  test('is at most eight batches ahead, and gets on only as batches are used', async () => {
    const { log, source } = watched(1);
    const ahead: number[] = [];
    await classifier().fit(source, {
      callbacks: [{ onTrainBatchBegin: (batch: number) => void ahead.push(log.given - batch) }],
    });
    expect(Math.max(...ahead)).toBe(8);
  });

  test('large batches are fetched two at a time', async () => {
    const made = sequential([layers.dense({ units: 1, inputShape: [1024] })]);
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    let given = 0;
    const ahead: number[] = [];
    function* large() {
      for (; given < 6; given++)
        yield { x: { data: new Float32Array(1600 * 1024), shape: [1600, 1024] }, y: new Float32Array(1600) };
    }
    await made.fit(large(), { callbacks: [{ onTrainBatchBegin: (batch: number) => void ahead.push(given - batch) }] });
    expect(Math.max(...ahead)).toBeLessThanOrEqual(2);
  });

  test.each<[string, (made: Sequential) => object]>([
    [
      'stopTraining',
      (made) => {
        const onTrainBatchEnd = (batch: number): void => {
          made.stopTraining = batch === 2;
        };
        return { callbacks: [{ onTrainBatchEnd }] };
      },
    ],
    ['stop', (made) => ({ callbacks: [{ onTrainBatchEnd: () => made.stop() }] })],
    ['an Error of a callback', () => ({ onEpochEnd: () => Promise.reject(new Error('enough')), stepsPerEpoch: 2 })],
  ])('%s ends the stream', async (_name, options) => {
    const { log, source } = watched(1);
    const made = classifier();
    await made.fit(source, options(made) as FitStreamOptions).catch(() => undefined);
    expect(log).toMatchObject({ begun: 1, returned: 1 });
    expect(log.given).toBeLessThan(20);
  });

  test('an abort ends it while it waits for a batch', async () => {
    const reason = new Error('no more');
    const controller = new AbortController();
    let [given, returned] = [0, 0];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          if (given++ < 2) return Promise.resolve({ done: false as const, value: rowsOf(0, 8) });
          setTimeout(() => controller.abort(reason));
          return new Promise<never>(() => undefined);
        },
        return: () => {
          returned++;
          return new Promise<never>(() => undefined);
        },
      }),
    };
    const made = classifier();
    const fit = made.fit(source, { signal: controller.signal });
    await expect(fit).rejects.toBe(reason);
    expect(returned).toBe(1);
    given = 2;
    const first = made.fit(source, { signal: AbortSignal.timeout(20) });
    await expect(first).rejects.toThrow(/timeout|aborted/i);
  });

  test('stop and dispose end it while it waits for a batch', async () => {
    const made = classifier();
    const stuckUntil = (end: () => void) =>
      async function* () {
        yield rowsOf(0, 8);
        setTimeout(end);
        await new Promise(() => undefined);
      };
    const { epoch } = await made.fit(stuckUntil(() => made.stop()));
    expect([epoch, made.epoch]).toEqual([[0], 0]);
    await expect(made.fit(stuckUntil(() => made.dispose()))).rejects.toThrow(/disposed/);
  });

  test('nothing is left in memory', async () => {
    const runtime = createRuntime();
    const made = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })], { runtime });
    made.compile({ optimizer: optimizers.sgd(), loss: 'sparseCategoricalCrossentropy' });
    await made.fit(() => batches());
    const { used } = runtime.memory;
    await made.fit(() => [...batches(8), ...batches(16)], { epochs: 2, validationData: () => batches() });
    await made.predict(() => batches());
    await expect(made.fit(() => [rowsOf(0, 8), { x: [[1]], y: [1] }])).rejects.toThrow();
    expect(runtime.memory.used).toBe(used);
    runtime.dispose();
  });
});

describe('errors', () => {
  test('of the stream come with their cause, after the batches before them have been used', async () => {
    const cause = new RangeError('disk full');
    function* failing() {
      yield* batches(8, 24);
      throw cause;
    }
    const made = classifier();
    const error = await made.fit(failing).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: expect.stringMatching(/batch 4 of epoch 1: disk full/), cause });
    const three = classifier();
    await three.fit(() => batches(8, 24));
    expect(await made.digest()).toBe(await three.digest());
    await expect(made.fit(() => Promise.reject(cause))).rejects.toMatchObject({ cause });
  });

  test.each<[string, unknown, RegExp]>([
    ['another shape', { x: [[1, 2, 3]], y: [0] }, /batch 3 of epoch 2: .*\[\.\., 4\].*\[\.\., 3\]/],
    ['too few targets', { x: [[1, 2, 3, 4]], y: [0, 1] }, /batch 3 of epoch 2: .*\[1, 4\].*\[2\]/],
    ['a label out of range', { x: [[1, 2, 3, 4]], y: [3] }, /batch 3 of epoch 2: y\[0\] is 3/],
    ['no samples', { x: { data: [], shape: [0, 4] }, y: [] }, /batch 3 of epoch 2: .*empty/],
    ["TensorFlow.js' names", { xs: [[1, 2, 3, 4]], ys: [0] }, /batch 3 of epoch 2: .*'xs'.*'x'/],
    ['no targets', { x: [[1, 2, 3, 4]] }, /batch 3 of epoch 2: .*no y/],
    ['a number', 3, /batch 3 of epoch 2: a batch must be .*got 3/],
  ])('of a batch with %s name the batch', async (_name, wrong, message) => {
    const source = (epoch: number) => (epoch === 0 ? batches() : [rowsOf(0, 8), rowsOf(8, 16), wrong as Batch]);
    const error = await classifier()
      .fit(source, { epochs: 2 })
      .catch((error: unknown) => error);
    expect(String(error)).toMatch(message);
  });

  test('of the first batch leave the model as it was', async () => {
    const made = classifier();
    const before = await made.digest();
    await expect(made.fit(() => [{ x: [[1]], y: [0] }])).rejects.toThrow(
      /batch 1 of epoch 1: .*\[\.\., 4\].*\[\.\., 1\]/,
    );
    await expect(made.fit(() => [])).rejects.toThrow(/no batches/);
    await expect(made.fit(() => batches(), { validationData: () => [{ x: [[1]], y: [0] }] })).rejects.toThrow(
      /validation batch 1/,
    );
    expect(await made.digest()).toBe(before);
    await expect(made.evaluate(() => [...batches(8, 16), { x: [[1]], y: [0] }])).rejects.toThrow(/^batch 3: /);
  });

  test.each<[string, (made: Sequential) => Promise<unknown>, RegExp]>([
    ['batchSize', (made) => made.fit(() => batches(), { batchSize: 4 } as never), /batchSize/],
    ['shuffle', (made) => made.fit(() => batches(), { shuffle: true } as never), /shuffle/],
    ['validationSplit', (made) => made.fit(() => batches(), { validationSplit: 0.5 } as never), /validationSplit/],
    ['sampleWeight', (made) => made.fit(() => batches(), { sampleWeight: [1] } as never), /sampleWeight/],
    [
      'validationBatchSize',
      (made) => made.fit(() => batches(), { validationData: () => batches(), validationBatchSize: 3 }),
      /validationBatchSize/,
    ],
    ['stepsPerEpoch of 0', (made) => made.fit(() => batches(), { stepsPerEpoch: 0 }), /stepsPerEpoch/],
    ['stepsPerEpoch with arrays', (made) => made.fit(x, y, { stepsPerEpoch: 3 } as never), /stepsPerEpoch/],
    [
      'validationSteps with arrays',
      (made) => made.fit(x, y, { validationData: [x, y], validationSteps: 3 }),
      /validationSteps/,
    ],
    ['targets', (made) => made.fit((() => batches()) as never, y, {}), /\(source, options\)/],
    ['an array of batches', (made) => made.fit([...batches()] as never, {} as never), /x|y/],
    ['a generator for several epochs', (made) => made.fit(batches(), { epochs: 2 }), /read once.*2 epochs/],
    [
      'a generator for several validations',
      (made) => made.fit(() => batches(), { epochs: 2, validationData: batches(), validationSteps: 2 }),
      /read once/,
    ],
    ['steps with arrays', (made) => made.evaluate(x, y, { steps: 2 } as never), /steps/],
    ['no iterable', (made) => made.fit((() => 3) as never), /iterable of batches.*got 3/],
  ])('refuses %s', async (_name, call, message) => {
    const error = await call(classifier()).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toMatch(message);
  });
});
