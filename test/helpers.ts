/** What the tests of the public API share: seeded data, models from the reference's description, gradients through a step of SGD. */
import { expect } from 'vitest';
import {
  type ArrayData,
  createRuntime,
  type FitOptions,
  type Layer,
  layers,
  ops,
  optimizers,
  type Runtime,
  type Sequential,
  type SequentialOptions,
  sequential,
  tensor,
} from '../src/index.ts';
import { randomFloats } from './core.ts';
import type { LayerSpec } from './reference/network.ts';

/** Seeded floats in [-scale, scale) as the library takes them. */
export function floats(shape: readonly number[], seed: number, scale = 1): ArrayData & { readonly data: Float32Array } {
  const next = randomFloats(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return { data: Float32Array.from({ length: size }, () => next() * scale), shape };
}

/** Seeded labels from 0 to classes - 1. */
export function labels(count: number, classes: number, seed: number): ArrayData & { readonly data: Int32Array } {
  const next = randomFloats(seed);
  return { data: Int32Array.from({ length: count }, () => Math.floor(((next() + 1) / 2) * classes)), shape: [count] };
}

/** The library's layers for a description that the reference network understands too. */
export function layersOf(specs: readonly LayerSpec[], inputShape?: readonly number[]): Layer[] {
  return specs.map(({ kind, ...options }, i) => {
    const make = layers[kind] as (options: object) => Layer;
    return make(i === 0 && inputShape !== undefined ? { ...options, inputShape } : options);
  });
}

/** Replaces all weights by seeded floats, so that biases take part, and returns them in float64. */
export function randomize(model: Sequential, seed: number, scale = 0.8): number[][] {
  const weights = model.getWeights();
  model.setWeights(weights.map((weight, i) => floats([weight.length], seed + i, scale).data));
  return model.getWeights().map((weight) => Array.from(weight));
}

/** What one whole-batch step of SGD with learning rate 1 took off the weights: their gradients. */
export async function stepGradients(
  model: Sequential,
  x: ArrayData,
  y: ArrayData,
  options: FitOptions = {},
): Promise<number[][]> {
  const before = model.getWeights();
  await model.fit(x, y, { batchSize: x.shape[0] ?? 1, shuffle: false, ...options });
  const after = model.getWeights();
  return before.map((weight, i) => Array.from(weight, (value, j) => value - (after[i]?.[j] ?? Number.NaN)));
}

/** Fails where `got` is further than `tolerance` from `want`, relative to the largest of `want`. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number, what = ''): void {
  expect(got.length, what).toBe(want.length);
  const scale = Math.max(1e-3, ...Array.from(want, Math.abs));
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [got[i] as number, want[i] as number];
    if (!(Math.abs(a - b) <= tolerance * scale))
      expect.fail(`${what}[${i}]: expected ${b}, got ${a} (off by ${Math.abs(a - b)}, largest ${scale})`);
  }
}

/** The bits of floats, which tell -0 from 0 and compare NaN. */
export const bitsOf = (values: Float32Array): number[] => Array.from(new Uint32Array(values.slice().buffer));

/** A small classifier: dense relu, dense softmax; 4 inputs, 3 classes. */
export function classifier(options: SequentialOptions = {}): Sequential {
  const stack = [
    layers.dense({ units: 5, activation: 'relu', inputShape: [4] }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ];
  return sequential(stack, { seed: 7, ...options });
}

/** A classifier that is ready to be trained with Adam. */
export function compiled(runtime: Runtime): Sequential {
  const model = classifier({ runtime });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** A runtime whose matrix products have their working memory already: it stays for the runtime's life. */
export function warm(maximumMemory?: number): Runtime {
  const runtime = createRuntime(maximumMemory === undefined ? {} : { maximumMemory });
  using a = tensor([1, 1], [1], { runtime });
  ops.matmul(a, a).dispose();
  return runtime;
}

/** What `run` throws or rejects with; fails if it does neither. */
export async function errorOf(run: () => unknown): Promise<Error> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  return expect.fail('expected an Error');
}

/** A model that has been trained for one step, and a check that what fails leaves it, its optimizer, its history and the memory alone. */
export async function guarded() {
  const runtime = createRuntime();
  const model = classifier({ runtime });
  const optimizer = optimizers.adam();
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const [x, y] = [floats([12, 4], 1), labels(12, 3, 2)];
  await model.fit(x, y);
  const [digest, { used }, { history }] = [await model.digest(), runtime.memory, model];

  async function refused(run: () => unknown, kind: new (...args: never[]) => Error, want: string | RegExp) {
    const error = await errorOf(run);
    if (typeof want === 'string') expect(error.message).toBe(want);
    else expect(error.message).toMatch(want);
    expect(error).toBeInstanceOf(kind);
    expect(await model.digest()).toBe(digest);
    expect(runtime.memory.used).toBe(used);
    expect(optimizer.iterations).toBe(1);
    expect(model.history).toBe(history);
  }
  async function stillWorks() {
    await model.fit(x, y);
    expect(optimizer.iterations).toBe(2);
    expect(await model.digest()).not.toBe(digest);
  }
  return { model, optimizer, runtime, x, y, refused, stillWorks };
}
