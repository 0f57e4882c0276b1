/** The optimizers of the full core: against Keras and optax, to the bit against float32 arithmetic, and their laws. */
import { describe, expect, test } from 'vitest';
import { layers, type Optimizer, optimizers, sequential, tensor } from '../src/index.ts';
import { RULES } from '../src/optimizers/facts/index.ts';
import type { OptimizerRule } from '../src/optimizers/facts/rule.ts';
import { randomFloats } from './core.ts';
import { bitsOf } from './helpers.ts';
import recorded from './reference/optimizer_trajectories.json' with { type: 'json' };
import { exact, type FullName, float32, follows, type Numbers, ORACLES } from './reference/optimizers-full.ts';

const NAMES = Object.keys(ORACLES) as FullName[];
const make = optimizers as unknown as Record<FullName, (options?: object) => Optimizer>;

/** All numbers of an optimizer: defaults, then `given`. */
function allOf(name: FullName, given: Numbers): Numbers {
  const { learningRate, weightDecay = 0, options }: OptimizerRule = RULES[name];
  const own = Object.entries(options).map(([key, { byDefault }]) => [key, Number(byDefault)]);
  return { learningRate, weightDecay, ...Object.fromEntries(own), ...given };
}

/** The weights after each step of `apply`, and the slots after the last. */
function applied(name: FullName, options: object, start: ArrayLike<number>, gradients: readonly ArrayLike<number>[]) {
  using w = tensor([start.length], Float32Array.from(start));
  using g = tensor([start.length]);
  using optimizer = make[name](options);
  return gradients.map((gradient) => {
    g.data.set(gradient);
    optimizer.apply([[w, g]]);
    return w.data.slice();
  });
}

const cases = recorded.cases
  .filter(({ name }) => Object.hasOwn(ORACLES, name))
  .map(({ name, options, weights }) => ({ name: name as FullName, options: options as unknown as Numbers, weights }));

test('each is recorded with two settings, none of which is its default', () => {
  for (const name of NAMES) {
    const mine = cases.filter((one) => one.name === name);
    expect([name, mine.length]).toEqual([name, 2]);
    const { learningRate }: OptimizerRule = RULES[name];
    for (const { options } of mine) expect(options.learningRate).not.toBe(learningRate);
  }
});

describe.each(cases)('$name of $options', ({ name, options, weights }) => {
  test('the formula in float64 gives the recorded weights', () => {
    const { steps } = follows(name, allOf(name, options), exact, recorded.start, recorded.gradients);
    for (const [k, want] of weights.entries())
      for (const [i, value] of want.entries())
        expect(Math.abs((steps[k]?.[i] ?? Number.NaN) - value), `step ${k + 1}, weight ${i}`).toBeLessThan(1e-12);
  });

  test('the kernel follows them as float32 can', () => {
    const steps = applied(name, options, recorded.start, recorded.gradients);
    for (const [k, want] of weights.entries())
      for (const [i, value] of want.entries())
        expect(Math.abs((steps[k]?.[i] ?? Number.NaN) - value), `step ${k + 1}, weight ${i}`).toBeLessThan(3e-5);
  });
});

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

describe.each(NAMES)('%s', (name) => {
  const settings: Numbers[] = [{ learningRate: 0.01 }, { learningRate: 0.25, weightDecay: 0.5 }];
  const others = cases.filter((one) => one.name === name).map(({ options }) => options);

  test.each([...settings, ...others])('computes as float32 does, to the bit: %o', (options) => {
    for (const n of [1, 2, 3, 4, 5, 7, 13, 1031]) {
      const [start = new Float32Array()] = makeGradients(n, 1, 7);
      const gradients = makeGradients(n, 8, n + 1);
      const { steps } = follows(name, allOf(name, options), float32, start, gradients);
      const got = applied(name, options, start, gradients);
      for (const [k, want] of steps.entries())
        expect(bitsOf(got[k] ?? new Float32Array()), `step ${k + 1} of ${n}`).toEqual(bitsOf(Float32Array.from(want)));
    }
  });

  test('lets a NaN reach its weight, for good, and no other', () => {
    const gradients = Array.from({ length: 4 }, (_, k) => [1, -1, k === 1 ? Number.NaN : 1, -1, 1]);
    const clean = gradients.map((gradient) => gradient.map((g) => (Number.isNaN(g) ? 1 : g)));
    const [got, want] = [gradients, clean].map((all) => applied(name, {}, [1, 2, 3, 4, 5], all));
    for (const [k, weights] of (want ?? []).entries())
      expect([...(got?.[k] ?? [])]).toEqual([...weights].map((w, i) => (k > 0 && i === 2 ? Number.NaN : w)));
  });

  test('ends with finite weights after a gradient of zero and ones of every size', () => {
    const sizes = [0, 1e-45, 1e-30, 1e-15, 1, 1e15, -1e-30, -1e-15, -1];
    for (const weights of applied(
      name,
      {},
      sizes.map(() => 1),
      [sizes, sizes, sizes.map(() => 0)],
    ))
      expect([...weights].every(Number.isFinite)).toBe(true);
  });

  test('leaves no denormal behind', () => {
    using w = tensor([5], [1, -1, 0.5, 2, 3]);
    using g = tensor([5], [1, -1, 1e-22, 1e-30, -1e-40]);
    using optimizer = make[name]();
    const denormal = (x: number) => x !== 0 && Math.abs(x) < 2 ** -126;
    for (let k = 0; k < 1500; k++) {
      optimizer.apply([[w, g]]);
      g.data.fill(0);
      if (k % 100 === 0) expect([...w.data].filter(denormal)).toEqual([]);
    }
  });
});

describe('laws', () => {
  const start = [1, -2, 0.5, 3];
  const zeros = Array.from({ length: 5 }, () => [0, 0, 0, 0]);
  const bits = (steps: readonly Float32Array[]) => bitsOf(steps.at(-1) ?? new Float32Array());

  test.each(NAMES.filter((name) => name !== 'ftrl' && name !== 'yogi'))(
    '%s does not move without a gradient',
    (name) => {
      const none = name === 'asgd' ? { lambd: 0 } : { weightDecay: 0 };
      expect(bits(applied(name, none, start, zeros))).toEqual(bitsOf(Float32Array.from(start)));
    },
  );

  test('ftrl forgets the weights it was given; yogi moves by what its mean starts from', () => {
    expect([...(applied('ftrl', {}, start, zeros)[0] ?? [])].every((w) => w === 0)).toBe(true);
    const moved = applied('yogi', {}, start, zeros).at(-1) ?? [];
    for (const [i, w] of start.entries()) expect(Math.abs((moved[i] ?? 0) - w)).toBeLessThan(1e-5);
  });

  test('ftrl at a learning rate of 0 leaves the weights as they are', () => {
    expect(bits(applied('ftrl', { learningRate: 0 }, start, [[1, 2, 3, 4]]))).toEqual(bitsOf(Float32Array.from(start)));
  });

  test('l1 regularization of ftrl keeps weights at zero whose gradients are small', () => {
    const gradients = Array.from({ length: 20 }, () => [0.01, 1, -0.01, -1]);
    const l1 = applied('ftrl', { learningRate: 0.1, l1RegularizationStrength: 1.5 }, start, gradients).at(-1) ?? [];
    expect([...l1].map((w) => w === 0)).toEqual([true, false, true, false]);
  });

  const scaled: [FullName, object][] = [
    ['adadelta', { epsilon: 0 }],
    ['adamax', { epsilon: 0 }],
    ['lion', {}],
    ['signSgd', {}],
    ['rprop', {}],
    ['adabelief', { epsilon: 0, epsilonRoot: 0 }],
    ['adan', { epsilon: 0, epsilonRoot: 0 }],
    ['ademamix', { epsilon: 0 }],
    ['scheduleFreeAdamW', { epsilon: 0 }],
  ];
  test.each(scaled)('without epsilon, %s does not see the scale of the gradients', (name, options) => {
    const random = randomFloats(11);
    const gradients = Array.from({ length: 12 }, (_, k) =>
      Float32Array.from({ length: 33 }, () => (k % 3 === 2 ? -1 : 1) * (random() + 1.5)),
    );
    const run = (exponent: number) =>
      bits(
        applied(
          name,
          options,
          new Float32Array(33).fill(1),
          gradients.map((g) => g.map((x) => x * 2 ** exponent)),
        ),
      );
    expect(run(-16)).toEqual(run(0));
    expect(run(10)).toEqual(run(0));
  });

  test('a constant gradient moves lion and signSgd by the learning rate', () => {
    const ones = Array.from({ length: 3 }, () => [1, -1, 1, -1]);
    for (const name of ['lion', 'signSgd'] as const)
      expect([...(applied(name, { learningRate: 0.25 }, start, ones)[2] ?? [])]).toEqual([0.25, -1.25, -0.25, 3.75]);
  });

  test('rprop takes longer steps as long as a gradient keeps its sign, and a shorter one after it turns', () => {
    const gradients = [[1], [3], [-0.5], [-7], [-1]];
    const options = { learningRate: 0.25, etaMinus: 0.5, etaPlus: 2, stepSizeMax: 0.5 };
    expect(applied('rprop', options, [1], gradients).map(([w]) => w)).toEqual([0.75, 0.25, 0.25, 0.5, 1]);
  });

  test('the slot of asgd is the last weight until t0, then the mean of the weights', () => {
    using model = sequential([layers.dense({ units: 1, useBias: false, kernelInitializer: 'zeros', inputShape: [1] })]);
    // the gradient is -1 all the way
    model.compile({ optimizer: optimizers.asgd({ learningRate: 1, lambd: 0, t0: 2 }), loss: 'mae' });
    const values = Array.from({ length: 6 }, () => {
      model.trainOnBatch([[1]], [[1000]]);
      return [...model.weights, ...model.slots].map(({ tensor: { data } }) => data[0]);
    });
    // from step 4 on the mean of steps 4 to t
    expect(values).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 4.5],
      [6, 5],
    ]);
  });

  test('adabound ends as SGD with momentum: all steps have one size', () => {
    const gradients = Array.from({ length: 400 }, () => [1, 0.01, -4, 100]);
    const [before, after] = applied(
      'adabound',
      { learningRate: 0.5, finalLearningRateRatio: 0.25, gamma: 100 },
      start,
      gradients,
    ).slice(-2);
    const sizes = (gradients[0] ?? []).map((g, i) => ((before?.[i] ?? 0) - (after?.[i] ?? 0)) / g);
    for (const size of sizes) expect(size).toBeCloseTo(0.125, 3);
  });

  test('sophia moves no weight farther than the learning rate, and each so far where curvatures are small', () => {
    const gradients = Array.from({ length: 3 }, () => [1e-3, -1e-3, 1e-6, 100]);
    const moved =
      applied('sophia', { learningRate: 0.25, weightDecay: 0, hessianFactor: 4 }, start, gradients).at(-1) ?? [];
    const ways = [...moved].map((w, i) => (start[i] ?? 0) - w);
    expect(ways.slice(0, 3)).toEqual([0.75, -0.75, 0.75]);
    expect(ways[3]).toBeLessThan(0.75);
  });

  test('the average of schedule-free SGD is that of the fast weights', () => {
    const gradients = Array.from({ length: 6 }, (_, k) => [k - 2]);
    const [rate, beta1] = [0.5, 0.75];
    using w = tensor([1], [4]);
    using g = tensor([1]);
    using optimizer = optimizers.scheduleFreeSgd({ learningRate: rate, beta1 });
    let [z, total] = [4, 0];
    for (const [gradient = 0] of gradients) {
      g.data[0] = gradient;
      optimizer.apply([[w, g]]);
      z -= rate * gradient;
      total += z;
    }
    // w lies between the fast weight and the average of all of them
    expect(w.data[0]).toBeCloseTo((1 - beta1) * z + (beta1 * total) / gradients.length, 5);
  });
});
