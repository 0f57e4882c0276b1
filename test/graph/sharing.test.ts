/**
 * Which operations of recorded programs threads share: those that take one thread more than 3.5 µs, which grows with each size that
 * an operation has. The thresholds are those of docs/architecture.md; costs are good to a factor of two, so the sizes here are further off.
 */
import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/engine/runtime.ts';
import { Threading } from '../../src/engine/threads.ts';
import { type ActivationName, type Layer, layers, type Optimizer, optimizers } from '../../src/index.ts';
import { isShared, operations, type Step, type Steps } from './shared-steps.ts';

test('of 784-300-100-10 with Adam: the products of the two large layers, the images, the update', async () => {
  const stack = [
    layers.dense({ units: 300, activation: 'relu' }),
    layers.dense({ units: 100, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ];
  const step = { rows: 32, input: [784], stack, optimizer: optimizers.adam(), bytes: true };
  const shared = (await operations(step)).filter((one) => one.shared);
  expect(shared.map(({ name, words: { inputs, units } }) => [name, inputs, units])).toEqual([
    ['gatherBytes', undefined, undefined],
    ['dense', 784, 300],
    ['dense', 300, 100],
    ['denseKernelGradient', 300, 100],
    ['denseInputGradient', 300, 100],
    ['denseKernelGradient', 784, 300],
    ['updateParameters', undefined, undefined],
  ]);
});

describe('a product of some 32,000 multiply-adds is not shared, and one that is four times as large is, whichever size it owes that to', () => {
  const sizes = { rows: 8, times: 2, inputs: 32, units: 64 };
  const step = ({ rows, times, inputs, units }: typeof sizes): Step => ({
    rows,
    input: times === 1 ? [1] : [times, 1],
    stack: [layers.dense({ units: inputs }), layers.dense({ units })],
  });
  const larger = (Object.keys(sizes) as (keyof typeof sizes)[]).map((key) => ({
    key,
    at: { ...sizes, [key]: 4 * sizes[key] },
  }));

  describe.each(['dense', 'denseKernelGradient', 'denseInputGradient'])('%s', (name) => {
    const shared = (at: typeof sizes) => isShared(name, step(at), { inputs: at.inputs, units: at.units });
    test('small', async () => expect(await shared(sizes)).toBe(false));
    test.each(larger)('$key', async ({ at }) => expect(await shared(at)).toBe(true));
  });
});

describe('what goes through each number of a batch is shared by how many there are, of rows and in a row', () => {
  const between =
    (layer: () => Layer): Steps =>
    (rows, n) => ({
      rows,
      input: [1],
      stack: [layers.dense({ units: n }), layer(), layers.dense({ units: 1 })],
    });
  const activation = (kind: ActivationName) => between(() => layers.activation({ activation: kind }));
  const inputs = (rows: number, n: number): Step => ({ rows, input: [n], stack: [layers.dense({ units: 1 })] });
  const outputs = (rows: number, n: number): Step => ({ rows, input: [1], stack: [layers.dense({ units: n })] });
  const several = (rows: number, n: number): Step => ({ rows, input: [n, 1], stack: [layers.dense({ units: 2 })] });
  const penalized = (rows: number, n: number): Step => ({
    rows,
    input: [1],
    stack: [layers.dense({ units: n, activityRegularizer: 'l2' })],
  });
  const cases: [string, Steps, few: number, many: number][] = [
    ['gatherBytes', (rows, n) => ({ ...inputs(rows, n), bytes: true }), 4_000, 70_000],
    ['dropout', between(() => layers.dropout({ rate: 0.5 })), 500, 8_000],
    ['activation', activation('softsign'), 4_000, 70_000],
    ['activation', activation('tanh'), 500, 10_000],
    ['activationGradient', activation('tanh'), 2_500, 50_000],
    ['activationGradient', activation('gelu'), 500, 10_000],
    ['activityPenalty', penalized, 4_000, 70_000],
    ['loss', outputs, 250, 5_000],
    ['loss', several, 100, 2_400],
    ['accuracy', (rows, n) => ({ ...outputs(rows, n), metrics: ['categoricalAccuracy'] }), 1_200, 20_000],
    ['accuracy', (rows, n) => ({ ...several(rows, n), metrics: ['categoricalAccuracy'] }), 500, 10_000],
  ];
  test.each(cases)('%s', async (name, steps, few, many) => {
    for (const rows of [1, 10]) {
      expect(await isShared(name, steps(rows, few / rows)), `${few} numbers in ${rows} rows`).toBe(false);
      expect(await isShared(name, steps(rows, many / rows)), `${many} numbers in ${rows} rows`).toBe(true);
    }
  });
});

describe('what goes through each weight is shared by how many there are, whatever the batch', () => {
  const weights =
    (optimizer: () => Optimizer, regularizer = false): Steps =>
    (rows, n) => ({
      rows,
      input: [1],
      stack: [layers.dense({ units: n, useBias: false, ...(regularizer && { kernelRegularizer: 'l2' as const }) })],
      optimizer: optimizer(),
    });
  const sgd = optimizers.sgd;
  const cases: [string, Steps, few: number, many: number][] = [
    ['updateParameters', weights(sgd), 2_000, 35_000],
    ['penalty', weights(sgd, true), 4_000, 70_000],
    ['clipValue', weights(() => sgd({ clipvalue: 1 })), 5_000, 90_000],
    ['squares', weights(() => sgd({ globalClipnorm: 1 })), 3_500, 56_000],
    ['clipNorm', weights(() => sgd({ globalClipnorm: 1 })), 8_000, 140_000],
  ];
  test.each(cases)('%s', async (name, steps, few, many) => {
    for (const rows of [1, 50]) {
      expect(await isShared(name, steps(rows, few)), `${few} weights`).toBe(false);
      expect(await isShared(name, steps(rows, many)), `${many} weights`).toBe(true);
    }
  });
});

describe('a plan', () => {
  const planOf = (threads: number | 'auto', costs: readonly number[]) => {
    using engine = new Engine(2 ** 24, threads);
    const { threading } = engine;
    if (threads === 'auto') threading.most = 8;
    expect(threading).toBeInstanceOf(Threading);
    return threading.plan(costs);
  };

  test('shares operations of more than 3.5 µs among the threads that were asked for', () => {
    expect(planOf(3, [1000, 3400, 3600, 1e6])).toMatchObject({ shared: [false, false, true, true], threads: 3 });
    expect(planOf(3, [3400, 3400])).toMatchObject({ shared: [false, false], threads: 1 });
    expect(planOf(1, [1e6])).toMatchObject({ shared: [false], threads: 1 });
  });

  test('has, where there may be as many as are worth it, one for each 12 µs of what they share', () => {
    const worth = (...costs: number[]) => planOf('auto', costs).threads;
    expect([worth(11_000), worth(23_000), worth(25_000), worth(37_000), worth(1e9)]).toEqual([1, 1, 2, 3, 8]);
    // what is too small to be shared does not count
    expect(worth(...Array(20).fill(3400))).toBe(1);
    expect(worth(...Array(20).fill(3600))).toBe(6);
  });
});
