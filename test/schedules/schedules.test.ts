/** Schedules of the learning rate: Keras' values, a plain reference, and what a training makes of them. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  configs,
  loadModel,
  optimizerNames,
  optimizers,
  type Schedule,
  type ScheduleName,
  schedules,
  tensor,
} from '../../src/index.ts';
import { builds, loadCore } from '../core.ts';
import { classifier, errorOf, floats, labels } from '../helpers.ts';
import * as reference from '../reference/schedules.ts';

interface Case {
  readonly class: string;
  readonly constructor: Readonly<Record<string, number | boolean | readonly number[]>>;
  readonly step_to_lr: readonly (readonly [step: number, rate: number])[];
}
const { cases } = JSON.parse(readFileSync(new URL('../reference/schedules.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

/** Cases of PyTorch and optax. */
const { cases: more } = JSON.parse(
  readFileSync(new URL('../reference/schedules_more.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly name: ScheduleName;
    readonly options: object;
    readonly rates: readonly (readonly [step: number, rate: number])[];
  }[];
};

const camel = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The library's schedule for a case of Keras. */
function scheduleOf(one: Case): Schedule {
  const name = `${one.class[0]?.toLowerCase()}${one.class.slice(1)}`;
  const make = schedules[name as keyof typeof schedules] as (options: object) => Schedule;
  return make(Object.fromEntries(Object.entries(one.constructor).map(([key, value]) => [camel(key), value])));
}

const titled = cases.map((one) => [`${one.class} ${JSON.stringify(one.constructor)}`, one] as const);

describe("Keras' values", () => {
  test('every schedule has cases', () => {
    const names = cases.map((one) => `${one.class[0]?.toLowerCase()}${one.class.slice(1)}`);
    expect(new Set([...names, ...more.map(({ name }) => name)])).toEqual(new Set(Object.keys(schedules)));
  });

  test.each(titled)('%s', (_title, one) => {
    const schedule = scheduleOf(one);
    for (const [step, rate] of one.step_to_lr) {
      if (step < 0) continue; // no optimizer is ever there
      expect(Math.abs(schedule.at(step) - rate)).toBeLessThanOrEqual(1e-12 * Math.abs(rate) + 1e-15);
    }
  });
});

describe("PyTorch's and optax' values", () => {
  test.each(more.map((one) => [`${one.name} ${JSON.stringify(one.options)}`, one] as const))('%s', (_title, one) => {
    const schedule = configs.scheduleFrom({ className: one.name, config: one.options });
    for (const [step, rate] of one.rates)
      expect(Math.abs(schedule.at(step) - rate), `step ${step}`).toBeLessThanOrEqual(2e-12 * Math.abs(rate) + 1e-15);
  });

  test('a cycle ends at its last rate and stays there', () => {
    const schedule = schedules.oneCycle({ maxLearningRate: 1, totalSteps: 50 });
    for (const step of [49, 50, 1000]) expect(schedule.at(step)).toBeCloseTo(1 / 25 / 1e4, 15);
  });
});

const rate = fc.double({ min: 1e-6, max: 1, noNaN: true });
const steps = fc.integer({ min: 1, max: 5000 });
const step = fc.integer({ min: 0, max: 100_000 });
const flag = fc.boolean();

/** Fails unless the two agree for any settings and step. */
function agree<T extends object>(
  settings: fc.Arbitrary<T>,
  make: (options: T) => Schedule,
  want: (options: T, step: number) => number,
): void {
  fc.assert(
    fc.property(settings, step, (options, at) => {
      const [got, expected] = [make(options).at(at), want(options, at)];
      expect(Math.abs(got - expected), `${got} is not ${expected}`).toBeLessThanOrEqual(
        1e-12 * Math.abs(expected) + 1e-15,
      );
    }),
  );
}

describe('a plain float64 reference agrees for any settings and step', () => {
  const common = { initialLearningRate: rate, decaySteps: steps };
  test('exponentialDecay', () =>
    agree(
      fc.record({ ...common, decayRate: rate, staircase: flag }),
      schedules.exponentialDecay,
      reference.exponential,
    ));
  test('inverseTimeDecay', () =>
    agree(
      fc.record({ ...common, decayRate: rate, staircase: flag }),
      schedules.inverseTimeDecay,
      reference.inverseTime,
    ));
  test('polynomialDecay', () =>
    agree(
      fc.record({ ...common, endLearningRate: rate, power: fc.constantFrom(0.5, 1, 2, 3.5), cycle: flag }),
      schedules.polynomialDecay,
      reference.polynomial,
    ));
  test('cosineDecay', () =>
    agree(
      fc.record(
        { ...common, alpha: rate, warmupTarget: rate, warmupSteps: steps },
        { requiredKeys: ['initialLearningRate', 'decaySteps'] },
      ),
      schedules.cosineDecay,
      reference.cosine,
    ));
  test('cosineDecayRestarts', () => {
    const settings = fc.record({
      ...common,
      alpha: rate,
      tMul: fc.constantFrom(1, 1.5, 2),
      mMul: fc.constantFrom(1, 0.75),
    });
    const make = ({ decaySteps, ...options }: reference.Settings) =>
      schedules.cosineDecayRestarts({ ...options, firstDecaySteps: decaySteps });
    agree(settings, make, reference.cosineRestarts);
  });
  test('piecewiseConstantDecay', () => {
    const boundaries = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 6 });
    fc.assert(
      fc.property(boundaries, fc.integer({ min: 0, max: 1100 }), (unsorted, at) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const values = Array.from({ length: sorted.length + 1 }, (_, i) => i);
        const passed = sorted.filter((boundary) => at > boundary).length;
        expect(schedules.piecewiseConstantDecay({ boundaries: sorted, values }).at(at)).toBe(passed);
      }),
    );
  });
});

describe.each(builds)('the %s build', (build) => {
  test("gives Keras' values, also below zero", () => {
    const core = loadCore(build, 2);
    for (const one of cases.filter((one) => one.class === 'PiecewiseConstantDecay')) {
      const { boundaries, values } = one.constructor as { boundaries: number[]; values: number[] };
      const block = core.f64([0, ...boundaries, ...values]);
      new Int32Array(core.memory.buffer, block.ptr, 2).set([1, boundaries.length]);
      for (const [step, want] of one.step_to_lr) expect(core.x.scheduledRate(block.ptr, step)).toBe(want);
    }
    core.reset();
  });
});

describe('schedules of schedules', () => {
  const fall = schedules.exponentialDecay({ initialLearningRate: 0.5, decaySteps: 10, decayRate: 0.5 });

  test('each counts from its own first step, however deep', () => {
    const warm = schedules.warmup({ schedule: fall, warmupSteps: 4, initialLearningRate: 0.1 });
    const joined = schedules.joinSchedules({ schedules: [0.25, warm, fall, warm], boundaries: [3, 17, 20] });
    const nested = schedules.joinSchedules({ schedules: [joined, joined], boundaries: [30] });
    expect([0, 2].map((step) => nested.at(step))).toEqual([0.25, 0.25]);
    expect(nested.at(3)).toBe(0.1);
    expect(nested.at(5)).toBeCloseTo(0.3, 14);
    expect([7, 16, 17, 19, 25, 29].map((step) => nested.at(step))).toEqual(
      [0, 9, 0, 2, 1, 5].map((step) => fall.at(step)),
    );
    for (let step = 0; step < 60; step++) expect(nested.at(30 + step)).toBe(joined.at(step));
  });

  test('describe themselves, and are made again from JSON', () => {
    const warm = schedules.warmup({ schedule: fall, warmupSteps: 4 });
    const joined = schedules.joinSchedules({ schedules: [warm, 0.1, fall], boundaries: [20, 30] });
    const json = JSON.stringify(optimizers.lion({ learningRate: joined }).toConfig());
    const again = configs.optimizerFrom(JSON.parse(json));
    expect(JSON.stringify(again.toConfig())).toBe(json);
    const rates = (schedule: Schedule | undefined) => Array.from({ length: 50 }, (_, step) => schedule?.at(step));
    expect(rates(again.schedule)).toEqual(rates(joined));
    expect(String(joined)).toContain('exponentialDecay');
  });

  test('a model that is saved on the way ends with the same bits as one that is not', async () => {
    const learningRate = () =>
      schedules.warmup({
        schedule: schedules.cyclical({ baseLearningRate: 0.01, maxLearningRate: 0.1, stepSizeUp: 3 }),
        warmupSteps: 7,
      });
    const compiled = () => {
      const model = classifier();
      model.compile({
        optimizer: optimizers.adam({ learningRate: learningRate() }),
        loss: 'sparseCategoricalCrossentropy',
      });
      return model;
    };
    using whole = compiled();
    await whole.fit(x, y, { batchSize: 4, epochs: 3 });
    using begun = compiled();
    await begun.fit(x, y, { batchSize: 4, epochs: 1 });
    using resumed = await loadModel(await begun.save());
    await resumed.fit(x, y, { batchSize: 4, epochs: 3, initialEpoch: 1 });
    expect(await resumed.digest()).toBe(await whole.digest());
    expect(resumed.optimizer?.learningRate).toBe(learningRate().at(15));
  });

  test('can be 16 deep', async () => {
    let schedule: Schedule = fall;
    for (let depth = 2; depth <= 16; depth++) schedule = schedules.warmup({ schedule, warmupSteps: 1 });
    expect(schedule.at(15)).toBe(0.5);
    const error = await errorOf(() => schedules.joinSchedules({ schedules: [schedule], boundaries: [] }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain('at most 16');
  });
});

const x = floats([20, 4], 1);
const y = labels(20, 3, 2);
const learningRate = () =>
  schedules.cosineDecay({ initialLearningRate: 0.001, warmupTarget: 0.05, warmupSteps: 4, decaySteps: 9 });

describe('an optimizer with a schedule', () => {
  test.each(optimizerNames)('%s takes each step as if the rate had been set by hand before it', async (name) => {
    const fit = async (scheduled: boolean) => {
      using model = classifier();
      const rest = name === 'lbfgs' ? {} : { weightDecay: 0.01 };
      const optimizer = optimizers[name]({ learningRate: scheduled ? learningRate() : 1, ...rest });
      model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
      const onTrainBatchBegin = () => {
        optimizer.learningRate = learningRate().at(optimizer.iterations);
      };
      await model.fit(x, y, { batchSize: 4, epochs: 3, callbacks: scheduled ? [] : [{ onTrainBatchBegin }] });
      expect(optimizer.iterations).toBe(15);
      return model.digest();
    };
    expect(await fit(true)).toBe(await fit(false));
  });

  test('applied to tensors it follows the schedule as well', () => {
    const optimizer = optimizers.sgd({
      learningRate: schedules.piecewiseConstantDecay({ boundaries: [0], values: [1, 0.5] }),
    });
    using w = tensor([1], [0]);
    using g = tensor([1], [-1]);
    const seen = [0, 1, 2].map(() => {
      optimizer.apply([[w, g]]);
      return w.data[0];
    });
    expect(seen).toEqual([1, 1.5, 2]);
    optimizer.dispose();
  });

  test('shows the rate of the coming step, in use or not, and does not let it be set', async () => {
    const optimizer = optimizers.adam({
      learningRate: schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 5, decayRate: 0.5 }),
    });
    expect(optimizer.learningRate).toBe(1);
    using model = classifier();
    model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y, { batchSize: 4 });
    expect(optimizer.learningRate).toBe(0.5);
    const error = await errorOf(() => {
      optimizer.learningRate = 0.1;
    });
    expect(error.message).toBe('the learning rate of this adam optimizer follows exponentialDecay and cannot be set');
  });

  test('one schedule serves several optimizers and runtimes', () => {
    const schedule = learningRate();
    const used = [optimizers.sgd({ learningRate: schedule }), optimizers.adam({ learningRate: schedule })];
    expect(used.map((optimizer) => optimizer.learningRate)).toEqual([0.001, 0.001]);
  });
});

describe('wrong settings are refused', () => {
  const ok = { initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.9 };
  test.each<[string, () => unknown, string]>([
    ['a misspelt option', () => schedules.exponentialDecay({ ...ok, ...{ decayrate: 1 } }), "did you mean 'decayRate'"],
    [
      'a missing rate',
      () => schedules.exponentialDecay({ ...ok, decayRate: undefined as never }),
      'decayRate must be a finite number',
    ],
    [
      'a negative rate',
      () => schedules.inverseTimeDecay({ ...ok, decayRate: -1 }),
      'decayRate must be a finite number at least 0',
    ],
    [
      'no steps',
      () => schedules.polynomialDecay({ initialLearningRate: 1, decaySteps: 0 }),
      'decaySteps must be a finite number at least 1',
    ],
    [
      'shrinking periods',
      () => schedules.cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5, tMul: 0.5 }),
      'tMul must be a finite number at least 1',
    ],
    [
      'periods that hardly grow',
      () => schedules.cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5, tMul: 1 + 2 ** -40 }),
      'tMul must be 1 or at least 1.001',
    ],
    [
      'boundaries that do not ascend',
      () => schedules.piecewiseConstantDecay({ boundaries: [2, 2], values: [1, 2, 3] }),
      'boundaries must ascend, got 2 after 2',
    ],
    [
      'too few values',
      () => schedules.piecewiseConstantDecay({ boundaries: [2], values: [1] }),
      '2 values for 1 boundaries, got 1',
    ],
    ['a name', () => optimizers.sgd({ learningRate: 'cosine' as never }), 'learningRate must be a finite number'],
    [
      'a part that is no schedule',
      () => schedules.warmup({ schedule: 'cosine' as never, warmupSteps: 5 }),
      "schedule must come from schedules or be a number, got 'cosine'",
    ],
    [
      'no warm-up',
      () => schedules.warmup({ schedule: 0.1, warmupSteps: 0 }),
      'warmupSteps must be a finite number at least 1',
    ],
    [
      'parts that are no list',
      () => schedules.joinSchedules({ schedules: 0.1 as never, boundaries: [] }),
      'schedules must be an array, got 0.1',
    ],
    [
      'a boundary too many',
      () => schedules.joinSchedules({ schedules: [0.1, 0.2], boundaries: [5, 6] }),
      'expected 3 schedules for 2 boundaries, got 2',
    ],
    [
      'boundaries of parts that do not ascend',
      () => schedules.joinSchedules({ schedules: [0.1, 0.2, 0.3], boundaries: [5, 5] }),
      'boundaries must ascend, got 5 after 5',
    ],
    [
      'a negative part',
      () => schedules.joinSchedules({ schedules: [0.1, -0.2], boundaries: [5] }),
      'schedules[1] must be a finite number at least 0',
    ],
    [
      'another mode',
      () => schedules.cyclical({ baseLearningRate: 0, maxLearningRate: 1, mode: 'triangular3' as never }),
      "did you mean 'triangular",
    ],
    [
      'a share above 1',
      () => schedules.oneCycle({ maxLearningRate: 1, totalSteps: 9, pctStart: 1.1 }),
      'pctStart must be from 0 to 1',
    ],
    [
      'a rate divided by 0',
      () => schedules.oneCycle({ maxLearningRate: 1, totalSteps: 9, divFactor: 0 }),
      'divFactor must be above 0',
    ],
    ['no width', () => schedules.noam({ modelSize: 0 }), 'modelSize must be a finite number at least 1'],
    [
      'no transition',
      () => schedules.linear({ initialLearningRate: 1, endLearningRate: 0, transitionSteps: 0 }),
      'transitionSteps must be',
    ],
    ['a negative gamma', () => schedules.step({ initialLearningRate: 1, stepSize: 5, gamma: -1 }), 'gamma must be'],
    ['a step below zero', () => schedules.exponentialDecay(ok).at(-1), 'step must be an integer'],
  ])('%s', async (_title, run, message) => {
    expect((await errorOf(run)).message).toContain(message);
  });
});
