/** Optimizers through the public API: `apply`, clipping, weight decay, iterations and the learning rate. */
import { describe, expect, test } from 'vitest';
import { createRuntime, type Optimizer, optimizerNames, optimizers, tensor } from '../src/index.ts';
import type { OptimizerOptions } from '../src/optimizers/options.ts';
import { bitsOf, errorOf, floats } from './helpers.ts';
import features from './reference/optimizer_features.json' with { type: 'json' };
import recorded from './reference/optimizer_trajectories.json' with { type: 'json' };
import golden from './reference/optimizers.json' with { type: 'json' };
import { trajectory as formula, type Name } from './reference/optimizers.ts';

const feature = (id: string) => {
  const found = features.cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return found;
};

/** A vector or a matrix. */
type Numbers = readonly (number | readonly number[])[];

/** Applies gradients to parameters, each step once, and returns the parameters after every step. */
function trajectory(optimizer: Optimizer, start: Numbers, gradients: readonly Numbers[]) {
  const rows = start.filter((row) => typeof row !== 'number');
  const shape = rows.length === 0 ? [start.length] : [rows.length, rows[0]?.length ?? 0];
  using w = tensor(shape, start.flat());
  using g = tensor(shape);
  const steps = gradients.map((gradient) => {
    g.data.set(gradient.flat());
    optimizer.apply([[w, g]]);
    return w.data.slice();
  });
  optimizer.dispose();
  return steps;
}

const make = Object.fromEntries(optimizerNames.map((name) => [name, optimizers[name]])) as Record<
  string,
  (options?: object) => Optimizer
>;

/** Those that do not move without a gradient, and need nothing but gradients. */
const still = optimizerNames.filter((name) => name !== 'ftrl' && name !== 'yogi' && name !== 'lbfgs');

describe("Keras' recorded trajectories, in float64", () => {
  const camel = (name: string) => name.replace(/_(\d|[a-z])/g, (_, letter: string) => letter.toUpperCase());
  interface Recorded {
    readonly id: string;
    readonly class: string;
    readonly constructor: object;
    readonly initial_x: Numbers;
    readonly gradients_per_step: readonly Numbers[];
    readonly float64_after_step: readonly Numbers[];
  }
  const known = (golden.cases as unknown as Recorded[]).filter((one) => make[one.class.toLowerCase()]);

  test('all classes that are offered have some', () => {
    expect(new Set(known.map((one) => one.class.toLowerCase()))).toEqual(
      new Set([
        ...['sgd', 'adagrad', 'rmsprop', 'adam', 'adamw', 'nadam'],
        ...['adadelta', 'adamax', 'ftrl', 'lion', 'lamb', 'adafactor', 'muon'],
      ]),
    );
  });

  test.each(known.map((one) => [one.id, one] as const))('%s', (_, one) => {
    // Adafactor's relative_step changes nothing
    const given = Object.entries(one.constructor).filter(([key]) => key !== 'relative_step');
    const options = Object.fromEntries(given.map(([key, value]) => [camel(key), value]));
    const optimizer = (make[one.class.toLowerCase()] as (options: object) => Optimizer)(options);
    const got = trajectory(optimizer, one.initial_x, one.gradients_per_step);
    expect(got.length).toBe(one.float64_after_step.length);
    one.float64_after_step.forEach((want, step) => {
      for (const [i, value] of want.flat().entries())
        expect(Math.abs((got[step]?.[i] ?? 0) - value)).toBeLessThan(5e-6);
    });
  });

  test('the example in the documentation of RMSprop', () => {
    const { initial_x, gradient, expected } = feature('rmsprop_docstring') as never as Record<string, number>;
    const [step] = trajectory(optimizers.rmsprop({ learningRate: 0.1 }), [initial_x as number], [[gradient as number]]);
    expect(step?.[0]).toBeCloseTo(expected as number, 6);
  });
});

/** The first eight; test/optimizers-full.test.ts has the others. */
const NAMED: Readonly<Record<string, Name>> = {
  ...{ sgd: 'sgd', momentum: 'momentum', nesterov: 'nesterov', adagrad: 'adagrad' },
  ...{ rmsprop: 'rmsprop', adam: 'adam', adamw: 'adam', nadam: 'nadam' },
};
describe.each(recorded.cases.filter(({ name }) => Object.hasOwn(NAMED, name)))(
  "Keras' 30 steps of $name with $options",
  ({ name, options, weights }) => {
    const { start, gradients } = recorded;
    const expectNear = (got: readonly ArrayLike<number>[], tolerance: number) => {
      for (const [k, want] of weights.entries())
        for (const [i, value] of want.entries())
          expect(Math.abs((got[k]?.[i] ?? Number.NaN) - value), `step ${k + 1}, weight ${i}`).toBeLessThan(tolerance);
    };

    test('are those of the formula', () => {
      const { initialAccumulatorValue, ...own } = options as { initialAccumulatorValue?: number; learningRate: number };
      const initial = initialAccumulatorValue !== undefined && { initialAccumulator: initialAccumulatorValue };
      // over TensorFlow Keras takes some of Nadam's constants for float32
      const tolerance = name === 'nadam' ? 1e-7 : 1e-12;
      expectNear(formula({ name: NAMED[name] ?? 'sgd', ...own, ...initial }, start, gradients), tolerance);
    });

    test('are those of the kernel, as float32 can', () => {
      expectNear(trajectory((make[name] as (options: object) => Optimizer)(options), start, gradients), 3e-5);
    });
  },
);

describe('clipping', () => {
  const sgd = (options: OptimizerOptions) => optimizers.sgd({ learningRate: 1, ...options });
  /** The clipped gradients: what a step of size 1 takes off zeros. */
  function clipped(options: OptimizerOptions, gradients: readonly (readonly number[])[]): number[][] {
    const optimizer = sgd(options);
    const pairs = gradients.map(
      (gradient) => [tensor([gradient.length]), tensor([gradient.length], gradient)] as const,
    );
    optimizer.apply(pairs);
    const result = pairs.map(([w]) => Array.from(w.data, (value) => 0 - value));
    for (const [i, [w, g]] of pairs.entries()) {
      expect(Array.from(g.data), 'gradients are not changed').toEqual(gradients[i]);
      w.dispose();
      g.dispose();
    }
    optimizer.dispose();
    return result;
  }
  test.each(['clipnorm', 'clipvalue', 'global_clipnorm', 'global_clipnorm_two_tensors', 'global_clipnorm_noop'])(
    '%s',
    (id) => {
      const {
        constructor: options,
        gradients,
        clipped: want,
      } = feature(id) as never as {
        constructor: Record<string, number>;
        gradients: number[][];
        clipped: number[][];
      };
      const { clipnorm, clipvalue, global_clipnorm: globalClipnorm } = options;
      const got = clipped(
        {
          ...(clipnorm !== undefined && { clipnorm }),
          ...(clipvalue !== undefined && { clipvalue }),
          ...(globalClipnorm !== undefined && { globalClipnorm }),
        },
        gradients,
      );
      for (const [i, value] of want.flat().entries()) expect(got.flat()[i]).toBeCloseTo(value, 6);
    },
  );

  test('clipnorm looks at each parameter alone, globalClipnorm at all together', () => {
    const gradients = [
      [3, 0],
      [0, 4],
    ];
    expect(clipped({ clipnorm: 3.5 }, gradients)).toEqual([
      [3, 0],
      [0, 3.5],
    ]);
    expect(clipped({ globalClipnorm: 5 }, gradients), 'exact where nothing is clipped').toEqual(gradients);
    const [[a = 0] = [], [, b = 0] = []] = clipped({ globalClipnorm: 1 }, gradients);
    expect(a).toBeCloseTo(0.6, 6);
    expect(b).toBeCloseTo(0.8, 6);
  });

  test('zero gradients stay zero, also with a tiny limit', () => {
    expect(clipped({ clipnorm: 1e-20 }, [[0, 0]])).toEqual([[0, 0]]);
    expect(clipped({ globalClipnorm: 1e-20 }, [[0, 0]])).toEqual([[0, 0]]);
  });

  test('a NaN gradient is not hidden', () => {
    expect(clipped({ clipvalue: 1 }, [[Number.NaN, 5]]).flat()).toEqual([Number.NaN, 1]);
    expect(clipped({ globalClipnorm: 1 }, [[Number.NaN, 5], [1]]).flat()).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const infinite = [[Number.POSITIVE_INFINITY, 5], [1]];
    expect(clipped({ globalClipnorm: 1 }, infinite).flat()).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(clipped({ clipnorm: 1 }, infinite)).toEqual([[Number.NaN, 0], [1]]);
  });
});

/** Their rate is not the one that is given: ASGD's falls from step to step, the others find it. */
const OWN_RATE: readonly string[] = ['asgd', 'prodigy', 'dAdaptAdam'];
/** Steps without a gradient do more to them than count: ASGD shrinks the weights, Sophia estimates a curvature. */
const NEVER_STILL: readonly string[] = ['asgd', 'sophia'];

describe('weight decay', () => {
  test.each(still.filter((name) => !OWN_RATE.includes(name)))(
    '%s: three steps without gradient multiply by (1 - decay)³',
    (name) => {
      const {
        learning_rate: learningRate,
        weight_decay: weightDecay,
        initial,
        expected,
      } = feature('weight_decay') as never as Record<string, number>;
      const optimizer = (make[name] as (options: object) => Optimizer)({ learningRate, weightDecay });
      expect(trajectory(optimizer, [initial as number], [[0], [0], [0]])[2]?.[0]).toBeCloseTo(expected as number, 6);
    },
  );

  test('comes before the update and takes the learning rate in', () => {
    const [step] = trajectory(optimizers.sgd({ learningRate: 0.5, weightDecay: 0.25 }), [2, -4], [[1, 1]]);
    expect(Array.from(step ?? [])).toEqual([2 - 2 * 0.125 - 0.5, -4 + 4 * 0.125 - 0.5]);
  });

  test('adamw decays by 0.004 unless told otherwise, adam not at all', () => {
    expect(optimizers.adamw().weightDecay).toBe(0.004);
    expect(optimizers.adamw({ weightDecay: undefined } as object).weightDecay).toBe(0.004);
    expect(optimizers.adamw({ weightDecay: 0.1 }).weightDecay).toBe(0.1);
    expect(optimizers.adam().weightDecay).toBeUndefined();
    const g = [[0.5], [0.25]];
    const same = (a: Optimizer, b: Optimizer) => expect(trajectory(a, [3], g)).toEqual(trajectory(b, [3], g));
    same(optimizers.adamw({ weightDecay: 0.1 }), optimizers.adam({ weightDecay: 0.1 }));
    same(optimizers.adamw({ weightDecay: 0 }), optimizers.adam());
  });
});

describe('laws that join the optimizers', () => {
  const steps = Array.from({ length: 8 }, (_, t) => Array.from(floats([5], t + 1).data));
  const start = [1, -2, 0.5, 3, 0];
  const run = (optimizer: Optimizer) => trajectory(optimizer, start, steps).map(bitsOf);
  const { sgd, momentum, nesterov } = optimizers;

  test('momentum and nesterov are sgd with options', () => {
    expect(run(momentum())).toEqual(run(sgd({ momentum: 0.9 })));
    expect(run(nesterov({ momentum: 0.8 }))).toEqual(run(sgd({ momentum: 0.8, nesterov: true })));
    expect(run(sgd({ nesterov: true }))).toEqual(run(sgd()));
    expect(run(momentum())).not.toEqual(run(nesterov()));
  });

  test('dampening scales the gradient: with dampening 0.75, rate 0.4 steps as 0.1 does', () => {
    expect(run(momentum({ learningRate: 0.5, dampening: 0.75 }))).toEqual(run(momentum({ learningRate: 0.125 })));
  });

  test('a constant gradient moves Adagrad as its closed form says', () => {
    const [, , third] = trajectory(optimizers.adagrad({ learningRate: 0.5 }), [0], [[2], [2], [2]]);
    const want = [1, 2, 3].reduce((w, t) => w - (0.5 * 2) / Math.sqrt(0.1 + 4 * t + 1e-7), 0);
    expect(third?.[0]).toBeCloseTo(want, 6);
    const [zero] = trajectory(optimizers.adagrad({ initialAccumulatorValue: 0, learningRate: 0.5 }), [0], [[2]]);
    expect(zero?.[0]).toBeCloseTo(-0.5, 6);
  });
});

describe('state', () => {
  test('iterations count steps, may be set, and start again after dispose', () => {
    const optimizer = optimizers.adam({ learningRate: 0.5 });
    using w = tensor([1], [1]);
    using g = tensor([1], [1]);
    expect(optimizer.iterations).toBe(0);
    optimizer.apply([[w, g]]);
    optimizer.apply([[w, g]]);
    expect(optimizer.iterations).toBe(2);
    optimizer.iterations = 1000;
    optimizer.apply([[w, g]]);
    expect(optimizer.iterations).toBe(1001);
    optimizer.dispose();
    expect(optimizer.iterations).toBe(0);
    w.data[0] = 1;
    optimizer.apply([[w, g]]);
    expect(w.data[0], 'slots are fresh').toBeCloseTo(0.5, 5);
    optimizer.dispose();
  });

  test.each(still.filter((name) => !NEVER_STILL.includes(name)))(
    '%s: iterations set before the first step count as steps done',
    (name) => {
      const decays = name === 'adamw' || name === 'soap';
      const none = { ...(decays && { weightDecay: 0 }), ...(name === 'muon' && { adamWeightDecay: 0 }) };
      const fresh = () => (make[name] as (options: object) => Optimizer)(none);
      // steps without a gradient do nothing but count
      const counted = trajectory(fresh(), [1], [[0], [0], [0], [0.5]])[3] as Float32Array;
      const set = fresh();
      set.iterations = 3;
      expect(bitsOf(trajectory(set, [1], [[0.5]])[0] as Float32Array)).toEqual(bitsOf(counted));
    },
  );

  test('iterations may be set to any number, before the first step and after it', () => {
    const optimizer = optimizers.nadam({ learningRate: 0.5, beta1: 0.9999999 });
    using w = tensor([1], [1]);
    using g = tensor([1], [1]);
    optimizer.iterations = 1e15;
    optimizer.apply([[w, g]]);
    expect([optimizer.iterations, optimizer.momentumProduct]).toEqual([1e15 + 1, 0]);
    optimizer.iterations = 1e7;
    expect(optimizer.momentumProduct).toBeCloseTo(9.0101859e-7 * 0.9999999 ** 1e7, 12);
    optimizer.iterations = 0;
    expect(optimizer.momentumProduct).toBe(1);
    optimizer.dispose();
  });

  test('the learning rate may be set between steps', () => {
    const optimizer = optimizers.sgd({ learningRate: 0.5 });
    using w = tensor([1], [8]);
    using g = tensor([1], [1]);
    optimizer.apply([[w, g]]);
    optimizer.learningRate = 0.25;
    expect(optimizer.learningRate).toBe(0.25);
    optimizer.apply([[w, g]]);
    optimizer.learningRate = 0;
    optimizer.apply([[w, g]]);
    expect(w.data[0]).toBe(8 - 0.5 - 0.25);
    optimizer.dispose();
  });

  test('each parameter has slots of its own, whatever the order and company', () => {
    const [a, b] = [tensor([3], [1, 2, 3]), tensor([5], [1, 2, 3, 4, 5])];
    const [ga, gb] = [tensor([3], [0.5, -1, 2]), tensor([5], [1, 0, -1, 2, 4])];
    const together = optimizers.nadam({ learningRate: 0.125 });
    for (const pairs of [
      [
        [a, ga],
        [b, gb],
      ],
      [
        [b, gb],
        [a, ga],
      ],
    ] as const)
      together.apply(pairs);
    const alone = trajectory(
      optimizers.nadam({ learningRate: 0.125 }),
      [1, 2, 3, 4, 5],
      [gb.data, gb.data].map((x) => [...x]),
    );
    expect(bitsOf(b.data)).toEqual(bitsOf(alone[1] as Float32Array));
    for (const one of [together, a, b, ga, gb]) one.dispose();
  });

  test('slots of tensors that are disposed of are freed by the next step, and only those', () => {
    using runtime = createRuntime();
    using optimizer = optimizers.momentum({ learningRate: 1 });
    using kept = tensor([1], [0], { runtime });
    using g = tensor([1], [1], { runtime });
    optimizer.apply([[kept, g]]);
    // the first program of a runtime makes it
    const scratch = runtime.memory.used;
    for (let i = 0; i < 3; i++) {
      const w = tensor([1000], undefined, { runtime });
      const gradient = tensor([1000], undefined, { runtime });
      optimizer.apply([[w, gradient]]);
      w.dispose();
      gradient.dispose();
    }
    optimizer.apply([[kept, g]]);
    expect(runtime.memory.used - scratch).toBeLessThan(5000);
    expect(kept.data[0]).toBeCloseTo(-2.9, 6); // a velocity that was forgotten would give -2
  });

  test('memory comes back when the optimizer and the tensors go', async () => {
    const runtime = createRuntime();
    const [w, g] = [tensor([100], undefined, { runtime }), tensor([100], undefined, { runtime })];
    using other = optimizers.sgd();
    other.apply([[w, g]]);
    other.dispose();
    // with the scratch memory that the first program of a runtime makes
    const { used } = runtime.memory;
    const optimizer = optimizers.adam({ globalClipnorm: 1, amsgrad: true });
    optimizer.apply([[w, g]]);
    const during = runtime.memory.used;
    expect(during).toBeGreaterThan(used + 3 * 400);
    for (let i = 0; i < 10; i++) optimizer.apply([[w, g]]);
    expect(runtime.memory.used, 'a step keeps nothing').toBe(during);
    optimizer.dispose();
    optimizer.dispose();
    expect(runtime.memory.used).toBe(used);
    w.dispose();
    g.dispose();
    expect(runtime.memory.used).toBeLessThan(used);
    expect((await errorOf(() => optimizer.apply([[w, g]]))).message).toMatch(/\[100\] has been disposed of/);
  });
});
