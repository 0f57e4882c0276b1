/** What `fit` tells its callbacks, how it is stopped, and what the history keeps. */
import { describe, expect, test } from 'vitest';
import {
  type Callback,
  type FitOptions,
  type Logs,
  layers,
  type Progress,
  type Sequential,
  sequential,
} from '../../src/index.ts';
import { classifier, errorOf, floats, labels } from '../helpers.ts';

const x = floats([10, 4], 1);
const y = labels(10, 3, 2);

function compiled(): Sequential {
  const model = classifier();
  model.compile({
    optimizer: 'adam',
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy', 'sparseCategoricalCrossentropy'],
  });
  return model;
}
const fit = (model: Sequential, callbacks: Callback[], options: FitOptions = {}) =>
  model.fit(x, y, { batchSize: 4, epochs: 2, validationData: [x, y], callbacks, ...options });

describe('order and logs', () => {
  test("hooks come in Keras' order, each callback in its turn, and promises are awaited", async () => {
    const calls: string[] = [];
    const recorder = (name: string): Callback => {
      const note = async (what: string) => {
        await new Promise((resolve) => setTimeout(resolve, name === 'a' ? 2 : 0));
        calls.push(`${name} ${what}`);
      };
      return {
        setModel: () => void calls.push(`${name} model`),
        onTrainBegin: () => note('train begin'),
        onTrainEnd: () => note('train end'),
        onEpochBegin: (epoch) => note(`epoch ${epoch} begin`),
        onEpochEnd: (epoch) => note(`epoch ${epoch} end`),
        onTrainBatchBegin: (batch) => note(`batch ${batch} begin`),
        onTrainBatchEnd: (batch) => note(`batch ${batch} end`),
        onTestBegin: () => note('test begin'),
        onTestEnd: () => note('test end'),
      };
    };
    await fit(compiled(), [recorder('a'), recorder('b')]);
    const batches = [0, 1, 2].flatMap((i) => [`batch ${i} begin`, `batch ${i} end`]);
    const epoch = (i: number) => [`epoch ${i} begin`, ...batches, 'test begin', 'test end', `epoch ${i} end`];
    const all = ['model', 'train begin', ...epoch(0), ...epoch(1), 'train end'];
    expect(calls).toEqual(all.flatMap((what) => [`a ${what}`, `b ${what}`]));
  });

  test('the history has its keys in alphabetical order, one number an epoch', async () => {
    const model = compiled();
    const history = await fit(model, []);
    const keys = ['accuracy', 'loss', 'sparseCategoricalCrossentropy'];
    expect(Object.keys(history.history)).toEqual([...keys, ...keys.map((key) => `val_${key}`)]);
    for (const values of Object.values(history.history)) expect(values.length).toBe(2);
    expect(history.epoch).toEqual([0, 1]);
    expect(history.params).toMatchObject({ epochs: 2, steps: 3, batchSize: 4 });
    expect(history.params.keys.toSorted()).toEqual(Object.keys(history.history));
    expect(model.history).toBe(history);
    expect(history.seconds.length).toBe(2);
    expect(history.trainSeconds.length).toBe(2);
    for (const [i, seconds] of history.seconds.entries())
      expect(seconds).toBeGreaterThanOrEqual(history.trainSeconds[i] as number);
  });

  test('what one callback adds to the logs of an epoch, the next sees and the history records', async () => {
    const seen: number[] = [];
    const add = { onEpochEnd: (epoch: number, logs: Logs) => void Object.assign(logs, { aRate: epoch + 0.5 }) };
    const read = { onEpochEnd: (_: number, logs: Logs) => void seen.push(logs.aRate as number) };
    const { history } = await fit(compiled(), [add, read]);
    expect(seen).toEqual([0.5, 1.5]);
    expect(history.aRate).toEqual([0.5, 1.5]);
    expect(Object.keys(history)[0]).toBe('aRate');
  });

  test('what is added in one epoch is not there in the next', async () => {
    const once = { onEpochEnd: (epoch: number, logs: Logs) => void (epoch === 0 && Object.assign(logs, { extra: 1 })) };
    const { history } = await fit(compiled(), [once], { epochs: 3 });
    expect(history.extra).toEqual([1]);
  });

  test('logs of a batch are averages so far; the last are those of the epoch; the end gets the last epoch', async () => {
    const seen: Logs[] = [];
    const ends: Record<string, number>[] = [];
    const callback: Callback = {
      onTrainBatchEnd: (_, logs) => void seen.push({ ...logs }),
      onTrainEnd: (logs) => void ends.push(logs),
      onTestEnd: (logs) => void seen.push({ ...logs }),
    };
    const { history } = await fit(compiled(), [callback], { epochs: 1 });
    const [first, , third, validation] = seen;
    expect(third?.loss).toBe(history.loss?.[0]);
    expect(third?.accuracy).toBe(history.accuracy?.[0]);
    expect([0, 0.25, 0.5, 0.75, 1]).toContain(first?.accuracy);
    expect(first?.loss).not.toBe(third?.loss);
    expect(validation?.loss).toBe(history.val_loss?.[0]);
    expect(Object.keys(ends[0] ?? {}).sort()).toEqual(Object.keys(history));
  });

  test('logs that are kept stay as they were', async () => {
    const [batches, progress]: [Logs[], Progress[]] = [[], []];
    const control: Callback = { onStepsBegin: () => 1, onTrainBatchEnd: (_, logs) => void batches.push(logs) };
    await fit(compiled(), [control, { onProgress: (one) => void progress.push(one) }], { epochs: 1 });
    const losses = batches.map(({ loss }) => loss);
    expect(new Set(losses).size).toBe(3);
    const told = progress.filter(({ phase }) => phase === 'train').map(({ logs: { loss } }) => loss);
    expect(told).toEqual(losses);
  });

  test('onProgress ends each phase with all of its steps and rows', async () => {
    const last: Record<string, Progress> = {};
    const { history } = await fit(compiled(), [
      { onProgress: (p) => void Object.assign(last, { [`${p.phase} ${p.epoch}`]: { ...p, logs: { ...p.logs } } }) },
    ]);
    expect(Object.keys(last)).toEqual(['train 0', 'validate 0', 'train 1', 'validate 1']);
    expect(last['train 1']).toMatchObject({ step: 3, steps: 3, rows: 10, epoch: 1, epochs: 2 });
    expect(last['train 1']?.logs.loss).toBe(history.loss?.[1]);
    expect(last['validate 0']?.logs.loss).toBe(history.val_loss?.[0]);
  });

  test('callbacks that look do not change the bits', async () => {
    const [quiet, watched] = [compiled(), compiled()];
    await fit(quiet, []);
    await fit(watched, [
      { onTrainBatchEnd() {}, onProgress() {}, onEpochEnd: async () => void (await watched.predict(x)) },
    ]);
    expect(await watched.digest()).toBe(await quiet.digest());
  });
});

describe('stopTraining', () => {
  test('ends after the batch that sets it, with the epoch recorded', async () => {
    const model = compiled();
    const batches: number[] = [];
    const ended: Record<string, number>[] = [];
    const stop: Callback = {
      onTrainBatchEnd(batch) {
        batches.push(batch);
        model.stopTraining = batch === 1;
      },
      onTrainEnd: (logs) => void ended.push(logs),
    };
    const { epoch, history } = await fit(model, [stop], { epochs: 5 });
    expect([batches, epoch, ended.length]).toEqual([[0, 1], [0], 1]);
    expect(history.val_loss?.length).toBe(1);
    expect(model.optimizer?.iterations).toBe(2);
  });

  test('ends after the epoch that sets it; the next fit starts afresh', async () => {
    const model = compiled();
    const stop: Callback = {
      onEpochEnd(epoch) {
        model.stopTraining = epoch === 1;
      },
    };
    expect((await fit(model, [stop], { epochs: 9 })).epoch).toEqual([0, 1]);
    expect((await fit(model, [], { epochs: 2 })).epoch).toEqual([0, 1]);
  });
});

describe('AbortSignal', () => {
  test('aborted before: rejects with its reason, and nothing is trained', async () => {
    const model = compiled();
    const digest = await model.digest();
    const error = await errorOf(() => fit(model, [], { signal: AbortSignal.abort() }));
    expect(error.name).toBe('AbortError');
    const reason = new Error('enough');
    expect(await errorOf(() => fit(model, [], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    for (const signal of [AbortSignal.abort(reason)]) {
      expect(await errorOf(() => model.evaluate(x, y, { signal }))).toBe(reason);
      expect(await errorOf(() => model.predict(x, { signal }))).toBe(reason);
    }
    expect(await model.digest()).toBe(digest);
    expect(model.history).toBeUndefined();
  });

  test('aborted in the middle: keeps the weights of the last step and the finished epochs, and can go on', async () => {
    const model = compiled();
    const control = new AbortController();
    const abort: Callback = {
      onTrainBatchEnd(batch) {
        if (batch === 1 && model.history?.epoch.length === 1) control.abort();
      },
    };
    const error = await errorOf(() => fit(model, [abort], { epochs: 4, signal: control.signal }));
    expect(error).toBe(control.signal.reason);
    expect(model.optimizer?.iterations).toBe(5);
    expect(model.history?.epoch).toEqual([0]);
    expect(model.history?.history.loss?.length).toBe(1);
    expect(model.history?.seconds.length).toBe(1);

    // the same five steps, stopped politely, leave the same weights
    const other = compiled();
    const stop: Callback = {
      onTrainBatchEnd(batch) {
        if (batch === 1 && other.history?.epoch.length === 1) other.stopTraining = true;
      },
    };
    await fit(other, [stop], { epochs: 4 });
    expect(await model.digest()).toBe(await other.digest());
    const [a, b] = [await fit(model, []), await fit(other, [])];
    expect(a.history).toEqual(b.history);
    expect(await model.digest()).toBe(await other.digest());
  });

  test('a timer may abort a training that no callback looks at', async () => {
    const model = compiled();
    const control = new AbortController();
    const timer = setInterval(() => model.history?.epoch.length && control.abort());
    const error = await errorOf(() => model.fit(x, y, { epochs: 1e9, signal: control.signal }));
    clearInterval(timer);
    expect(error.name).toBe('AbortError');
    expect(model.history?.epoch.length).toBe(model.history?.history.loss?.length);
    expect(model.history?.epoch.length).toBeGreaterThan(0);
  });
});

test('stop ends a training where it is, also right behind the call of fit', async () => {
  const model = compiled();
  const training = fit(model, [], { epochs: 1e9 });
  model.stop();
  expect((await training).epoch).toEqual([0]);
  await fit(model, [{ onEpochEnd: (epoch) => void (epoch === 2 && model.stop()) }], { epochs: 1e9 });
  expect(model.history?.epoch).toEqual([0, 1, 2]);
});

test('setLearningRate is the learning rate of the optimizer', () => {
  const model = compiled();
  model.setLearningRate(0.5);
  expect(model.optimizer?.learningRate).toBe(0.5);
  expect(() => model.setLearningRate(-1)).toThrow(/learningRate .*-1/);
  expect(() => classifier().setLearningRate(1)).toThrow(/must be compiled first/);
});

describe('failing callbacks', () => {
  const hooks = [
    'onTrainBegin',
    'onEpochBegin',
    'onTrainBatchBegin',
    'onTrainBatchEnd',
    'onTestBegin',
    'onTestEnd',
    'onEpochEnd',
    'onTrainEnd',
    'setModel',
    'setParams',
    'onStepsBegin',
    'onProgress',
  ] as const;
  const ways = hooks.flatMap((hook) => [['throws', hook] as const, ['rejects with', hook] as const]);
  test.each(ways)(
    'what a hook %s comes out of fit: %s; the model stays usable and the history even',
    async (how, hook) => {
      const model = compiled();
      const error = new Error('mine');
      const fail = () => {
        if (how === 'throws') throw error;
        // later than anything that does not wait for it
        return new Promise<never>((_, reject) => setTimeout(reject, 5, error));
      };
      expect(await errorOf(() => fit(model, [{ [hook]: fail }]))).toBe(error);
      const { epoch = [], seconds, trainSeconds } = model.history ?? {};
      expect(seconds?.length ?? 0).toBe(epoch.length);
      expect(trainSeconds?.length ?? 0).toBe(epoch.length);
      expect((await fit(model, [])).epoch).toEqual([0, 1]);
    },
  );

  test('setModel that fails leaves a model that was not built as it was', async () => {
    using late = sequential([layers.dense({ units: 3, activation: 'softmax' })]);
    late.compile({ loss: 'sparseCategoricalCrossentropy' });
    const fail = { setModel: () => expect.fail('mine') };
    expect((await errorOf(() => fit(late, [fail]))).message).toBe('mine');
    expect(late.built).toBe(false);
    expect((await late.predict([[1, 2]])).shape).toEqual([1, 3]);
  });

  test('fit and compile are refused while fit runs', async () => {
    const model = compiled();
    const errors: string[] = [];
    const callback: Callback = {
      async onEpochEnd() {
        errors.push((await errorOf(() => model.fit(x, y))).message);
        errors.push((await errorOf(() => model.compile({ loss: 'mse' }))).message);
      },
    };
    await fit(model, [callback], { epochs: 1 });
    expect(errors[0]).toMatch(/sequential is being trained already/);
    expect(errors[1]).toMatch(/cannot be compiled while it is being trained/);
  });

  test.each([
    'setModel',
    'setParams',
    'onTrainBegin',
    'onEpochBegin',
    'onTrainBatchBegin',
    'onTrainBatchEnd',
    'onTestBegin',
  ] as const)('a model disposed of in %s ends the training with an Error', async (hook) => {
    const model = compiled();
    const error = await errorOf(() => fit(model, [{ [hook]: () => model.dispose() }]));
    expect(error.message).toBe('sequential has been disposed of');
  });
});
