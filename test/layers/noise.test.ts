/** Layers that draw: what they draw, that both ways draw the same, and that nothing is drawn when predicting. */
import { describe, expect, test } from 'vitest';
import { createRuntime, type Layer, layers, optimizers, sequential } from '../../src/index.ts';
import { expectClose, floats } from '../helpers.ts';
import { run } from './recorded.ts';

/** One call of training on ones (or other numbers), with a gradient of ones behind it. */
function call(layer: Layer, shape: readonly number[], rows: number, x?: ArrayLike<number>) {
  const size = rows * shape.reduce((a, b) => a * b, 1);
  const ones = new Float32Array(size).fill(1);
  const recorded = { layer, shape, rows, x: x ?? ones, weights: [], dy: () => ones };
  return { ...run({ ...recorded, training: true }), still: run({ ...recorded, training: false }).y };
}
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((x) => (x - mean(values)) ** 2));

const kinds: readonly (readonly [string, () => Layer])[] = [
  ['gaussianNoise', () => layers.gaussianNoise({ stddev: 0.3 })],
  ['gaussianDropout', () => layers.gaussianDropout({ rate: 0.2 })],
  ['alphaDropout', () => layers.alphaDropout({ rate: 0.2 })],
  ['spatialDropout1d', () => layers.spatialDropout1d({ rate: 0.4 })],
];

describe('what is drawn', () => {
  const n = 40_000;
  const random = floats([n], 3, Math.sqrt(3)).data;

  test('gaussianNoise adds numbers of mean 0 and the deviation', () => {
    const { y, dx, still } = call(layers.gaussianNoise({ stddev: 0.3 }), [n / 4], 4, random);
    const noise = y.map((value, i) => value - (random[i] ?? 0));
    expect(Math.abs(mean(noise))).toBeLessThan((4 * 0.3) / Math.sqrt(n));
    expect(Math.abs(variance(noise) - 0.09)).toBeLessThan(0.003);
    expect(new Set(dx)).toEqual(new Set([1]));
    expect(still).toEqual([...random]);
  });

  test('gaussianDropout multiplies by numbers of mean 1 and variance rate / (1 - rate), also the gradient', () => {
    const { y, dx, still } = call(layers.gaussianDropout({ rate: 0.2 }), [n / 4], 4);
    expect(Math.abs(mean(y) - 1)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
    expect(Math.abs(variance(y) - 0.25)).toBeLessThan(0.01);
    expect(dx).toEqual(y);
    expect(new Set(still)).toEqual(new Set([1]));
  });

  test('alphaDropout keeps mean 0 and variance 1; the gradient is that of the elements that stay', () => {
    const { y, dx } = call(layers.alphaDropout({ rate: 0.2 }), [n / 4], 4, random);
    const lowest = Math.min(...dx.map((slope, i) => (slope === 0 ? (y[i] ?? 0) : 0)));
    const dropped = y.filter((_, i) => dx[i] === 0);
    expect(Math.abs(dropped.length / n - 0.2)).toBeLessThan(0.01);
    expect(new Set(dropped)).toEqual(new Set([lowest]));
    expect(Math.abs(mean(y))).toBeLessThan(0.03);
    expect(Math.abs(variance(y) - 1)).toBeLessThan(0.05);
  });

  test.each([
    ['spatialDropout1d', layers.spatialDropout1d, [5, 300]],
    ['spatialDropout2d', layers.spatialDropout2d, [3, 4, 300]],
  ] as const)('%s drops whole channels and enlarges the others', (_, make, shape) => {
    const { y, dx } = call(make({ rate: 0.25 }), shape, 6);
    const channels = 300;
    const positions = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    expect(dx).toEqual(y);
    const each = Array.from({ length: 6 * channels }, (_unused, i) => {
      const [row, c] = [Math.floor(i / channels), i % channels];
      const all = new Set(Array.from({ length: positions }, (_none, p) => y[(row * positions + p) * channels + c]));
      expect(all.size).toBe(1);
      return [...all][0] ?? 0;
    });
    expect(new Set(each)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(Math.abs(each.filter((value) => value === 0).length / each.length - 0.25)).toBeLessThan(0.05);
  });
});

describe.each(kinds)('%s', (kind, make) => {
  const x = floats([30, 6, 8], 1);
  async function trained(threads: number) {
    using runtime = createRuntime({ threads });
    using model = sequential([make(), layers.dense({ units: 3, activation: 'tanh' })], { runtime, seed: 4 });
    model.build([6, 8]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss: 'mse' });
    await model.fit(x, floats([30, 6, 3], 2), { batchSize: 8, epochs: 2 });
    return model.digest();
  }

  test('draws the same with any number of threads', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) digests.add(await trained(threads));
    expect(digests.size).toBe(1);
  });

  test('two of them in a model draw other numbers', () => {
    const shape = [6, 8];
    const at = (index: number) => {
      const layer = make();
      layer.connect([shape]);
      return run({ layer, shape, rows: 3, x: new Float32Array(144).fill(1), weights: [], training: true, index, dy: (n) => new Float32Array(n) }).y; // biome-ignore format: a call
    };
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });

  test('does nothing when predicting, and nothing at all with 0', async () => {
    const option = kind === 'gaussianNoise' ? 'stddev' : 'rate';
    const none = (layers[kind as keyof typeof layers] as (options: object) => Layer)({ [option]: 0 });
    for (const layer of [make(), none]) {
      using model = sequential([layer], { seed: 1 });
      expectClose((await model.predict(x)).data, x.data, 1e-9);
    }
    expect(call(none, [6, 8], 2).y).toEqual(Array(96).fill(1));
  });
});
