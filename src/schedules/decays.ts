/** Keras' schedules. */
import * as codes from '../../assembly/codes.ts';
import { checkBoolean, checkNumber, checkOptions } from '../validate.ts';
import { numbersOf } from '../values.ts';
import { ascending, Schedule, type ScheduleName } from './schedule.ts';

/** Options of {@link exponentialDecay} and {@link inverseTimeDecay}. */
export interface DecayOptions {
  /** Learning rate of the first step. */
  readonly initialLearningRate: number;
  /** Steps in which the decay rate applies once; at least 1. */
  readonly decaySteps: number;
  /** Multiplies the rate every `decaySteps` steps; in {@link inverseTimeDecay}, is added to its divisor. */
  readonly decayRate: number;
  /** Decay in jumps, after every `decaySteps` steps. Default false. */
  readonly staircase?: boolean;
}

/** Options of {@link piecewiseConstantDecay}. */
export interface PiecewiseConstantDecayOptions {
  /** Ascending numbers of steps. */
  readonly boundaries: readonly number[];
  /** Learning rates before, between and after the boundaries: one more than boundaries. */
  readonly values: readonly number[];
}

/** Options of {@link polynomialDecay}. */
export interface PolynomialDecayOptions {
  /** Learning rate of the first step. */
  readonly initialLearningRate: number;
  /** Steps until `endLearningRate`; at least 1. */
  readonly decaySteps: number;
  /** Default 1e-4. */
  readonly endLearningRate?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
  /** Rise again, to decay over twice, three times, ... the steps. Default false. */
  readonly cycle?: boolean;
}

/** Options of {@link cosineDecay}. */
export interface CosineDecayOptions {
  /** Learning rate of the first step. */
  readonly initialLearningRate: number;
  /** Steps of the decay, after those of the warm-up; at least 1. */
  readonly decaySteps: number;
  /** Share of the learning rate that remains at the end. Default 0. */
  readonly alpha?: number;
  /** Learning rate at the end of a warm-up, from which the decay starts. Default none: no warm-up. */
  readonly warmupTarget?: number;
  /** Steps of the warm-up. Default 0. */
  readonly warmupSteps?: number;
}

/** Options of {@link cosineDecayRestarts}. */
export interface CosineDecayRestartsOptions {
  /** Learning rate of the first step. */
  readonly initialLearningRate: number;
  /** Steps of the first period; at least 1. */
  readonly firstDecaySteps: number;
  /** How many times longer each period is than the one before: 1, or at least 1.001. Default 2. */
  readonly tMul?: number;
  /** How many times higher each period starts than the one before. Default 1. */
  readonly mMul?: number;
  /** Share of the learning rate that remains at the end of a period. Default 0. */
  readonly alpha?: number;
}

/** Checks required and optional options: numbers from 0. */
function check(name: ScheduleName, options: object, required: readonly string[], optional: readonly string[]): void {
  const given = options as Readonly<Record<string, unknown>>;
  checkOptions(`schedules.${name}`, options, [...required, ...optional]);
  for (const key of required) checkNumber(key, given[key], key === 'decaySteps' || key === 'firstDecaySteps' ? 1 : 0);
  for (const key of optional) {
    if (key === 'staircase' || key === 'cycle') checkBoolean(key, given[key] ?? false);
    else if (given[key] !== undefined) checkNumber(key, given[key], key === 'tMul' ? 1 : 0);
  }
}

function decay(name: 'exponentialDecay' | 'inverseTimeDecay', kind: number, options: DecayOptions): Schedule {
  check(name, options, ['initialLearningRate', 'decaySteps', 'decayRate'], ['staircase']);
  const { initialLearningRate, decaySteps, decayRate, staircase = false } = options;
  return new Schedule(name, options, {
    kind,
    option: staircase ? 1 : 0,
    values: [initialLearningRate, decaySteps, decayRate],
  });
}

/**
 * `initialLearningRate * decayRate ^ (step / decaySteps)`. Keras' `ExponentialDecay`.
 *
 * @throws RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 1875, decayRate: 0.96 });
 * const optimizer = optimizers.sgd({ learningRate });
 * ```
 */
export const exponentialDecay = (options: DecayOptions): Schedule =>
  decay('exponentialDecay', codes.EXPONENTIAL_DECAY, options);

/**
 * `initialLearningRate / (1 + decayRate * step / decaySteps)`. Keras' `InverseTimeDecay`.
 *
 * @throws RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 1875, decayRate: 0.5 });
 * const optimizer = optimizers.sgd({ learningRate });
 * ```
 */
export const inverseTimeDecay = (options: DecayOptions): Schedule =>
  decay('inverseTimeDecay', codes.INVERSE_TIME_DECAY, options);

/**
 * `values[i]` up to and including step `boundaries[i]`, the last value after them all. Keras' `PiecewiseConstantDecay`.
 *
 * @throws RangeError if boundaries do not ascend or there is not one value more than boundaries.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.piecewiseConstantDecay({ boundaries: [10000, 20000], values: [0.1, 0.01, 0.001] });
 * const optimizer = optimizers.sgd({ learningRate });
 * ```
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  checkOptions('schedules.piecewiseConstantDecay', options, ['boundaries', 'values']);
  const boundaries = ascending(numbersOf('boundaries', options.boundaries), Number.MIN_SAFE_INTEGER);
  const values = numbersOf('values', options.values);
  for (const [i, value] of values.entries()) checkNumber(`values[${i}]`, value, 0);
  if (values.length !== boundaries.length + 1)
    throw new RangeError(
      `expected ${boundaries.length + 1} values for ${boundaries.length} boundaries, got ${values.length}`,
    );
  return new Schedule(
    'piecewiseConstantDecay',
    { boundaries, values },
    { kind: codes.PIECEWISE_CONSTANT_DECAY, option: boundaries.length, values: [...boundaries, ...values] },
  );
}

/**
 * From `initialLearningRate` to `endLearningRate` as `(1 - step / decaySteps) ^ power` goes from 1 to 0. Keras' `PolynomialDecay`.
 *
 * @throws RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.polynomialDecay({ initialLearningRate: 0.01, decaySteps: 9375, power: 0.5 });
 * const optimizer = optimizers.adam({ learningRate });
 * ```
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  check('polynomialDecay', options, ['initialLearningRate', 'decaySteps'], ['endLearningRate', 'power', 'cycle']);
  const { initialLearningRate, decaySteps, endLearningRate = 1e-4, power = 1, cycle = false } = options;
  return new Schedule('polynomialDecay', options, {
    kind: codes.POLYNOMIAL_DECAY,
    option: cycle ? 1 : 0,
    values: [initialLearningRate, decaySteps, endLearningRate, power],
  });
}

/**
 * Half a cosine from the learning rate down to `alpha` times it (Loshchilov & Hutter 2016), after a warm-up on a straight line if
 * `warmupTarget` is given. Keras' `CosineDecay`.
 *
 * @throws RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.cosineDecay({ initialLearningRate: 0, warmupTarget: 0.001, warmupSteps: 500, decaySteps: 9000 });
 * const optimizer = optimizers.nadam({ learningRate });
 * ```
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  check('cosineDecay', options, ['initialLearningRate', 'decaySteps'], ['alpha', 'warmupTarget', 'warmupSteps']);
  const { initialLearningRate, decaySteps, alpha = 0, warmupTarget, warmupSteps = 0 } = options;
  return new Schedule('cosineDecay', options, {
    kind: codes.COSINE_DECAY,
    option: warmupTarget === undefined ? 0 : 1,
    values: [initialLearningRate, decaySteps, alpha, warmupTarget ?? 0, warmupSteps],
  });
}

/**
 * {@link cosineDecay} with restarts: each period is `tMul` times as long as the one before and starts `mMul` times as high
 * (Loshchilov & Hutter 2016). Keras' `CosineDecayRestarts`, but exact at the restarts.
 *
 * @throws RangeError for a rate below 0, less than one step, or a `tMul` that is neither 1 nor at least 1.001.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.cosineDecayRestarts({ initialLearningRate: 0.05, firstDecaySteps: 1875, mMul: 0.8 });
 * const optimizer = optimizers.momentum({ learningRate });
 * ```
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  check('cosineDecayRestarts', options, ['initialLearningRate', 'firstDecaySteps'], ['tMul', 'mMul', 'alpha']);
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
  // the core counts growing periods one by one, which would take too long with a factor closer to 1
  if (tMul !== 1 && tMul < 1.001) throw new RangeError(`tMul must be 1 or at least 1.001, got ${tMul}`);
  return new Schedule('cosineDecayRestarts', options, {
    kind: codes.COSINE_DECAY_RESTARTS,
    option: 0,
    values: [initialLearningRate, firstDecaySteps, tMul, mMul, alpha],
  });
}
