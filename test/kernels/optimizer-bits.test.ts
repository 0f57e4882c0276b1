import { describe, expect, test } from 'vitest';
import { builds, loadCore, randomFloats } from '../core.ts';
import type { Settings } from '../reference/optimizers.ts';
import { trajectory32 } from '../reference/optimizers32.ts';
import { makeOptimizer } from './optimizer-state.ts';

/** Every loop of the core, once without and once with weight decay. */
const plain: Settings[] = [
  { name: 'sgd', learningRate: 0.01 },
  { name: 'momentum', learningRate: 0.01, momentum: 0.9, dampening: 0.25 },
  { name: 'nesterov', learningRate: 0.01, momentum: 0.9, dampening: 0.25 },
  ...(['insideSqrt', 'hat'] as const).flatMap((epsilonMode): Settings[] => [
    { name: 'adagrad', learningRate: 0.01, epsilonMode },
    { name: 'rmsprop', learningRate: 0.01, epsilonMode },
    { name: 'rmsprop', learningRate: 0.01, epsilonMode, momentum: 0.9 },
    { name: 'rmsprop', learningRate: 0.01, epsilonMode, centered: true },
    { name: 'rmsprop', learningRate: 0.01, epsilonMode, momentum: 0.9, centered: true },
  ]),
  ...(['hat', 'paper', 'insideSqrt'] as const).flatMap((epsilonMode): Settings[] => [
    { name: 'adam', learningRate: 0.01, epsilonMode },
    { name: 'adam', learningRate: 0.01, epsilonMode, amsgrad: true },
  ]),
  { name: 'nadam', learningRate: 0.01 },
  { name: 'nadam', learningRate: 0.01, momentumDecay: 0.004 },
];
const loops = plain
  .flatMap((settings): Settings[] => [settings, { ...settings, weightDecay: 0.5 }])
  .map((settings) => [title(settings), settings] as const);

function title(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => (key === 'name' ? value : `${key} ${value}`))
    .join(', ');
}
const bits = (x: Float32Array): number[] => [...new Uint32Array(x.slice().buffer)];

/** Gradients of all sizes, among them zeros and ones small enough to be flushed. */
function makeGradients(n: number, steps: number, seed: number): Float32Array[] {
  const random = randomFloats(seed);
  return Array.from({ length: steps }, () =>
    Float32Array.from({ length: n }, () => {
      const exponent = random() < 0.6 ? -4 : Math.round(random() * 60) - 55;
      return random() < -0.8 ? 0 : random() * 2 ** exponent;
    }),
  );
}

describe.each(builds)('optimizers to the bit, %s build', (build) => {
  const core = loadCore(build);

  test.each(loops)('%s does the float32 arithmetic of the oracle', (_, settings) => {
    for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 13, 1031]) {
      core.reset();
      const start = makeGradients(n, 1, 7)[0] ?? [];
      const gradients = makeGradients(n, 6, n + 1);
      const expected = trajectory32(settings, start, gradients);
      const optimizer = makeOptimizer(core, settings, start);
      for (const gradient of gradients) optimizer.step(gradient);
      expect(bits(optimizer.weights)).toEqual(bits(expected.weights));
      optimizer.slots.forEach((slot, k) => {
        expect(bits(slot)).toEqual(bits(expected.slots[k] ?? new Float32Array()));
      });
    }
    core.reset();
  });

  test.each(loops)('%s gives the same bits however it is split', (_, settings) => {
    core.reset();
    const n = 2051;
    const start = makeGradients(n, 1, 3)[0] ?? [];
    const whole = makeOptimizer(core, settings, start);
    const split = makeOptimizer(core, settings, start);
    for (const gradient of makeGradients(n, 4, 5)) {
      whole.step(gradient);
      split.step(gradient, [1, 6, 1030, 1030, 2049]);
    }
    expect(bits(split.weights)).toEqual(bits(whole.weights));
    split.slots.forEach((slot, k) => {
      expect(bits(slot)).toEqual(bits(whole.slots[k] ?? new Float32Array()));
    });
  });

  test.each([
    { name: 'rmsprop', learningRate: 0.01, epsilon: 0 },
    { name: 'rmsprop', learningRate: 0.01, epsilon: 0, momentum: 0.9, centered: true },
    { name: 'adam', learningRate: 0.01, epsilon: 0 },
    { name: 'adam', learningRate: 0.01, epsilon: 0, amsgrad: true },
    { name: 'adam', learningRate: 0.01, epsilon: 0, epsilonMode: 'paper' },
    { name: 'nadam', learningRate: 0.01, epsilon: 0 },
    { name: 'adagrad', learningRate: 0.01, epsilon: 0, initialAccumulator: 0 },
  ] satisfies Settings[])('without epsilon, $name does not see the scale of the gradients', (settings) => {
    core.reset();
    const random = randomFloats(11);
    const gradients = Array.from({ length: 12 }, () => Float32Array.from({ length: 33 }, () => random() + 1.5));
    gradients.forEach((gradient, k) => {
      if (k % 3 === 2) gradient.set(gradient.map((g) => -g));
    });
    const results = [-20, 0, 10].map((exponent) => {
      const optimizer = makeOptimizer(core, settings, new Float32Array(33).fill(1));
      for (const gradient of gradients) optimizer.step(gradient.map((g) => g * 2 ** exponent));
      return bits(optimizer.weights);
    });
    expect(results[0]).toEqual(results[1]);
    expect(results[2]).toEqual(results[1]);
    expect(new Set(results[1]).size).toBeGreaterThan(5);
  });

  test('a dampening of the momentum is a smaller learning rate', () => {
    core.reset();
    const damped = makeOptimizer(core, { name: 'momentum', learningRate: 0.1, momentum: 0.9, dampening: 0.9 }, [1, 2]);
    const plain = makeOptimizer(core, { name: 'momentum', learningRate: 0.1 * (1 - 0.9), momentum: 0.9 }, [1, 2]);
    for (const gradient of [
      [1, 2],
      [-1, 0.5],
      [0.25, 3],
    ]) {
      damped.step(gradient);
      plain.step(gradient);
    }
    expect(bits(damped.weights)).toEqual(bits(plain.weights));
  });

  test.each(loops)('%s leaves no denormal behind', (_, settings) => {
    core.reset();
    const optimizer = makeOptimizer(core, settings, [1, -1, 0.5, 2, 3]);
    optimizer.step([1, -1, 1e-22, 1e-30, -1e-40]);
    const small = () =>
      [optimizer.weights, ...optimizer.slots].flatMap((x) => [...x].filter((v) => v !== 0 && Math.abs(v) < 2 ** -101));
    optimizer.gradient.fill(0);
    for (let k = 0; k < 1500; k++) {
      optimizer.step();
      if (k % 50 === 0) expect(small()).toEqual([]);
    }
    optimizer.gradient.fill(1e-22);
    for (let k = 0; k < 50; k++) optimizer.step();
    expect(small()).toEqual([]);
  });
});
