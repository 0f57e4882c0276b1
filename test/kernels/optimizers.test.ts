import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builds, loadCore } from '../core.ts';
import { type Name, type Settings, trajectory } from '../reference/optimizers.ts';
import { makeOptimizer } from './optimizer-state.ts';

interface GoldenCase {
  readonly id: string;
  readonly class: string;
  readonly constructor: Record<string, number | boolean>;
  readonly initial_x: number[];
  readonly gradients_per_step: number[][];
  readonly float32_after_step: number[][];
  readonly float64_after_step: number[][];
}
interface Golden {
  readonly constructor_defaults: Record<string, Record<string, number | boolean | null>>;
  readonly cases: GoldenCase[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('../reference/optimizers.json', import.meta.url), 'utf8'));

const NAMES: Record<string, Name> = {
  SGD: 'sgd',
  Adagrad: 'adagrad',
  RMSprop: 'rmsprop',
  Adam: 'adam',
  AdamW: 'adam',
  Nadam: 'nadam',
};

/** A golden case as settings; Keras' defaults of its class fill in what it leaves out. */
function settingsOf(example: GoldenCase): Settings {
  const all = { ...golden.constructor_defaults[example.class], ...example.constructor };
  const number = (key: string): number => Number(all[key] ?? 0);
  return {
    name: NAMES[example.class] ?? 'sgd',
    learningRate: number('learning_rate'),
    momentum: number('momentum'),
    rho: number('rho'),
    beta1: number('beta_1'),
    beta2: number('beta_2'),
    epsilon: number('epsilon'),
    initialAccumulator: number('initial_accumulator_value'),
    centered: all.centered === true,
    amsgrad: all.amsgrad === true,
    weightDecay: number('weight_decay'),
  };
}

/** Ten steps of eight weights: sign changes, late starts, bursts, nothing, gradients near epsilon and its root. */
const START = [1, -2, 0.5, 3, 0.25, -0.5, 4, -1];
const GRADIENTS = [
  [0.5, 0, 1, 8, 2 ** -23, 2 ** -12, 4, 0],
  [-0.25, 0, 1, -16, 2 ** -23, 2 ** -12, 0, 0],
  [1, 0, 1, 8, 2 ** -22, -(2 ** -11), 0, 0],
  [-2, 0, 1, 0, -(2 ** -23), 0, 0, 0],
  [0, 0.125, 1, 8, 2 ** -23, 2 ** -12, -0.0625, 0],
  [0.5, -0.125, 1, -4, 0, 2 ** -13, 0.0625, 0],
  [0.5, 0.125, 1, -4, 2 ** -24, 2 ** -12, 0.0625, 0],
  [-1, 2, 1, 32, 2 ** -23, -(2 ** -12), -0.125, 0],
  [0.75, -0.5, 1, 0.25, 2 ** -23, 2 ** -12, 0, 0],
  [0.5, 0, 1, -8, -(2 ** -21), 2 ** -10, 0.5, 0],
];

const learningRate = 0.125;
const trajectories: Record<string, Settings> = {
  sgd: { name: 'sgd', learningRate },
  'sgd with weight decay': { name: 'sgd', learningRate, weightDecay: 0.25 },
  momentum: { name: 'momentum', learningRate, momentum: 0.9 },
  'momentum with dampening': { name: 'momentum', learningRate, momentum: 0.9, dampening: 0.5 },
  'momentum with weight decay': { name: 'momentum', learningRate, momentum: 0.75, weightDecay: 0.25 },
  nesterov: { name: 'nesterov', learningRate, momentum: 0.9 },
  'nesterov with dampening': { name: 'nesterov', learningRate, momentum: 0.9, dampening: 0.5 },
  'nesterov with weight decay': { name: 'nesterov', learningRate, momentum: 0.75, weightDecay: 0.25 },
  adagrad: { name: 'adagrad', learningRate },
  'adagrad from zero': { name: 'adagrad', learningRate, initialAccumulator: 0 },
  'adagrad, epsilon outside': { name: 'adagrad', learningRate, initialAccumulator: 0, epsilonMode: 'hat' },
  'adagrad with weight decay': { name: 'adagrad', learningRate, weightDecay: 0.25 },
  ...Object.fromEntries(
    (['insideSqrt', 'hat'] as const).flatMap((epsilonMode) =>
      [0, 0.75].flatMap((momentum) =>
        [false, true].map((centered) => [
          `rmsprop ${epsilonMode}${momentum > 0 ? ', momentum' : ''}${centered ? ', centered' : ''}`,
          { name: 'rmsprop', learningRate, epsilonMode, momentum, centered } as const,
        ]),
      ),
    ),
  ),
  'rmsprop with weight decay': { name: 'rmsprop', learningRate, rho: 0.75, weightDecay: 0.25 },
  ...Object.fromEntries(
    (['hat', 'paper', 'insideSqrt'] as const).flatMap((epsilonMode) =>
      [false, true].map((amsgrad) => [
        `adam ${epsilonMode}${amsgrad ? ', amsgrad' : ''}`,
        { name: 'adam', learningRate, epsilonMode, amsgrad } as const,
      ]),
    ),
  ),
  'adam with other betas': { name: 'adam', learningRate, beta1: 0.5, beta2: 0.75, amsgrad: true },
  'adam with weight decay': { name: 'adam', learningRate, weightDecay: 0.25 },
  nadam: { name: 'nadam', learningRate },
  'nadam with momentum decay 0.004': { name: 'nadam', learningRate, momentumDecay: 0.004 },
  'nadam with other betas': { name: 'nadam', learningRate, beta1: 0.5, beta2: 0.75 },
  'nadam with weight decay': { name: 'nadam', learningRate, weightDecay: 0.25 },
};

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? Number.NaN))));
}

describe.each(builds)('optimizers, %s build', (build) => {
  const core = loadCore(build);

  describe.each(golden.cases.filter((c) => c.class in NAMES))('Keras: $id', (example) => {
    const settings = settingsOf(example);
    // Keras' SGD without momentum ignores `nesterov`; with a momentum of zero ours come to the same.
    const momenta: Name[] = settings.momentum
      ? [example.constructor.nesterov ? 'nesterov' : 'momentum']
      : ['sgd', 'momentum', 'nesterov'];
    const names = settings.name === 'sgd' ? momenta : [settings.name];

    test.each(names)("%s follows Keras' numbers, of float32 and of float64", (name) => {
      core.reset();
      const optimizer = makeOptimizer(core, { ...settings, name }, example.initial_x);
      example.gradients_per_step.forEach((gradient, k) => {
        optimizer.step(gradient);
        expect(largestDifference(optimizer.weights, example.float64_after_step[k] ?? [])).toBeLessThan(1e-6);
        // in float32 Keras rounds the powers of beta too
        expect(largestDifference(optimizer.weights, example.float32_after_step[k] ?? [])).toBeLessThan(5e-6);
      });
    });
  });

  test.each(Object.entries(trajectories))('%s keeps to its float64 trajectory', (_, settings) => {
    core.reset();
    const expected = trajectory(settings, START, GRADIENTS);
    const optimizer = makeOptimizer(core, settings, START);
    GRADIENTS.forEach((gradient, k) => {
      optimizer.step(gradient);
      expect(largestDifference(optimizer.weights, expected[k] ?? [])).toBeLessThan(5e-6);
    });
    expect(optimizer.iterations).toBe(GRADIENTS.length);
  });

  test('the bias corrections are exactly 1 after a million steps', () => {
    core.reset();
    const adam = makeOptimizer(core, { name: 'adam', learningRate: 0.001 }, [1]);
    const nadam = makeOptimizer(core, { name: 'nadam', learningRate: 0.001 }, [1]);
    for (const optimizer of [adam, nadam]) {
      optimizer.iterations = 999_999;
      optimizer.momentumProduct = 0;
      optimizer.step([0.5]);
      expect(optimizer.weights.every(Number.isFinite)).toBe(true);
    }
    expect(adam.scalars()[3]).toBe(Math.fround(0.001));
    expect(nadam.scalars().slice(3, 6)).toEqual([Math.fround(0.001 * 0.9), Math.fround(0.001 * (1 - 0.9)), 1]);
  });

  const momenta = [0, 0.5, 0.9, 0.999, 0.9999, 1 - 2 ** -30].flatMap((beta1) =>
    [0, 1e-9, 0.004, 1, 30].map(
      (momentumDecay) => ({ name: 'nadam', learningRate: 0.01, beta1, momentumDecay }) as const,
    ),
  );

  test.each(momenta)('nadam with $beta1 and $momentumDecay sought is nadam stepped, to the bit', (settings) => {
    core.reset();
    const stepped = makeOptimizer(core, settings, []);
    const sought = makeOptimizer(core, settings, []);
    const looked = new Set([0, 1, 2, 3, 10, 100, 657, 658, 659, 660, 7000, 65_000, 99_999]);
    for (let t = 0; t < 100_000; t++) {
      if (looked.has(t)) {
        sought.seek(t);
        expect(sought.momentumProduct, `${t}`).toBe(t === 0 ? 1 : stepped.momentumProduct);
      }
      stepped.step();
    }
  });

  test('nadam sought at any step has the product that its momenta have in the end', () => {
    core.reset();
    for (const beta1 of [0.9, 0.999999]) {
      const nadam = makeOptimizer(core, { name: 'nadam', learningRate: 0.01, beta1 }, []);
      for (const steps of [1e7, 2 ** 24, 1e9, 2 ** 53 - 1]) {
        nadam.seek(steps);
        // 1 - 0.96^t / 2 multiplied over all t, in float64; a product below 2^-100 is 0
        const expected = 9.010185919997418e-7 * beta1 ** steps;
        if (expected < 2 ** -100) expect(nadam.momentumProduct).toBe(0);
        else expect(nadam.momentumProduct / expected).toBeCloseTo(1, 3);
      }
    }
  });

  test.each(['adam', 'nadam', 'sgd'] as const)('%s counts steps beyond 2^24', (name) => {
    core.reset();
    const optimizer = makeOptimizer(core, { name, learningRate: 0.001 }, [1]);
    optimizer.iterations = 2 ** 24;
    for (let k = 0; k < 3; k++) optimizer.step([0.5]);
    expect(optimizer.iterations).toBe(2 ** 24 + 3);
    expect(optimizer.weights[0]).toBeLessThan(1);
  });

  test.each(Object.entries(trajectories))('%s does not move without a gradient', (_, settings) => {
    core.reset();
    const optimizer = makeOptimizer(core, { ...settings, weightDecay: 0 }, START);
    for (let k = 0; k < 20; k++) optimizer.step(new Float32Array(START.length));
    expect([...optimizer.weights]).toEqual(START);
  });

  test.each(Object.entries(trajectories))('%s bears gradients of 1e-23 and 1e-40', (_, settings) => {
    core.reset();
    const optimizer = makeOptimizer(core, { ...settings, weightDecay: 0 }, [1, -1, 2, -2, 0]);
    for (let k = 0; k < 20; k++) optimizer.step([1e-23, -1e-23, 1e-40, -1e-40, 1e-23]);
    expect(largestDifference(optimizer.weights, [1, -1, 2, -2, 0])).toBeLessThan(1e-20);
  });

  test.each(Object.entries(trajectories))('%s lets a NaN reach its weight, and no other', (_, settings) => {
    core.reset();
    const clean = makeOptimizer(core, settings, [1, 2, 3, 4, 5, 6, 7]);
    const spoilt = makeOptimizer(core, settings, [1, 2, 3, 4, 5, 6, 7]);
    for (let k = 0; k < 4; k++) {
      const gradient = [1, -1, 1, -1, 1, -1, 1];
      clean.step(gradient);
      if (k === 1) {
        gradient[2] = Number.NaN;
        gradient[6] = Number.NaN;
      }
      spoilt.step(gradient);
      const expected = [...clean.weights].map((w, i) => (k > 0 && (i === 2 || i === 6) ? Number.NaN : w));
      expect([...spoilt.weights]).toEqual(expected);
      for (const slot of k > 0 ? spoilt.slots : []) expect([slot[2], slot[6]]).toEqual([Number.NaN, Number.NaN]);
    }
  });
});
