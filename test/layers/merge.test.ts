/** Layers of several inputs: values and gradients, shapes that do not fit, saving, threads. */
import { describe, expect, test } from 'vitest';
import {
  createRuntime,
  type Functional,
  input,
  type Layer,
  layers,
  loadModel,
  model,
  optimizers,
  type Runtime,
  type SymbolicTensor,
} from '../../src/index.ts';
import { expectClose, floats } from '../helpers.ts';

const a = [
  [1, -2, 3],
  [0.5, 4, -1],
];
const b = [
  [2, -3, 3],
  [1, 2, 0],
];
const each = (f: (x: number, y: number) => number) => a.flatMap((row, i) => row.map((x, j) => f(x, b[i]?.[j] ?? 0)));
const dots = a.map((row, i) => row.reduce((sum, x, j) => sum + x * (b[i]?.[j] ?? 0), 0));
const length = (row: readonly number[] = []) => Math.hypot(...row);

const merges: readonly (readonly [string, () => Layer, readonly number[]])[] = [
  ['add', () => layers.add(), each((x, y) => x + y)],
  ['subtract', () => layers.subtract(), each((x, y) => x - y)],
  ['multiply', () => layers.multiply(), each((x, y) => x * y)],
  ['average', () => layers.average(), each((x, y) => (x + y) / 2)],
  ['maximum', () => layers.maximum(), each(Math.max)],
  ['minimum', () => layers.minimum(), each(Math.min)],
  ['concatenate', () => layers.concatenate(), a.flatMap((row, i) => [...row, ...(b[i] ?? [])])],
  ['dot', () => layers.dot({ axes: 1 }), dots],
  ['dot', () => layers.dot({ axes: -1, normalize: true }), dots.map((x, i) => x / (length(a[i]) * length(b[i])))],
];

/** A residual block beside a branch, their dot product, and all of it joined. */
function block(runtime?: Runtime): Functional<SymbolicTensor> {
  const x = input({ shape: [6], name: 'x' });
  const z = input({ shape: [2, 3], name: 'z' });
  const hidden = layers.dense({ units: 6, activation: 'tanh' }).apply(x);
  const residual = layers.add().apply([x, layers.dense({ units: 6 }).apply(hidden)]);
  const gate = layers.dense({ units: 6, activation: 'sigmoid' }).apply(layers.flatten().apply(z));
  const gated = layers.multiply().apply([residual, gate]);
  const mean = layers.average().apply([gated, hidden, x]);
  const close = layers.dot({ axes: 1, normalize: true }).apply([gated, hidden]);
  const rows = layers.dot({ axes: [1, 2] }).apply([gate, layers.reshape({ targetShape: [1, 6] }).apply(mean)]);
  const joined = layers.concatenate().apply([layers.subtract().apply([mean, gated]), close, rows]);
  const y = layers.dense({ units: 2 }).apply(joined);
  return model({ inputs: [x, z], outputs: y, seed: 5, ...(runtime && { runtime }) });
}
const data = [floats([12, 6], 1), floats([12, 2, 3], 2)];
const y = floats([12, 2], 3);

describe('layers of several inputs', () => {
  test.each(merges)('%s computes what its name says', async (_, make, want) => {
    const [left, right] = [input({ shape: [3] }), input({ shape: [3] })];
    const merged = make().apply([left, right]);
    expect(merged.shape).toEqual([null, want.length / 2]);
    using net = model({ inputs: [left, right], outputs: merged });
    expectClose((await net.predict([a, b])).data, want, 1e-6);
  });

  test('broadcast: a sample of fewer axes gets axes of 1 in front', async () => {
    const [matrix, row] = [input({ shape: [2, 3] }), input({ shape: [3] })];
    using net = model({ inputs: [matrix, row], outputs: layers.add().apply([matrix, row]) });
    const sums = await net.predict([
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      [[10, 20, 30]],
    ]);
    expect(sums.shape).toEqual([1, 2, 3]);
    expect([...sums.data]).toEqual([11, 22, 33, 14, 25, 36]);
  });

  test('concatenate along another axis; dot of matrices', async () => {
    const [left, right] = [input({ shape: [1, 2] }), input({ shape: [2, 2] })];
    const joined = layers.concatenate({ axis: 1 }).apply([left, right]);
    const products = layers.dot({ axes: 2 }).apply([left, right]);
    using net = model({ inputs: [left, right], outputs: [joined, products] });
    const [first, second] = await net.predict([
      [[[1, 2]]],
      [
        [
          [3, 4],
          [5, 6],
        ],
      ],
    ]);
    expect([first?.shape, [...(first?.data ?? [])]]).toEqual([
      [1, 3, 2],
      [1, 2, 3, 4, 5, 6],
    ]);
    expect([second?.shape, [...(second?.data ?? [])]]).toEqual([
      [1, 1, 2],
      [11, 17],
    ]);
  });

  test('gradients agree with central differences', async () => {
    using net = block();
    net.compile({ optimizer: optimizers.sgd({ learningRate: 1 }), loss: 'mse' });
    const before = net.getWeights();
    const lossOf = async () => (await net.evaluate(data, y)).loss ?? Number.NaN;
    const want: number[][] = [];
    for (const { tensor } of net.weights) {
      const slopes: number[] = [];
      for (const [i, value] of tensor.data.entries()) {
        const at = async (x: number) => {
          tensor.data[i] = x;
          return await lossOf();
        };
        const step = 1 / 64;
        slopes.push(((await at(value + step)) - (await at(value - step))) / (2 * step));
        tensor.data[i] = value;
      }
      want.push(slopes);
    }
    await net.fit(data, y, { batchSize: 12 });
    for (const [i, weight] of net.getWeights().entries()) {
      const got = Array.from(weight, (value, j) => (before[i]?.[j] ?? 0) - value);
      expectClose(got, want[i] ?? [], 3e-3, net.weights[i]?.name);
    }
  });

  test('are saved and loaded; any number of threads gives the same bits', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using net = block(runtime);
      net.compile({ optimizer: 'adam', loss: 'mse' });
      await net.fit(data, y, { epochs: 3, batchSize: 5 });
      digests.add(await net.digest());
      if (threads > 1) continue;
      using twin = await loadModel<Functional<SymbolicTensor>>(await net.save());
      expect(await twin.digest()).toBe(await net.digest());
      expect((await twin.predict(data)).data).toEqual((await net.predict(data)).data);
    }
    expect(digests.size).toBe(1);
  });
});

describe('shapes that do not fit are refused before anything is allocated', () => {
  const [three, four] = [input({ shape: [3] }), input({ shape: [4] })];
  const cases: readonly (readonly [() => unknown, readonly string[]])[] = [
    [() => layers.add({ name: 'skip' }).apply([three, four]), ['skip', '[.., 3]', '[.., 4]']],
    [() => layers.subtract({ name: 'minus' }).apply([three, three, three]), ['minus', '2 inputs', 'got 3']],
    [() => layers.dot({ axes: 1, name: 'likeness' }).apply([three, four]), ['likeness', '[.., 3]', '[.., 4]']],
    [() => layers.dot({ axes: 1 }).apply(three), ['dot', '2 inputs', 'got 1']],
    [() => layers.dot({ axes: 0 }).apply([three, three]), ['dot', 'axis', 'got 0']],
    [
      () => layers.concatenate({ name: 'joined' }).apply([three, input({ shape: [2, 3] })]),
      ['joined', '[.., 3]', '[.., 2, 3]'],
    ],
    [() => layers.concatenate({ axis: 0 }).apply([three, four]), ['concatenate', 'axis', 'got 0']],
  ];
  test.each(cases.map(([call, facts]) => [facts.join(' '), call, facts] as const))('%s', (_, call, facts) => {
    expect(call).toThrow(RangeError);
    for (const fact of facts) expect(call).toThrow(fact);
  });
});
