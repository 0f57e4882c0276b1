/** Hinge losses: nothing to gain beyond a margin of 1. */
import type { Loss, LossOptions } from '../loss.ts';
import { add, maximum, multiply, subtract } from '../ops/arithmetic.ts';
import { equal, where } from '../ops/comparisons.ts';
import { square } from '../ops/functions.ts';
import { max, mean, sum } from '../ops/reductions.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { made } from './made.ts';

const last = { axis: -1 } as const;

/** `max(1 - y p, 0)`; as in Keras, targets may be 0 and 1 instead of -1 and 1. */
const margin = (y: SymbolicValue, p: SymbolicValue) => maximum(subtract(1, multiply(where(equal(y, 0), -1, y), p)), 0);

/**
 * Mean over the last axis of `max(1 - y p, 0)`. Targets are -1 or 1; 0 means -1.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'tanh', inputShape: [4] })]);
 * model.compile({ loss: losses.hinge() });
 * ```
 */
export const hinge = (options: LossOptions = {}): Loss =>
  made('hinge', options, {}, (y, p) => mean(margin(y, p), last));

/**
 * Mean over the last axis of `max(1 - y p, 0)²`; see {@link hinge}.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'tanh', inputShape: [4] })]);
 * model.compile({ loss: losses.squaredHinge() });
 * ```
 */
export const squaredHinge = (options: LossOptions = {}): Loss =>
  made('squaredHinge', options, {}, (y, p) => mean(square(margin(y, p)), last));

/**
 * `max(wrong - right + 1, 0)`, with the prediction of the right class and the largest one of a wrong class. Targets are one-hot.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, inputShape: [4] })]);
 * model.compile({ loss: losses.categoricalHinge() });
 * ```
 */
export const categoricalHinge = (options: LossOptions = {}): Loss =>
  made('categoricalHinge', options, {}, (y, p) => {
    const right = sum(multiply(y, p), last);
    const wrong = max(multiply(subtract(1, y), p), last);
    return maximum(add(subtract(wrong, right), 1), 0);
  });
