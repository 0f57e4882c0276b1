/** Optimizers that need norms of whole weights: against Keras and optax, to the bit against float32 arithmetic, threads, files, laws. */
import { describe, expect, test } from 'vitest';
import {
  type createRuntime,
  grad,
  layers,
  type Optimizer,
  ops,
  optimizers,
  sequential,
  type Tensor,
  tensor,
} from '../src/index.ts';
import { RULES } from '../src/optimizers/facts/index.ts';
import type { OptimizerRule } from '../src/optimizers/facts/rule.ts';
import { randomFloats } from './core.ts';
import { bitsOf, floats } from './helpers.ts';
import recorded from './reference/optimizer_passes.json' with { type: 'json' };
import { type Arithmetic, exact, float32, type Numbers } from './reference/optimizers-full.ts';
import { followsPasses, PASSES, type PassesName } from './reference/optimizers-passes.ts';
import { followsTogether, TOGETHER, type TogetherName } from './reference/optimizers-together.ts';
import { expectResumes, expectSameOnThreads, ONE_TO_SEVEN } from './training-laws.ts';

type Name = PassesName | TogetherName;
const NAMES = [...Object.keys(PASSES), ...Object.keys(TOGETHER)] as Name[];
const make = optimizers as unknown as Record<Name, (options?: object) => Optimizer>;
const cases = recorded.cases as unknown as { name: Name; options: Numbers; weights: number[][][] }[];

function allOf(name: Name, given: Numbers): Numbers {
  const { learningRate, options }: OptimizerRule = RULES[name];
  const own = Object.entries(options).map(([key, { byDefault }]) => [key, Number(byDefault)]);
  return { learningRate, ...Object.fromEntries(own), ...given };
}

const isTogether = (name: Name): name is TogetherName => Object.hasOwn(TOGETHER, name);

/** The weights of these shapes after each step, `[step][weight]`, by the formulas. */
function followsAll(
  name: Name,
  options: Numbers,
  arithmetic: Arithmetic,
  shapes: readonly (readonly number[])[],
  start: readonly ArrayLike<number>[],
  gradients: readonly (readonly ArrayLike<number>[])[],
): readonly (readonly (readonly number[])[])[] {
  if (isTogether(name)) return followsTogether(name, options, arithmetic, start, gradients).steps;
  const each = shapes.map((shape, i) => {
    const mine = gradients.map((of) => of[i] ?? []);
    return followsPasses(name, options, arithmetic, shape, Array.from(start[i] ?? []), mine);
  });
  return gradients.map((_, k) => each.map((steps) => steps[k] ?? []));
}

/** The weights of these shapes after each step: `gradients[step][weight]`. */
function applied(
  name: Name,
  options: object,
  shapes: readonly (readonly number[])[],
  start: readonly ArrayLike<number>[],
  gradients: readonly (readonly ArrayLike<number>[])[],
): Float32Array[][] {
  const weights = shapes.map((shape, i) => tensor(shape, Float32Array.from(start[i] ?? [])));
  const pairs = weights.map((w) => [w, tensor(w.shape)] as [Tensor<'float32'>, Tensor<'float32'>]);
  using optimizer = make[name](options);
  const steps = gradients.map((of) => {
    for (const [i, [, g]] of pairs.entries()) g.data.set(of[i] ?? []);
    optimizer.apply(pairs);
    return weights.map(({ data }) => data.slice());
  });
  for (const one of pairs.flat()) one.dispose();
  return steps;
}

test('each is recorded with two settings, none of which is its default', () => {
  for (const name of NAMES) {
    const mine = cases.filter((one) => one.name === name);
    expect([name, mine.length]).toEqual([name, 2]);
    for (const { options } of mine) expect(options.learningRate).not.toBe(RULES[name].learningRate);
  }
});

describe.each(cases)('$name of $options', ({ name, options, weights }) => {
  const { shapes, start, gradients } = recorded;

  test('the formula in float64 gives the recorded weights', () => {
    const byStep = weights.map((_, k) => gradients.map((of) => of[k] ?? []));
    const steps = followsAll(name, allOf(name, options), exact, shapes, start, byStep);
    for (const [k, want] of weights.entries())
      for (const [i, numbers] of want.entries())
        for (const [at, value] of numbers.entries())
          expect(Math.abs((steps[k]?.[i]?.[at] ?? Number.NaN) - value), `step ${k + 1}, ${i}[${at}]`).toBeLessThan(
            1e-11,
          );
  });

  test('the kernels follow them as float32 can', () => {
    const byStep = weights.map((_, k) => gradients.map((of) => of[k] ?? []));
    const steps = applied(name, options, shapes, start, byStep);
    for (const [k, want] of weights.entries())
      for (const [i, numbers] of want.entries())
        for (const [at, value] of numbers.entries())
          expect(Math.abs((steps[k]?.[i]?.[at] ?? Number.NaN) - value), `step ${k + 1}`).toBeLessThan(3e-5);
  });
});

/** Gradients of all sizes, among them zeros and ones small enough to be flushed. */
const someOf = (n: number, seed: number) => {
  const random = randomFloats(seed);
  return Float32Array.from({ length: n }, () => {
    const exponent = random() < 0.6 ? -4 : Math.round(random() * 60) - 55;
    return random() < -0.8 ? 0 : random() * 2 ** exponent;
  });
};

describe.each(NAMES)('%s', (name) => {
  const settings: Numbers[] = [{}, ...cases.filter((one) => one.name === name).map(({ options }) => options)];
  const shapes = [[1], [3], [5], [4100], [1, 1], [1, 7], [9, 1], [13, 5], [70, 65], [2, 3, 5, 4]];

  test.each(settings)('computes as float32 does, to the bit: %o', (options) => {
    const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
    const start = sizes.map((n, i) => Float32Array.from(floats([n], 7 + i).data));
    const gradients = Array.from({ length: 5 }, (_, k) => sizes.map((n, i) => someOf(n, 100 * k + i)));
    const got = applied(name, options, shapes, start, gradients);
    for (const [k, weights] of followsAll(name, allOf(name, options), float32, shapes, start, gradients).entries())
      for (const [i, want] of weights.entries())
        expect(bitsOf(got[k]?.[i] ?? new Float32Array()), `step ${k + 1} of ${shapes[i]}`).toEqual(
          bitsOf(Float32Array.from(want)),
        );
  });

  const x = floats([32, 90], 1);
  const y = floats([32, 4], 2);
  const modelOf = (runtime?: ReturnType<typeof createRuntime>) => {
    const options = { seed: 5, ...(runtime !== undefined && { runtime }) };
    const model = sequential(
      [layers.dense({ units: 300, activation: 'tanh', inputShape: [90] }), layers.dense({ units: 4 })],
      options,
    );
    const named = name === 'muon' && { excludeLayers: ['dense_1/'] };
    const own = {
      ...named,
      weightDecay: 0.1,
      gradientAccumulationSteps: 2,
      useEma: true,
      excludeFromWeightDecay: ['bias'],
    };
    model.compile({ optimizer: make[name]({ learningRate: 0.05, ...own }), loss: 'mse' });
    return model;
  };

  test('any number of threads gives the same bits', () =>
    expectSameOnThreads(modelOf, [x, y], { epochs: 3, batchSize: 8 }, ONE_TO_SEVEN));

  test('a saved training goes on with the same bits', async () => {
    using model = modelOf();
    await expectResumes(model, [x, y], { epochs: 4, batchSize: 11 });
  });

  test('keeps as many numbers as its slots have', () => {
    using model = modelOf();
    const rule: OptimizerRule = RULES[name];
    const own = make[name]().spec.own;
    const expected = [...rule.slots(own)].flatMap((slot) =>
      [[90, 300], [300], [300, 4], [4]].flatMap((shape, i) => [
        rule.slotShape === undefined ? shape : rule.slotShape(own, slot, shape, i > 1),
      ]),
    );
    const mine = model.slots
      .filter(({ name: of }) => !/average$|Accumulator$/.test(of))
      .map(({ tensor: { shape } }) => [...shape]);
    expect(mine).toEqual(expected.filter((shape) => shape !== undefined));
  });

  test('does not move without a gradient, and lets a NaN reach its weight and no other', () => {
    const start = [
      [1, -2, 0.5, 3],
      [1, 2],
    ];
    const zeros = [
      [0, 0, 0, 0],
      [0, 0],
    ];
    const none = name === 'muon' && { weightDecay: 0, adamWeightDecay: 0 };
    const still = applied(name, { ...none }, [[2, 2], [2]], start, [zeros, zeros]).at(-1) ?? [];
    expect(still.map((w) => [...w])).toEqual(start);
    const ones = [
      [1, Number.NaN, 1, 1],
      [1, 1],
    ];
    const [lost, sound] = applied(name, {}, [[2, 2], [2]], start, [ones]).at(-1) ?? [];
    expect([...(lost ?? [])].some(Number.isNaN)).toBe(true);
    expect([...(sound ?? [])].every(Number.isFinite)).toBe(true);
  });
});

describe('laws', () => {
  test.each(['lamb', 'lars'] as const)('with %s a larger weight takes steps that are larger by as much', (name) => {
    const gradients = Array.from({ length: 4 }, (_, k) => [[1, -2, 0.5, k]]);
    const run = (scale: number) =>
      applied(name, { learningRate: 0.125 }, [[4]], [[1, 2, -3, 4].map((w) => w * scale)], gradients).at(-1)?.[0] ?? [];
    expect([...run(8)]).toEqual([...run(1)].map((w) => w * 8));
  });

  test.each(['prodigy', 'dAdaptAdam'] as const)('%s finds a rate of the size of the way, which never falls', (name) => {
    using model = sequential([layers.dense({ units: 1, useBias: false, kernelInitializer: 'zeros', inputShape: [1] })]);
    model.compile({ optimizer: make[name](), loss: 'mae' });
    const goal = 1000;
    const rates = Array.from({ length: 400 }, () => {
      model.trainOnBatch([[1]], [[goal]]);
      return model.slots.find(({ name: slot }) => slot === 'dense/kernel/estimate')?.tensor.data[0] ?? 0;
    });
    expect(rates.every((rate, k) => rate >= (rates[k - 1] ?? 1e-7))).toBe(true);
    expect(rates.at(-1)).toBeGreaterThan(goal / 100);
    expect(rates.at(-1)).toBeLessThan(goal * 10);
  });

  test("prodigy's estimate grows without end on a plateau with ripples, as in the authors' code, but not with bias correction", () => {
    const plateau = grad((w) => {
      const [x, y] = [ops.slice(w, [0], [1]), ops.slice(w, [1], [1])];
      const hollow = ops.exp(ops.multiply(ops.add(ops.square(x), ops.square(y)), -0.3));
      const ripples = ops.multiply(ops.sin(ops.multiply(x, 9)), ops.sin(ops.multiply(y, 9)));
      return ops.sum(ops.subtract(ops.multiply(ripples, 0.01), hollow));
    });
    /** d after each step from (2.6, 2.2), and how far the weights are from the middle at last. */
    const run = (steps: number, options: object) => {
      using w = tensor([2], [2.6, 2.2]);
      using optimizer = optimizers.prodigy(options);
      const estimates = Array.from({ length: steps }, () => {
        using slope = plateau(w);
        optimizer.apply([[w, slope]]);
        return optimizer.slots(w)?.estimate?.[0] ?? Number.NaN;
      });
      return { estimates, away: Math.hypot(...w.data) };
    };
    const plain = run(100, {});
    // prodigyopt 1.1.2 on PyTorch 2.9, float32
    expect(plain.estimates[9]).toBeCloseTo(0.0038045222097, 8);
    expect(plain.estimates[99]).toBeGreaterThan(1e4);
    const corrected = run(300, { useBiasCorrection: true });
    expect(corrected.estimates[299]).toBeLessThan(10);
    expect(corrected.away).toBeLessThan(0.2);
    plateau.dispose();
  });

  test('a weight without gradients does not keep those of others from their rate', () => {
    const run = (shapes: number[][]) =>
      applied(
        'prodigy',
        {},
        shapes,
        shapes.map(([n = 0]) => new Array<number>(n).fill(1)),
        Array.from({ length: 50 }, () => shapes.map(([n = 0], i) => new Array<number>(n).fill(i === 0 ? 1 : 0))),
      ).at(-1) ?? [];
    expect(run([[5], [9]])[0]).toEqual(run([[5]])[0]);
  });

  test.each(['lamb', 'novograd', 'prodigy', 'dAdaptAdam'] as const)(
    'without epsilon, %s does not see the scale of the gradients',
    (name) => {
      const gradients = Array.from({ length: 4 }, (_, k) => [[1, -2, 0.5, k + 1]]);
      const run = (scale: number) =>
        applied(
          name,
          { epsilon: 0 },
          [[4]],
          [[1, 2, -3, 4]],
          gradients.map(([g = []]) => [g.map((x) => x * scale)]),
        ).at(-1)?.[0];
      expect(run(1)?.every(Number.isFinite)).toBe(true);
      expect(run(2 ** -12)).toEqual(run(1));
    },
  );

  test('adafactor bears rows and columns without gradients beside others', () => {
    const gradients = Array.from({ length: 4 }, () => [[1, 0, 2, 0, 0, 0, 3, 0, -1]]);
    const start = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const [weights = []] = applied('adafactor', {}, [[3, 3]], [start], gradients).at(-1) ?? [];
    const moved = [...weights].map((w, i) => w !== start[i]);
    expect([...weights].every(Number.isFinite)).toBe(true);
    expect(moved).toEqual((gradients[0]?.[0] ?? []).map((g) => g !== 0));
  });
});
