/** Schedules made of others: a warm-up in front of any, one after another. And a straight line, to make them of. */
import { JOINED, TRANSITION, WARMUP } from '../../assembly/codes.ts';
import { checkNumber, checkOptions, show } from '../validate.ts';
import { numbersOf } from '../values.ts';
import { ascending, type Block, Schedule } from './schedule.ts';

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Learning rate of the first step. */
  readonly initialLearningRate: number;
  /** Learning rate after the transition. */
  readonly endLearningRate: number;
  /** Steps from one to the other; at least 1. */
  readonly transitionSteps: number;
}

/** Options of {@link warmup}. */
export interface WarmupOptions {
  /** What follows: a schedule, which begins at its first step after the warm-up, or a constant learning rate. */
  readonly schedule: Schedule | number;
  /** Steps of the warm-up; at least 1. */
  readonly warmupSteps: number;
  /** Learning rate of the first step. Default 0. */
  readonly initialLearningRate?: number;
}

/** Options of {@link joinSchedules}. */
export interface JoinSchedulesOptions {
  /** One after another; a number is a constant learning rate. */
  readonly schedules: readonly (Schedule | number)[];
  /** Ascending numbers of steps, at each of which the next schedule begins, at its own first step: one less than schedules. */
  readonly boundaries: readonly number[];
}

/** From one rate to another in so many steps, on a straight line or half a cosine. @internal */
export const transition = (from: number, to: number, steps: number, cosine = false): Block => ({
  kind: TRANSITION,
  option: cosine ? 1 : 0,
  values: [from, to, steps],
});

/** One after another, each from its own first step. @internal */
export const joined = (parts: readonly Block[], boundaries: readonly number[]): Block => ({
  kind: JOINED,
  option: boundaries.length,
  values: boundaries,
  parts,
});

function partOf(what: string, value: unknown): Block {
  if (value instanceof Schedule) return value.asPart();
  if (typeof value !== 'number')
    throw new TypeError(`${what} must come from schedules or be a number, got ${show(value)}`);
  checkNumber(what, value, 0);
  return transition(value, value, 0);
}

/**
 * From `initialLearningRate` to `endLearningRate` on a straight line, and constant from there. optax' `linear_schedule`.
 *
 * @throws RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.linear({ initialLearningRate: 0.1, endLearningRate: 0, transitionSteps: 9375 });
 * const optimizer = optimizers.sgd({ learningRate });
 * ```
 */
export function linear(options: LinearOptions): Schedule {
  checkOptions('schedules.linear', options, ['initialLearningRate', 'endLearningRate', 'transitionSteps']);
  const { initialLearningRate, endLearningRate, transitionSteps } = options;
  checkNumber('initialLearningRate', initialLearningRate, 0);
  checkNumber('endLearningRate', endLearningRate, 0);
  checkNumber('transitionSteps', transitionSteps, 1);
  return new Schedule('linear', options, transition(initialLearningRate, endLearningRate, transitionSteps));
}

/**
 * A straight line from `initialLearningRate` to the first rate of `schedule`, which follows: the rise that Keras' `CosineDecay` has
 * in front of it, for any schedule.
 *
 * @throws TypeError if `schedule` is neither a schedule nor a number; RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const schedule = schedules.exponentialDecay({ initialLearningRate: 0.01, decaySteps: 1875, decayRate: 0.9 });
 * const optimizer = optimizers.adam({ learningRate: schedules.warmup({ schedule, warmupSteps: 500 }) });
 * ```
 */
export function warmup(options: WarmupOptions): Schedule {
  checkOptions('schedules.warmup', options, ['schedule', 'warmupSteps', 'initialLearningRate']);
  const { schedule, warmupSteps, initialLearningRate = 0 } = options;
  const part = partOf('schedule', schedule);
  checkNumber('warmupSteps', warmupSteps, 1);
  checkNumber('initialLearningRate', initialLearningRate, 0);
  return new Schedule('warmup', options, {
    kind: WARMUP,
    option: 0,
    values: [initialLearningRate, warmupSteps],
    parts: [part],
  });
}

/**
 * One schedule after another. Each counts its steps from the boundary at which it begins. optax' `join_schedules`.
 *
 * @throws TypeError if a part is neither a schedule nor a number; RangeError if boundaries do not ascend or there is not one part
 * more than boundaries.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const rise = schedules.linear({ initialLearningRate: 0, endLearningRate: 0.1, transitionSteps: 100 });
 * const fall = schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 900 });
 * const learningRate = schedules.joinSchedules({ schedules: [rise, 0.1, fall], boundaries: [100, 500] });
 * const optimizer = optimizers.momentum({ learningRate });
 * ```
 */
export function joinSchedules(options: JoinSchedulesOptions): Schedule {
  checkOptions('schedules.joinSchedules', options, ['schedules', 'boundaries']);
  if (!Array.isArray(options.schedules))
    throw new TypeError(`schedules must be an array, got ${show(options.schedules)}`);
  const parts = options.schedules.map((part, i) => partOf(`schedules[${i}]`, part));
  const boundaries = ascending(numbersOf('boundaries', options.boundaries), 0);
  if (parts.length !== boundaries.length + 1)
    throw new RangeError(
      `expected ${boundaries.length + 1} schedules for ${boundaries.length} boundaries, got ${parts.length}`,
    );
  return new Schedule('joinSchedules', { schedules: options.schedules, boundaries }, joined(parts, boundaries));
}
