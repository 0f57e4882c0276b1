/** What holds for every optimizer, whatever its formula: averages, accumulation, decay, memory; and that each is tested by all that tests one. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRuntime, layers, type Optimizer, optimizerNames, optimizers, sequential, tensor } from '../src/index.ts';
import { RULES } from '../src/optimizers/facts/index.ts';
import type { OptimizerRule } from '../src/optimizers/facts/rule.ts';
import { bitsOf, floats } from './helpers.ts';
import lbfgs from './reference/lbfgs.json' with { type: 'json' };
import passes from './reference/optimizer_passes.json' with { type: 'json' };
import trajectories from './reference/optimizer_trajectories.json' with { type: 'json' };
import { ORACLES } from './reference/optimizers-full.ts';
import { PASSES } from './reference/optimizers-passes.ts';
import { TOGETHER } from './reference/optimizers-together.ts';
import { STEPS32 } from './reference/optimizers32.ts';
import soap from './reference/soap.json' with { type: 'json' };
import { runs } from './reference-runs/runs.js';

type Make = (options?: object) => Optimizer;
const makeOf = (name: (typeof optimizerNames)[number]): Make => optimizers[name] as Make;

const shape = [6, 5];
const start = floats(shape, 1).data;
const gradients = Array.from({ length: 6 }, (_, k) => floats(shape, 2 + k).data);

/** The weight after each gradient, and at the end of all. */
function applied(optimizer: Optimizer, given: readonly Float32Array[]) {
  using w = tensor(shape, start);
  using g = tensor(shape);
  using one = optimizer;
  const steps = given.map((gradient) => {
    g.data.set(gradient);
    one.apply([[w, g]]);
    return w.data.slice();
  });
  one.finalizeVariableValues();
  return { steps, final: w.data.slice() };
}

// L-BFGS evaluates the loss, so it is not applied to gradients
describe.each(optimizerNames.filter((name) => name !== 'lbfgs'))('%s', (name) => {
  const make = makeOf(name);

  test('two equal gradients, accumulated, are one', () => {
    const { steps } = applied(
      make({ gradientAccumulationSteps: 2 }),
      gradients.flatMap((g) => [g, g]),
    );
    const plain = applied(make(), gradients).steps;
    for (const [k, want] of plain.entries()) {
      expect(bitsOf(steps[2 * k] ?? start), `call ${2 * k + 1}`).toEqual(bitsOf(plain[k - 1] ?? start));
      expect(bitsOf(steps[2 * k + 1] ?? start), `call ${2 * k + 2}`).toEqual(bitsOf(want));
    }
  });

  test('the average of its weights begins at the first and changes none of them', () => {
    const momentum = 0.75;
    const { steps, final } = applied(make({ useEma: true, emaMomentum: momentum }), gradients);
    for (const [k, want] of applied(make(), gradients).steps.entries())
      expect(bitsOf(steps[k] ?? start)).toEqual(bitsOf(want));
    let average = steps[0] ?? start;
    for (const step of steps.slice(1)) {
      const mean = (a: number, i: number) => Math.fround(momentum * a) + Math.fround((1 - momentum) * (step[i] ?? 0));
      average = average.map(mean);
    }
    expect(bitsOf(final)).toEqual(bitsOf(average));
  });

  test('every so many steps the average takes the place of the weights', () => {
    const options = { useEma: true, emaMomentum: 0, emaOverwriteFrequency: 2 };
    // an average without a memory is the weights
    const { steps } = applied(make(options), gradients);
    for (const [k, want] of applied(make(), gradients).steps.entries())
      expect(bitsOf(steps[k] ?? start)).toEqual(bitsOf(want));
    const { steps: slow } = applied(make({ ...options, emaMomentum: 1 }), gradients);
    // the one that keeps the first weights brings them back
    expect(bitsOf(slow[1] ?? start)).toEqual(bitsOf(slow[0] ?? start));
  });

  // what rounding leaves in the other directions of the basis, soap divides by its own size
  if (name !== 'soap')
    test('a constant gradient moves every weight against it, in every step', () => {
      using optimizer = make();
      using w = tensor(shape);
      using g = tensor(shape, new Float32Array(start.length).fill(0.5));
      for (let k = 0; k < 6; k++) {
        const before = w.data.slice();
        optimizer.apply([[w, g]]);
        expect(w.data.every((value, i) => value < (before[i] ?? 0))).toBe(true);
      }
    });

  /** The weights of a small network after steps without a gradient. */
  const resting = (options: object) => {
    using model = sequential([layers.dense({ units: 5, inputShape: [6], biasInitializer: 'ones' })], { seed: 3 });
    const own = name === 'muon' ? { adamWeightDecay: 0, ...options } : options;
    model.compile({ optimizer: make({ learningRate: 0.25, ...own }), loss: 'mse' });
    // a sample of weight 0 has no gradient
    for (let k = 0; k < 3; k++) model.trainOnBatch(floats([1, 6], 1), floats([1, 5], 2), { sampleWeight: [0] });
    return model.getWeights().map(bitsOf);
  };
  test('decay leaves out the weights that are excluded, and no others', () => {
    const none = resting({ weightDecay: 0 });
    const [kernel, bias] = resting({ weightDecay: 0.5, excludeFromWeightDecay: ['bias'] });
    expect(bias).toEqual(none[1]);
    // weights of ftrl follow from its slots alone
    if (name === 'ftrl') expect(kernel).toEqual(none[0]);
    else expect(kernel).not.toEqual(none[0]);
    expect(resting({ weightDecay: 0.5, excludeFromWeightDecay: ['kernel', 'bias'] })).toEqual(none);
  });
});

describe('memory', () => {
  const MiB = 2 ** 20;
  const keeping = optimizerNames.filter((name) => {
    const { spec } = makeOf(name)();
    return spec.slots.length > 0;
  });
  test.each(keeping)('%s refuses to be compiled where its slots do not fit, and says that it is them', (name) => {
    using runtime = createRuntime({ maximumMemory: 6 * MiB, threads: 1 });
    // weights and gradients take 2.3 MiB each; the first layer could be updated row by row, without gradients. Adafactor keeps little of a matrix that has many rows
    const [hidden, outputs] = name === 'adafactor' ? [1, 300_000] : [1000, 600];
    using model = sequential([layers.dense({ units: hidden, inputShape: [1] }), layers.dense({ units: outputs })], {
      runtime,
    });
    const { used } = runtime.memory;
    const compile = (optimizer: Optimizer) => model.compile({ optimizer, loss: 'mse' });
    expect(() => compile(makeOf(name)())).toThrow(new RegExp(`^out of memory: .*the slots of ${name}`));
    expect(runtime.memory.used).toBe(used);
    compile(optimizers.sgd());
  });
});

describe('every optimizer', () => {
  test('has 30 recorded steps with two settings of which none is its default', () => {
    const all = [
      ...trajectories.cases,
      ...passes.cases,
      ...soap.cases.map((one) => ({ ...one, name: 'soap' })),
      ...lbfgs.cases.filter(({ of }) => of === 'function').map((one) => ({ ...one, name: 'lbfgs' })),
    ];
    for (const name of optimizerNames) {
      const mine = all.filter((one) => one.name === name);
      expect([name, mine.length >= 2]).toEqual([name, true]);
      const { learningRate }: OptimizerRule = RULES[name];
      for (const { weights, options } of mine) {
        expect([name, weights.length]).toEqual([name, 30]);
        expect(options.learningRate).not.toBe(learningRate);
      }
    }
  });

  test('has an oracle that computes as its kernel does, to the bit', () => {
    const oracles = [STEPS32, ORACLES, PASSES, TOGETHER].flatMap((table) => Object.keys(table));
    // adamw is adam with a decay; those of soap and L-BFGS are functions of their own
    expect(new Set([...oracles, 'adamw', 'soap', 'lbfgs'])).toEqual(new Set(optimizerNames));
  });

  test('has a digest that every engine gives, a measurement and a row in the tables', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const [measured, learned] = [read('../bench/optimizers.bench.js'), read('../docs/optimizers.md')];
    for (const name of optimizerNames) {
      expect(
        runs.some(({ optimizer }) => optimizer === name),
        `digest of ${name}`,
      ).toBe(true);
      if (name !== 'lbfgs') expect(measured).toContain(`'${name}'`);
      expect(learned).toMatch(new RegExp(`^\\| \`${name}\` +\\| [\\d.]+ +\\| [\\d.]+ +\\| 0\\.\\d+ `, 'm'));
    }
  });
});
