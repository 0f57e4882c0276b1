/** Losses of numbers: relative and logarithmic errors, log-cosh, Poisson, angles. */
import type { Loss, LossOptions } from '../loss.ts';
import { softplus } from '../ops/activations.ts';
import { add, divide, maximum, multiply, subtract } from '../ops/arithmetic.ts';
import { abs, clip, log, negate, rsqrt, square } from '../ops/functions.ts';
import { mean, sum } from '../ops/reductions.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { EPSILON, made } from './made.ts';

const last = { axis: -1 } as const;

/**
 * 100 times the mean over the last axis of `|y - p| / |y|`, with `|y|` at least 1e-7.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: losses.meanAbsolutePercentageError() });
 * ```
 */
export const meanAbsolutePercentageError = (options: LossOptions = {}): Loss =>
  made('meanAbsolutePercentageError', options, {}, (y, p) =>
    multiply(mean(abs(divide(subtract(y, p), maximum(abs(y), EPSILON))), last), 100),
  );

/**
 * Mean over the last axis of `(log(1 + y) - log(1 + p))²`, with both at least 1e-7.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'relu', inputShape: [4] })]);
 * model.compile({ loss: losses.meanSquaredLogarithmicError() });
 * ```
 */
export const meanSquaredLogarithmicError = (options: LossOptions = {}): Loss =>
  made('meanSquaredLogarithmicError', options, {}, (y, p) => {
    const logOf = (x: SymbolicValue) => log(add(maximum(x, EPSILON), 1));
    return mean(square(subtract(logOf(p), logOf(y))), last);
  });

/**
 * Mean over the last axis of `log(cosh(p - y))`: a square near 0, a line beyond.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: losses.logCosh() });
 * ```
 */
export const logCosh = (options: LossOptions = {}): Loss =>
  made('logCosh', options, {}, (y, p) => {
    // of |e|, which does not cancel where e is below 0
    const error = abs(subtract(p, y));
    return mean(subtract(add(error, softplus(multiply(error, -2))), Math.LN2), last);
  });

/**
 * Mean over the last axis of `p - y log(p + 1e-7)`, for predictions of counts, which must be positive.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'softplus', inputShape: [4] })]);
 * model.compile({ loss: losses.poisson() });
 * ```
 */
export const poisson = (options: LossOptions = {}): Loss =>
  made('poisson', options, {}, (y, p) => mean(subtract(p, multiply(y, log(add(p, EPSILON)))), last));

/**
 * `sum y log(y / p)` over the last axis, with targets and predictions clipped to [1e-7, 1]: how far one distribution is from another.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })]);
 * model.compile({ loss: losses.klDivergence() });
 * ```
 */
export const klDivergence = (options: LossOptions = {}): Loss =>
  made('klDivergence', options, {}, (y, p) => {
    const [target, prediction] = [clip(y, EPSILON, 1), clip(p, EPSILON, 1)];
    return sum(multiply(target, log(divide(target, prediction))), last);
  });

const unit = (x: SymbolicValue) =>
  multiply(x, rsqrt(maximum(sum(square(x), { axis: -1, keepdims: true }), EPSILON ** 2)));

/**
 * The negative cosine of the angle between targets and predictions along the last axis: -1 is the same direction, 0 a right angle, 1 opposite.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, inputShape: [4] })]);
 * model.compile({ loss: losses.cosineSimilarity() });
 * ```
 */
export const cosineSimilarity = (options: LossOptions = {}): Loss =>
  made('cosineSimilarity', options, {}, (y, p) => negate(sum(multiply(unit(y), unit(p)), last)));
