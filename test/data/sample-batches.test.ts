/** `batch` on streams: samples one by one become batches that `fit` takes. */
import { expect, test } from 'vitest';
import { batch } from '../../src/data/index.ts';
import { layers, sequential } from '../../src/index.ts';
import { floats } from '../helpers.ts';

const count = 21;
const x = floats([count, 3], 1);
const y = floats([count], 2);
const sample = (i: number) => ({ x: x.data.subarray(3 * i, 3 * i + 3), y: y.data[i] ?? 0 });

function* samples() {
  for (let i = 0; i < count; i++) yield sample(i);
}
async function* later() {
  for (const one of samples()) yield await Promise.resolve(one);
}

async function digestOf(train: (model: ReturnType<typeof sequential>) => Promise<unknown>): Promise<string> {
  using model = sequential([layers.dense({ units: 1, inputShape: [3] })], { seed: 3 });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  await train(model);
  return model.digest();
}

async function listOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

test('samples of generators and of functions that make them have the bits of arrays', async () => {
  const arrays = (epochs: number) => digestOf((model) => model.fit(x, y, { epochs, batchSize: 8, shuffle: false }));
  const [once, thrice] = [await arrays(1), await arrays(3)];
  expect(await digestOf((model) => model.fit(batch(samples(), 8)))).toBe(once);
  expect(await digestOf((model) => model.fit(batch(later(), 8)))).toBe(once);
  expect(await digestOf((model) => model.fit(batch(samples, 8), { epochs: 3 }))).toBe(thrice);
  expect(await digestOf((model) => model.fit(batch(later, 8), { epochs: 3 }))).toBe(thrice);
  const pairs = function* () {
    for (const one of samples()) yield [Array.from(one.x), one.y] as const;
  };
  expect(await digestOf((model) => model.fit(batch(pairs, 8), { epochs: 3 }))).toBe(thrice);
});

test('parts by name stay by name, and a rest is left out where that is asked for', async () => {
  const named = function* (epoch: number) {
    for (let i = 0; i < 5; i++) yield { x: { a: [i], b: [-i, epoch] }, y: i };
  };
  const all = await listOf(batch(named, 2)(7));
  expect(all).toEqual([
    {
      x: {
        a: [[0], [1]],
        b: [
          [-0, 7],
          [-1, 7],
        ],
      },
      y: [0, 1],
    },
    {
      x: {
        a: [[2], [3]],
        b: [
          [-2, 7],
          [-3, 7],
        ],
      },
      y: [2, 3],
    },
    { x: { a: [[4]], b: [[-4, 7]] }, y: [4] },
  ]);
  expect(await listOf(batch(named(7), 2, { dropRemainder: true }))).toEqual(all.slice(0, 2));
});

test('a stream that is left early is closed, and one that fails is not', async () => {
  const closed: string[] = [];
  const source = (name: string, fails: boolean): AsyncIterable<ReturnType<typeof sample>> => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        if (fails) throw new RangeError('disk full');
        return { done: false as const, value: sample(0) };
      },
      return: async () => {
        closed.push(name);
        return { done: true as const, value: undefined };
      },
    }),
  });
  for await (const one of batch(source('endless', false), 4)) {
    expect(one.y).toHaveLength(4);
    break;
  }
  await expect(batch(source('failing', true), 4).next()).rejects.toThrow('disk full');
  expect(closed).toEqual(['endless']);
});

test('samples that do not fit each other are named', async () => {
  const wrong = function* (): Generator<object> {
    yield { x: [1], y: 1 };
    yield { x: [1] };
  };
  await expect(batch(wrong(), 2).next()).rejects.toThrow(/sample 2.*x, y.*x/);
  await expect(batch([3].values() as Iterable<unknown> as Iterable<object>, 2).next()).rejects.toThrow(/sample 1.*3/);
  expect(() => batch(samples, 0)).toThrow(RangeError);
});
