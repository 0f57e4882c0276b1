/** Schedules of PyTorch, and that of the Transformer. */
import { CYCLICAL, EXP_RANGE, EXPONENTIAL_DECAY, NOAM, TRIANGULAR, TRIANGULAR2 } from '../../assembly/codes.ts';
import { checkBoolean, checkName, checkNumber, checkOptions } from '../validate.ts';
import { joined, transition } from './composed.ts';
import { Schedule } from './schedule.ts';

/** Options of {@link step}. */
export interface StepOptions {
  /** Learning rate of the first step. */
  readonly initialLearningRate: number;
  /** Steps after which the rate changes; at least 1. PyTorch counts epochs: multiply by the steps of an epoch. */
  readonly stepSize: number;
  /** Multiplies the rate every `stepSize` steps. Default 0.1. */
  readonly gamma?: number;
}

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** The largest learning rate. */
  readonly maxLearningRate: number;
  /** Steps of the training, over which the cycle goes; at least 2. */
  readonly totalSteps: number;
  /** Share of the steps in which the rate rises, from 0 to 1. Default 0.3. */
  readonly pctStart?: number;
  /** `'cos'`: along half a cosine; `'linear'`: on a straight line. Default `'cos'`. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** The cycle begins at the largest rate divided by this; above 0. Default 25. */
  readonly divFactor?: number;
  /** The cycle ends at its first rate divided by this; above 0. Default 10000. */
  readonly finalDivFactor?: number;
  /** Fall to the first rate, as fast as it rose, before the fall to the last one. Default false. */
  readonly threePhase?: boolean;
}

/** Options of {@link cyclical}. */
export interface CyclicalOptions {
  /** The smallest learning rate, with which each cycle begins and ends. */
  readonly baseLearningRate: number;
  /** The largest learning rate, in the middle of the first cycle. */
  readonly maxLearningRate: number;
  /** Steps in which the rate rises; at least 1. Default 2000. */
  readonly stepSizeUp?: number;
  /** Steps in which it falls; at least 1. Default `stepSizeUp`. */
  readonly stepSizeDown?: number;
  /**
   * `'triangular'`: all cycles are equally high; `'triangular2'`: each is half as high as the one before; `'expRange'`: the height is
   * multiplied by `gamma` in every step. Default `'triangular'`.
   */
  readonly mode?: 'triangular' | 'triangular2' | 'expRange';
  /** For `'expRange'`. Default 1. */
  readonly gamma?: number;
}

/** Options of {@link noam}. */
export interface NoamOptions {
  /** Width of the model: units of its layers. */
  readonly modelSize: number;
  /** Steps in which the rate rises; at least 1. Default 4000. */
  readonly warmupSteps?: number;
  /** Multiplies all rates. Default 1. */
  readonly factor?: number;
}

/**
 * `initialLearningRate * gamma ^ floor(step / stepSize)`. PyTorch's `StepLR`; Keras' `ExponentialDecay` on a staircase gives the same.
 *
 * @throws RangeError for a rate below 0 or less than one step.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.step({ initialLearningRate: 0.1, stepSize: 5 * 1875, gamma: 0.5 });
 * const optimizer = optimizers.momentum({ learningRate });
 * ```
 */
export function step(options: StepOptions): Schedule {
  checkOptions('schedules.step', options, ['initialLearningRate', 'stepSize', 'gamma']);
  const { initialLearningRate, stepSize, gamma = 0.1 } = options;
  checkNumber('initialLearningRate', initialLearningRate, 0);
  checkNumber('stepSize', stepSize, 1);
  checkNumber('gamma', gamma, 0);
  return new Schedule('step', options, {
    kind: EXPONENTIAL_DECAY,
    option: 1,
    values: [initialLearningRate, stepSize, gamma],
  });
}

/**
 * One rise to `maxLearningRate` and a fall far below the first rate (Smith & Topin 2018). PyTorch's `OneCycleLR`; after the last step
 * the rate stays, where PyTorch throws.
 *
 * @throws RangeError for a rate below 0, less than two steps, or a divisor that is not above 0.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.oneCycle({ maxLearningRate: 0.01, totalSteps: 5 * 1875 });
 * const optimizer = optimizers.adam({ learningRate });
 * ```
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  checkOptions('schedules.oneCycle', options, [
    'maxLearningRate',
    'totalSteps',
    'pctStart',
    'annealStrategy',
    'divFactor',
    'finalDivFactor',
    'threePhase',
  ]);
  const { maxLearningRate, totalSteps, pctStart = 0.3, annealStrategy = 'cos' } = options;
  const { divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
  checkNumber('maxLearningRate', maxLearningRate, 0);
  checkNumber('totalSteps', totalSteps, 2);
  checkNumber('pctStart', pctStart, 0);
  const most = threePhase ? 0.5 : 1;
  if (pctStart > most) throw new RangeError(`pctStart must be from 0 to ${most}, got ${pctStart}`);
  checkName('annealStrategy', annealStrategy, ['cos', 'linear']);
  for (const [name, divisor] of Object.entries({ divFactor, finalDivFactor })) {
    checkNumber(name, divisor, 0);
    if (divisor === 0) throw new RangeError(`${name} must be above 0, got 0`);
  }
  checkBoolean('threePhase', threePhase);
  const first = maxLearningRate / divFactor;
  const last = first / finalDivFactor;
  // the last step has the last rate; the first of the ends may be below 0, then the first phase has no step
  const peak = pctStart * totalSteps - 1;
  const ends = threePhase ? [peak, 2 * pctStart * totalSteps - 2, totalSteps - 1] : [peak, totalSteps - 1];
  const rates = threePhase ? [first, maxLearningRate, first, last] : [first, maxLearningRate, last];
  const phases = ends.map((end, i) =>
    transition(rates[i] ?? 0, rates[i + 1] ?? 0, end - (ends[i - 1] ?? 0), annealStrategy === 'cos'),
  );
  return new Schedule('oneCycle', options, joined(phases, ends.slice(0, -1)));
}

const MODES = { triangular: TRIANGULAR, triangular2: TRIANGULAR2, expRange: EXP_RANGE } as const;

/**
 * Up and down between two rates (Smith 2015). PyTorch's `CyclicLR`.
 *
 * @throws RangeError for a rate below 0, less than one step, or another mode.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.cyclical({ baseLearningRate: 0.001, maxLearningRate: 0.01, mode: 'triangular2' });
 * const optimizer = optimizers.momentum({ learningRate });
 * ```
 */
export function cyclical(options: CyclicalOptions): Schedule {
  checkOptions('schedules.cyclical', options, [
    'baseLearningRate',
    'maxLearningRate',
    'stepSizeUp',
    'stepSizeDown',
    'mode',
    'gamma',
  ]);
  const { baseLearningRate, maxLearningRate, stepSizeUp = 2000, stepSizeDown = stepSizeUp } = options;
  const { mode = 'triangular', gamma = 1 } = options;
  checkNumber('baseLearningRate', baseLearningRate, 0);
  checkNumber('maxLearningRate', maxLearningRate, 0);
  checkNumber('stepSizeUp', stepSizeUp, 1);
  checkNumber('stepSizeDown', stepSizeDown, 1);
  const kind = checkName('mode', mode, Object.keys(MODES) as (keyof typeof MODES)[]);
  checkNumber('gamma', gamma, 0);
  return new Schedule('cyclical', options, {
    kind: CYCLICAL,
    option: MODES[kind],
    values: [baseLearningRate, maxLearningRate, stepSizeUp, stepSizeDown, gamma],
  });
}

/**
 * `factor / sqrt(modelSize) * min(1 / sqrt(n), n / warmupSteps ^ 1.5)` in the nth step, counted from 1: up on a straight line, then
 * down with the root of the steps. Vaswani et al. 2017, "Attention is all you need", section 5.3.
 *
 * @throws RangeError for a size, steps or a factor that are not positive numbers.
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.noam({ modelSize: 512 });
 * const optimizer = optimizers.adam({ learningRate, beta2: 0.98, epsilon: 1e-9 });
 * ```
 */
export function noam(options: NoamOptions): Schedule {
  checkOptions('schedules.noam', options, ['modelSize', 'warmupSteps', 'factor']);
  const { modelSize, warmupSteps = 4000, factor = 1 } = options;
  checkNumber('modelSize', modelSize, 1);
  checkNumber('warmupSteps', warmupSteps, 1);
  checkNumber('factor', factor, 0);
  return new Schedule('noam', options, { kind: NOAM, option: 0, values: [factor, modelSize, warmupSteps] });
}
