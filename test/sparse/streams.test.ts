/** Streams of batches whose inputs are sparse rows: the bits of arrays, here and in a worker. */
import { describe, expect, test } from 'vitest';
import {
  type Batch,
  createRuntime,
  model as functional,
  type InputBatch,
  input,
  layers,
  metrics,
  optimizers,
  sequential,
  sparse,
} from '../../src/index.ts';
import { errorOf, floats, labels } from '../helpers.ts';
import { connected } from '../worker/connected.ts';
import { randomRows } from './rows.ts';

const [rows, columns] = [50, 80];
const pair = randomRows(rows, columns, 0.15, 9);
const all = sparse(pair.sparse);
const y = labels(rows, 3, 2);
const weights = floats([rows], 3).data.map(Math.abs);

const part = (from: number, to: number) => ({
  x: all.rows(from, to),
  y: y.data.slice(from, to),
  sampleWeight: weights.slice(from, to),
});

/** All rows, `size` at a time; the last batch is shorter. */
function* batches(size = 8): Generator<ReturnType<typeof part>> {
  for (let at = 0; at < rows; at += size) yield part(at, Math.min(at + size, rows));
}

function classifier() {
  const made = sequential(
    [layers.dense({ units: 9, activation: 'relu' }), layers.dense({ units: 3, activation: 'softmax' })],
    {
      seed: 5,
    },
  );
  return made;
}

const makers = {
  'SGD, which updates single rows': () => optimizers.sgd({ learningRate: 0.1 }),
  'Adam, which updates all rows': () => optimizers.adam(),
};
const loss = 'sparseCategoricalCrossentropy' as const;

describe.each(Object.entries(makers))('%s', (_name, optimizer) => {
  async function trained(run: (made: ReturnType<typeof classifier>) => Promise<unknown>) {
    using made = classifier();
    made.compile({
      optimizer: optimizer(),
      loss,
      metrics: ['accuracy', metrics.sparseTopKCategoricalAccuracy({ k: 2 })],
    });
    await run(made);
    return { digest: await made.digest(), history: made.history?.history };
  }

  test('batches have the bits of arrays', async () => {
    const options = { epochs: 3, batchSize: 8, shuffle: false, sampleWeight: weights };
    const validationData = [pair.sparse, y, weights] as const;
    const arrays = await trained((made) =>
      made.fit(pair.sparse, y, { ...options, validationData, validationBatchSize: 8 }),
    );
    const stream = await trained((made) => made.fit(() => batches(), { epochs: 3, validationData: () => batches() }));
    expect(stream).toEqual(arrays);
  });

  test('batches of more rows, and of more values, than those before them get more memory', async () => {
    const cuts = [0, 2, 3, 9, 13, 14, 30, 50];
    const cut = <T>(of: (from: number, to: number) => T) => cuts.slice(1).map((to, i): T => of(cuts[i] ?? 0, to));
    const dense = (from: number, to: number) => ({
      ...part(from, to),
      x: { data: pair.dense.data.slice(from * columns, to * columns), shape: [to - from, columns] },
    });
    const sparsely = await trained((made) => made.fit(() => cut(part), { epochs: 2 }));
    expect(sparsely).toEqual(await trained((made) => made.fit(() => cut(dense), { epochs: 2 })));
  });

  test('values may be left out, and parts be plain lists that the source uses again', async () => {
    const ones = { indices: pair.sparse.indices, offsets: pair.sparse.offsets, shape: pair.sparse.shape };
    const arrays = await trained((made) => made.fit(ones, y, { epochs: 2, batchSize: 8, shuffle: false }));
    const stream = await trained((made) =>
      made.fit(
        function* () {
          const indices: number[] = [];
          const offsets: number[] = [];
          for (const { x, y } of batches()) {
            indices.splice(0, indices.length, ...x.indices);
            offsets.splice(0, offsets.length, ...x.offsets);
            yield { x: { indices, offsets, shape: x.shape }, y };
            indices.fill(0);
          }
        },
        { epochs: 2 },
      ),
    );
    expect(stream).toEqual(arrays);
  });
});

test('evaluate and predict take them, and leave no memory behind', async () => {
  using runtime = createRuntime({ threads: 1 });
  using made = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [columns] })], {
    seed: 5,
    runtime,
  });
  made.compile({ loss, metrics: ['accuracy'] });
  const logs = await made.evaluate(all, y, { batchSize: 8 });
  const wanted = await made.predict(all);
  const { used } = runtime.memory;
  expect(await made.evaluate(() => Array.from(batches(), ({ x, y }): Batch => [x, y]))).toEqual(logs);
  const forms: ((rows: ReturnType<typeof part>) => InputBatch)[] = [({ x }) => ({ x }), ({ x }) => [x], ({ x }) => x];
  for (const form of forms) expect(await made.predict(() => Array.from(batches(), form))).toEqual(wanted);
  expect(runtime.memory.used).toBe(used);
});

test('they stand beside other inputs', async () => {
  const numbers = floats([rows, 2], 7);
  const digests: string[] = [];
  for (const streams of [false, true]) {
    const [a, b] = [input({ shape: [columns], name: 'words' }), input({ shape: [2], name: 'numbers' })];
    const both = layers.concatenate().apply([layers.dense({ units: 4 }).apply(a), b]);
    using net = functional({
      inputs: [a, b],
      outputs: layers.dense({ units: 3, activation: 'softmax' }).apply(both),
      seed: 3,
    });
    net.compile({ optimizer: 'sgd', loss });
    function* named() {
      for (let at = 0; at < rows; at += 8) {
        const to = Math.min(at + 8, rows);
        const { x: words, y } = part(at, to);
        yield { x: { words, numbers: { data: numbers.data.slice(2 * at, 2 * to), shape: [to - at, 2] } }, y };
      }
    }
    if (streams) await net.fit(named, { epochs: 2 });
    else await net.fit({ words: all, numbers }, y, { epochs: 2, batchSize: 8, shuffle: false });
    digests.push(await net.digest());
  }
  expect(digests[1]).toBe(digests[0]);
});

test('a model in a worker takes them', async () => {
  using here = classifier();
  here.compile({ optimizer: 'sgd', loss });
  const { history } = await here.fit(() => batches(), { epochs: 2 });
  const client = await connected();
  const there = await client.sequential(
    [layers.dense({ units: 9, activation: 'relu' }), layers.dense({ units: 3, activation: 'softmax' })],
    { seed: 5 },
  );
  await there.compile({ optimizer: 'sgd', loss });
  expect((await there.fit(() => batches(), { epochs: 2 })).history).toEqual(history);
  expect(await there.digest()).toBe(await here.digest());
  const predicted = await there.predict(() =>
    Array.from(batches(), ({ x: { indices, offsets, values, shape } }) => ({ indices, offsets, values, shape })),
  );
  expect(predicted).toEqual(await here.predict(all));
});

test('a batch that does not fit is named', async () => {
  using made = classifier();
  made.compile({ optimizer: 'sgd', loss });
  const good = part(0, 8);
  const wrong: [Batch, typeof TypeError | typeof RangeError, RegExp][] = [
    [{ x: { ...good.x, offsets: [0, 1] }, y: good.y }, RangeError, /offsets/],
    [{ x: { indices: [0], offsets: [0, 1], shape: [1, 7] }, y: [0] }, RangeError, /7/],
    [{ x: good.x, y: [0] }, RangeError, /8/],
    [{ x: { data: new Float32Array(columns), shape: [1, columns] }, y: [0] }, TypeError, /sparse/],
  ];
  for (const [batch, kind, fact] of wrong) {
    const error = await errorOf(() => made.fit(() => [part(0, 8), batch]));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(/batch 2 of epoch 1/);
    expect(error.message).toMatch(fact);
  }
});
