/** Initial weights through the public API: limits, moments, determinism, and what each stream depends on. */
import { describe, expect, test } from 'vitest';
import { initializers, layers, sequential } from '../src/index.ts';
import type { Initializer, InitializerName } from '../src/initializers.ts';
import { bitsOf } from './helpers.ts';
import golden from './reference/initializers.json' with { type: 'json' };
import { quantile, words } from './reference/random.ts';

/** The kernel of a dense layer that was made with `kernelInitializer`. */
function kernel(
  kernelInitializer: InitializerName | Initializer,
  [inputs, units]: readonly [number, number],
  seed = 5,
) {
  using model = sequential([layers.dense({ units, kernelInitializer, inputShape: [inputs] })], { seed });
  return model.getWeights()[0] as Float32Array;
}

function moments(values: Float32Array) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, stddev: Math.sqrt(variance), highest: Math.max(...values.slice(0, 60000).map(Math.abs)) };
}

const shape = [784, 300] as const;
const [big] = golden.cases;
const count = 784 * 300;
const uniforms = [
  ['glorotUniform', big?.glorot_uniform_limit],
  ['heUniform', big?.he_uniform_limit],
  ['lecunUniform', big?.lecun_uniform_limit],
  ['randomUniform', 0.05],
] as const;
/** Name, the stddev that is drawn from, and the stddev that is left after cutting at two of them. */
const cut = golden.truncation_constant;
const normals = [
  ['glorotNormal', big?.glorot_normal_sampling_stddev, cut],
  ['heNormal', big?.he_normal_sampling_stddev, cut],
  ['lecunNormal', big?.lecun_normal_sampling_stddev, cut],
  ['truncatedNormal', 0.05, cut],
] as const;

describe('distributions', () => {
  test.each(uniforms)('%s fills ±%f evenly', (name, limit = 0) => {
    const { mean, stddev, highest } = moments(kernel(name, shape));
    expect(highest).toBeLessThanOrEqual(Math.fround(limit));
    expect(highest).toBeGreaterThan(0.999 * limit);
    // four standard errors of the mean and of the standard deviation of a uniform distribution
    expect(Math.abs(mean)).toBeLessThan((4 * limit) / Math.sqrt(3 * count));
    expect(Math.abs(stddev / (limit / Math.sqrt(3)) - 1)).toBeLessThan(4 / Math.sqrt(5 * count));
  });

  test.each(normals)('%s is a normal of %f cut at two of it', (name, sampling = 0, left) => {
    const { mean, stddev, highest } = moments(kernel(name, shape));
    expect(highest).toBeLessThanOrEqual(Math.fround(2 * sampling) * (1 + 2 ** -22));
    expect(highest).toBeGreaterThan(1.99 * sampling);
    expect(Math.abs(mean)).toBeLessThan((4 * sampling) / Math.sqrt(count));
    expect(Math.abs(stddev / (sampling * left) - 1)).toBeLessThan(4 / Math.sqrt(2 * count));
  });

  test('randomNormal is not cut', () => {
    const { mean, stddev, highest } = moments(kernel('randomNormal', shape));
    expect(highest).toBeGreaterThan(0.15);
    expect(Math.abs(mean)).toBeLessThan((4 * 0.05) / Math.sqrt(count));
    expect(Math.abs(stddev / 0.05 - 1)).toBeLessThan(4 / Math.sqrt(2 * count));
  });

  test('zeros, ones and constant', () => {
    expect(Array.from(kernel('zeros', [2, 2]))).toEqual([0, 0, 0, 0]);
    expect(Array.from(kernel('ones', [2, 2]))).toEqual([1, 1, 1, 1]);
    expect(Array.from(kernel(initializers.constant({ value: -2.5 }), [1, 3]))).toEqual([-2.5, -2.5, -2.5]);
    expect(Array.from(kernel(initializers.constant(), [1, 2]))).toEqual([0, 0]);
  });

  test('their options move and scale them', () => {
    const uniform = kernel(initializers.randomUniform({ minval: 2, maxval: 3 }), [40, 40]);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...uniform)).toBeLessThan(3);
    const { mean, stddev } = moments(kernel(initializers.randomNormal({ mean: 7, stddev: 0.5 }), [100, 100]));
    expect(Math.abs(mean - 7)).toBeLessThan(0.02);
    expect(Math.abs(stddev - 0.5)).toBeLessThan(0.015);
    const far = kernel(initializers.truncatedNormal({ mean: -1, stddev: 0.25 }), [50, 50]);
    expect(Math.max(...far)).toBeLessThanOrEqual(-0.5);
    expect(Math.min(...far)).toBeGreaterThanOrEqual(-1.5);
  });
});

describe('streams', () => {
  test('numbers come from Philox words of (seed, number of the weight), by element', () => {
    const seed = 2 ** 40 + 17;
    const normal = kernel(initializers.randomNormal({ stddev: 1 }), [3, 5], seed);
    const random = words(15, [seed >>> 0, Math.floor(seed / 2 ** 32)], 0, 0, 1);
    normal.forEach((value, i) => {
      expect(value).toBeCloseTo(quantile((((random[i] as number) >>> 8) + 0.5) / 2 ** 24), 5);
    });
  });

  test('the same seed gives the same bits, another seed others', () => {
    expect(bitsOf(kernel('glorotUniform', [7, 5], 1))).toEqual(bitsOf(kernel('glorotUniform', [7, 5], 1)));
    expect(bitsOf(kernel('glorotUniform', [7, 5], 1))).not.toEqual(bitsOf(kernel('glorotUniform', [7, 5], 2)));
    // only the high word differs
    expect(bitsOf(kernel('glorotUniform', [7, 5], 1))).not.toEqual(
      bitsOf(kernel('glorotUniform', [7, 5], 1 + 2 ** 32)),
    );
  });

  test('two weights of a model differ, and one does not depend on the size of the other', () => {
    const randomNormal = { kernelInitializer: 'randomNormal', useBias: false } as const;
    const weights = (units: number) => {
      const stack = [units, 4].map((n) => layers.dense({ units: n, ...randomNormal }));
      using model = sequential(stack, { seed: 3 });
      model.build([4]);
      return model.getWeights().map((weight) => bitsOf(weight.subarray(0, 16)));
    };
    expect(weights(4)[0]).not.toEqual(weights(4)[1]);
    expect(weights(4)[1]).toEqual(weights(9)[1]);
  });

  test('biases start at zero, kernels at glorotUniform', () => {
    using model = sequential([layers.dense({ units: 3, inputShape: [2] })], { seed: 5 });
    const [w, b] = model.getWeights();
    expect(Array.from(b as Float32Array)).toEqual([0, 0, 0]);
    expect(bitsOf(w as Float32Array)).toEqual(bitsOf(kernel('glorotUniform', [2, 3])));
  });
});
