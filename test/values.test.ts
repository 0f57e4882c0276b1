/**
 * What people have times where they give it: each way to write down the same numbers gives what a Float32Array with its shape gives, in each call
 * that takes numbers. A new kind of data, or a new entry point, is a line of its table.
 */
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ArrayData,
  compileFunction,
  compileStep,
  createRuntime,
  type FloatTensor,
  input,
  layers,
  losses,
  model,
  ops,
  optimizers,
  type Sequential,
  type SymbolicValue,
  schedules,
  sequential,
  type TensorLike,
  tensor,
  valueAndGrad,
} from '../src/index.ts';
import type { Client, RemoteArray, RemoteModel } from '../src/worker/client.ts';
import { bitsOf } from './helpers.ts';
import { connected } from './worker/connected.ts';

const runtime = createRuntime({ threads: 1 });
afterAll(() => runtime.dispose());

type Shape = readonly number[];
type Kind = (values: readonly number[], shape: Shape) => TensorLike;

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
/** Nested arrays whose innermost ones `row` makes. */
const nest = (values: readonly number[], shape: Shape, row: (values: readonly number[]) => unknown): unknown => {
  const [count = 0, ...rest] = shape;
  if (rest.length === 0) return row(values);
  const size = sizeOf(rest);
  return Array.from({ length: count }, (_, i) => nest(values.slice(i * size, (i + 1) * size), rest, row));
};

/** A realm of its own, with classes of its own, as `vm`, Jest's environments and iframes have. */
const realm = vm.createContext();
const elsewhere = (code: string, values: unknown): never =>
  vm.runInContext(`(${code})(${JSON.stringify(values)})`, realm) as never;

const classes = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const;

const kinds: Record<string, Kind> = {
  'nested arrays': (values, shape) => nest(values, shape, (row) => [...row]) as TensorLike,
  'nested arrays of another realm': (values, shape) =>
    elsewhere(
      '(x) => x',
      nest(values, shape, (row) => [...row]),
    ),
  'rows that are Float32Arrays': (values, shape) => nest(values, shape, (row) => Float32Array.from(row)) as TensorLike,
  'rows that are bytes': (values, shape) => nest(values, shape, (row) => Uint8Array.from(row)) as TensorLike,
  'rows that are views of one buffer': (values, shape) => {
    const all = Float64Array.from([0, ...values]);
    let end = 1;
    return nest(values, shape, (row) => {
      end += row.length;
      return all.subarray(end - row.length, end);
    }) as TensorLike;
  },
  'rows of another realm': (values, shape) =>
    nest(values, shape, (row) => elsewhere('(x) => Int16Array.from(x)', row)) as TensorLike,
  'rows of several kinds': (values, shape) =>
    nest(values, shape, (row) => (row[0] === values[0] ? Int8Array.from(row) : [...row])) as TensorLike,
  'a plain array with its shape': (values, shape) => ({ data: [...values], shape }),
  'nested arrays with their shape': (values, shape) => ({ data: nest(values, shape, (row) => row) as never, shape }),
  'an object of another realm': (data, shape) => elsewhere('(x) => x', { data, shape }),
  'what is like an array': (values, shape) => ({ data: { ...values, length: values.length }, shape }),
  'a Buffer': (values, shape) => ({ data: Buffer.from(values), shape }),
  'a view of shared memory': (values, shape) => {
    const data = new Float32Array(new SharedArrayBuffer(4 * values.length + 8), 4, values.length);
    data.set(values);
    return { data, shape };
  },
  'bytes with a divisor': (values, shape) => ({ data: Uint8Array.from(values, (v) => v * 2), shape, divisor: 2 }),
  'floats with a divisor': (values, shape) => ({ data: Float32Array.from(values, (v) => v * 4), shape, divisor: 4 }),
  'a plain array with a divisor': (values, shape) => ({ data: values.map((v) => v * 3), shape, divisor: 3 }),
  'a tensor': (values, shape) => tensor(shape, values, { runtime }),
  'a tensor of the default runtime': (values, shape) => tensor(shape, values),
  'a tensor of bytes': (values, shape) => tensor(shape, values, { dtype: 'uint8', runtime }),
  'a tensor of int32': (values, shape) => tensor(shape, values, { dtype: 'int32', runtime }),
  'a tensor with a divisor': (values, shape) =>
    tensor(
      shape,
      values.map((v) => v * 2),
      { dtype: 'uint8', divisor: 2, runtime },
    ),
  'rows of a tensor': (values, [count = 0, ...rest]) => {
    const more = new Array<number>(sizeOf(rest)).fill(99);
    return tensor([count + 2, ...rest], [...more, ...values, ...more], { runtime }).rows(1, count + 1);
  },
};
for (const Class of classes) {
  const { name } = Class;
  kinds[name] = (values, shape) => ({ data: Class.from(values), shape });
  kinds[`${name} of another realm`] = (data, shape) => ({ data: elsewhere(`(x) => ${name}.from(x)`, data), shape });
  kinds[`${name}, a view with an offset`] = (values, shape) => ({
    data: Class.from([7, ...values, 7]).subarray(1, values.length + 1),
    shape,
  });
  kinds[`${name}, a tensor's values`] = (values, shape) => tensor(shape, Class.from(values), { runtime });
  kinds[`${name} alone, or nested`] = (values, shape) =>
    nest(values, shape, (row) => elsewhere(`(x) => ${name}.from(x)`, row)) as TensorLike;
}

/** Numbers that every kind can hold, also doubled and as bytes. */
const X = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3];
const x: Shape = [6, 3];
const LABELS = [0, 1, 1, 0, 2, 1];
const TARGETS = [1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0];
const WEIGHTS = [1, 2, 3, 0, 5, 6];
const reference: Kind = (values, shape) => ({ data: Float32Array.from(values), shape });
const given = (values: readonly number[], shape: Shape) => reference(values, shape) as ArrayData;

const stack = () => [
  layers.dense({ units: 4, activation: 'relu', inputShape: [3] }),
  layers.dense({ units: 3, activation: 'softmax' }),
];
const options = { epochs: 2, batchSize: 4 };

/** What a model has become of it: the bits of its weights. */
async function trained(
  loss: 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy',
  train: (model: Sequential) => Promise<unknown>,
): Promise<unknown> {
  using model = sequential(stack(), { seed: 3, runtime });
  model.compile({ optimizer: optimizers.adam(), loss, metrics: ['accuracy'] });
  await train(model);
  return [await model.digest(), model.history?.history];
}
async function fresh<T>(use: (model: Sequential) => Promise<T>): Promise<T> {
  using model = sequential(stack(), { seed: 3, runtime });
  model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return await use(model);
}

let client: Client;
beforeAll(async () => {
  client = await connected({ threads: 1 });
});
async function remote<T>(use: (model: RemoteModel) => Promise<T>): Promise<T> {
  const model = await client.sequential(stack(), { seed: 3 });
  try {
    await model.compile({ optimizer: optimizers.adam(), loss: 'sparseCategoricalCrossentropy' });
    return await use(model);
  } finally {
    model.dispose();
  }
}
/** The client takes what models here take. */
const far = (value: TensorLike): RemoteArray => value;

const sparse = losses.sparseCategoricalCrossentropy({ fromLogits: true });
const mse = losses.meanSquaredError();
const labels: Shape = [6];

/** Gives numbers of a kind to a call, and what comes of it. */
const entries: Record<string, (kind: Kind) => unknown> = {
  tensor: (kind) => {
    const made = tensor(x, kind(X, x), { runtime });
    return Array.from(made.data, (value) => value / made.divisor);
  },
  'ops.multiply': (kind) => {
    const value = kind(X, x);
    // operations read the elements of a tensor as they are
    const divisor = 'dtype' in value ? value.divisor : 1;
    if ('dtype' in value && value.dtype !== 'float32') return Array.from(X, (v) => v * 10);
    return Array.from(ops.multiply(value as FloatTensor, 10).data, (product) => product / divisor);
  },
  valueAndGrad: (kind) => {
    using f = valueAndGrad((value) => ops.sum(ops.square(value)), { argnums: [] });
    return f(kind(X, x)).value;
  },
  compileStep: (kind) => {
    const w = tensor([3], [1, 1, 1], { runtime });
    const loss = (p: SymbolicValue, value: SymbolicValue) => ops.sum(ops.multiply(value, p));
    // numbers of the default runtime are read as well: they are copied
    using step = compileStep({ loss, parameters: w, optimizer: optimizers.sgd({ learningRate: 0.125 }) });
    return [step(kind(X, x)), step(kind(X, x)), bitsOf(w.data)];
  },
  compileFunction: (kind) => {
    using f = compileFunction((value) => ops.multiply(value, 10));
    return Array.from(f(kind(X, x)).data);
  },
  'fit x': (kind) =>
    trained('sparseCategoricalCrossentropy', (model) => model.fit(kind(X, x), given(LABELS, labels), options)),
  'fit y, labels': (kind) =>
    trained('sparseCategoricalCrossentropy', (model) => model.fit(given(X, x), kind(LABELS, labels), options)),
  'fit y, one-hot': (kind) =>
    trained('categoricalCrossentropy', (model) => model.fit(given(X, x), kind(TARGETS, x), options)),
  'fit sampleWeight': (kind) =>
    trained('sparseCategoricalCrossentropy', (model) =>
      model.fit(given(X, x), given(LABELS, labels), { ...options, sampleWeight: kind(WEIGHTS, labels) }),
    ),
  'fit classWeight, labels': (kind) =>
    trained('sparseCategoricalCrossentropy', (model) =>
      model.fit(given(X, x), kind(LABELS, labels), { ...options, classWeight: { 1: 10, 2: 0.5 } }),
    ),
  'fit classWeight, one-hot': (kind) =>
    trained('categoricalCrossentropy', (model) =>
      model.fit(given(X, x), kind(TARGETS, x), { ...options, classWeight: { 1: 10, 2: 0.5 } }),
    ),
  'fit validationData': (kind) =>
    trained('sparseCategoricalCrossentropy', (model) =>
      model.fit(given(X, x), given(LABELS, labels), {
        ...options,
        validationData: [kind(X, x), kind(LABELS, labels), kind(WEIGHTS, labels)],
      }),
    ),
  'fit validationSplit': (kind) =>
    trained('sparseCategoricalCrossentropy', (model) =>
      model.fit(kind(X, x), kind(LABELS, labels), {
        ...options,
        validationSplit: 0.4,
        sampleWeight: kind(WEIGHTS, labels),
      }),
    ),
  evaluate: (kind) =>
    fresh((model) => model.evaluate(kind(X, x), kind(LABELS, labels), { sampleWeight: kind(WEIGHTS, labels) })),
  predict: (kind) => fresh((model) => model.predict(kind(X, x))),
  predictOnBatch: (kind) => fresh(async (model) => model.predictOnBatch(kind(X, x))),
  testOnBatch: (kind) => fresh(async (model) => model.testOnBatch(kind(X, x), kind(LABELS, labels))),
  trainOnBatch: (kind) =>
    trained('sparseCategoricalCrossentropy', async (model) =>
      model.trainOnBatch(kind(X, x), kind(LABELS, labels), { sampleWeight: kind(WEIGHTS, labels) }),
    ),
  layerOutputs: (kind) => fresh((model) => model.layerOutputs(kind(X, x))),
  setWeights: (kind) =>
    fresh(async (model) => {
      const [, ...others] = model.getWeights();
      model.setWeights([kind(X.slice(0, 12), [3, 4]), ...others]);
      return model.getWeights();
    }),
  'setWeights, flat': (kind) =>
    fresh(async (model) => {
      const [, ...others] = model.getWeights();
      model.setWeights([kind(X.slice(0, 12), [12]), ...others]);
      return model.getWeights();
    }),
  'loss.compute': (kind) => sparse.compute(kind(LABELS, labels), kind(X, x), kind(WEIGHTS, labels)),
  'loss.perSample': (kind) => bitsOf(mse.perSample(kind(TARGETS, x), kind(X, x))),
  piecewiseConstantDecay: (kind) =>
    schedules
      .piecewiseConstantDecay({ boundaries: listOf(kind([1, 2], [2])), values: listOf(kind([3, 1, 4], [3])) })
      .toConfig(),
  'a worker: predict': (kind) => remote((model) => model.predict(far(kind(X, x)))),
  'a worker: fit': (kind) =>
    remote(async (model) => {
      const { history } = await model.fit(far(kind(X, x)), far(kind(LABELS, labels)), {
        ...options,
        sampleWeight: far(kind(WEIGHTS, labels)),
        validationData: [far(kind(X, x)), far(kind(LABELS, labels))],
      });
      return [history, await model.digest()];
    }),
  'a worker: evaluate, transferred': (kind) =>
    remote((model) =>
      model.evaluate(far(kind(X, x)), far(kind(LABELS, labels)), {
        sampleWeight: far(kind(WEIGHTS, labels)),
        transfer: true,
      }),
    ),
  'a worker: several inputs': async (kind) => {
    const inputs = { a: input({ shape: [3] }), b: input({ shape: [3] }) };
    const outputs = layers.add().apply([inputs.a, inputs.b]);
    const several = await client.modelFrom(model({ inputs, outputs }).toConfig());
    const b = given(X, x);
    const placed = await client.data(kind(X, x));
    const all = [
      await several.predict({ a: kind(X, x), b }),
      await several.predict([kind(X, x), b]),
      await several.predict([placed, b]),
    ];
    several.dispose();
    placed.dispose();
    return all;
  },
  'a worker: data': (kind) =>
    remote(async (model) => {
      const [all, y] = [await client.data(kind(X, x)), await client.data(kind(LABELS, labels), { transfer: true })];
      const { history } = await model.fit(all.rows(1, 6).rows(1, 4), y.rows(2, 5), options);
      all.dispose();
      y.dispose();
      return history;
    }),
  'a worker: setWeights': (kind) =>
    remote(async (model) => {
      const [, ...others] = await model.getWeights();
      await model.setWeights([kind(X.slice(0, 12), [3, 4]) as ArrayData, ...others]);
      return model.getWeights();
    }),
};

/** A schedule takes lists; of what has a shape, the data. */
function listOf(value: TensorLike): readonly number[] {
  const { data, divisor = 1 } = 'data' in value ? value : { data: value };
  return divisor === 1 ? (data as readonly number[]) : Array.from(data as ArrayLike<number>, (one) => one / divisor);
}

describe.each(Object.keys(entries))('%s', (entry) => {
  const run = entries[entry] as (typeof entries)[string];
  let expected: unknown;
  beforeAll(async () => {
    expected = await run(reference);
  });
  test.each(Object.keys(kinds))('%s', async (kind) => {
    expect(await run(kinds[kind] as Kind)).toEqual(expected);
  });
});
