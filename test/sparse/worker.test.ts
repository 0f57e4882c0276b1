/** Sparse rows for models in a worker. */
import { beforeAll, expect, test } from 'vitest';
import { input, layers, model, optimizers, sequential, sparse } from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { errorOf, floats, labels } from '../helpers.ts';
import { connected } from '../worker/connected.ts';
import { randomRows } from './rows.ts';

const [rows, columns] = [50, 80];
const { sparse: x } = randomRows(rows, columns, 0.1, 4);
const y = labels(rows, 3, 2);
const stack = () => [layers.dense({ units: 9, activation: 'relu' }), layers.dense({ units: 3, activation: 'softmax' })];
const compileOptions = () => ({
  optimizer: optimizers.sgd({ learningRate: 0.1 }),
  loss: 'sparseCategoricalCrossentropy' as const,
});
const options = { epochs: 2, validationData: [x, y] as const };

let client: Client;
beforeAll(async () => {
  client = await connected();
});

test('train, evaluate and predict as they do here, and are freed', async () => {
  using here = sequential(stack(), { seed: 5 });
  here.compile(compileOptions());
  const { history } = await here.fit(x, y, options);
  const there = await client.sequential(stack(), { seed: 5 });
  await there.compile(compileOptions());
  expect((await there.fit(sparse(x), y, options)).history).toEqual(history);
  expect(await there.digest()).toBe(await here.digest());
  const { used } = await client.memory();
  expect(await there.evaluate(x, y)).toEqual(await here.evaluate(x, y));
  const ones = { indices: x.indices, offsets: Array.from(x.offsets), shape: x.shape };
  expect(await there.predict(ones)).toEqual(await here.predict(ones));
  const owned = { ...x, indices: x.indices.slice(), offsets: x.offsets.slice(), values: x.values.slice() };
  expect(await there.predict(owned, { transfer: true })).toEqual(await here.predict(x));
  expect(owned.indices.length).toBe(0);
  expect((await client.memory()).used).toBe(used);
});

test('are refused on the page if they do not fit', async () => {
  const there = await client.sequential(stack());
  const error = await errorOf(() => there.predict({ ...x, offsets: [0, 1], shape: [1, columns] }));
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toContain('offsets');
});

test('stand beside other inputs', async () => {
  const network = () => {
    const [a, b] = [input({ shape: [columns], name: 'words' }), input({ shape: [2], name: 'numbers' })];
    const both = layers.concatenate().apply([layers.dense({ units: 4 }).apply(a), b]);
    return { inputs: [a, b], outputs: layers.dense({ units: 3, activation: 'softmax' }).apply(both) };
  };
  const data = { words: x, numbers: floats([rows, 2], 3) };
  using here = model(network());
  here.compile(compileOptions());
  await here.fit(data, y);
  const there = await client.model(network());
  await there.compile(compileOptions());
  await there.fit(data, y);
  expect(await there.digest()).toBe(await here.digest());
});
