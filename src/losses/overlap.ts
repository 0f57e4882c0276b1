/** Losses of segmentation: how little predictions and targets overlap. */
import type { Loss, LossOptions } from '../loss.ts';
import { add, divide, multiply, subtract } from '../ops/arithmetic.ts';
import { sum } from '../ops/reductions.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { checkKind, checkNumber } from '../validate.ts';
import { EPSILON, made } from './made.ts';

/** Options of {@link dice}. */
export interface DiceOptions extends LossOptions {
  /** The axes to count over, of which 0 is the batch: `[1, 2, 3]` for each image. Default all: one number for the batch. */
  readonly axis?: readonly number[];
}

/** Options of {@link tversky}. */
export interface TverskyOptions extends DiceOptions {
  /** Factor of what is missed. Default 0.5. */
  readonly alpha?: number;
  /** Factor of what is predicted wrongly. Default 0.5. */
  readonly beta?: number;
}

/** Sums along the chosen axes. */
function sumAlong(axis: readonly number[] | undefined): (x: SymbolicValue) => SymbolicValue {
  checkKind(axis === undefined || Array.isArray(axis), 'axis', 'an array of axes', axis);
  return (x) => sum(x, axis === undefined ? {} : { axis: [...axis] });
}

/**
 * `1 - 2 sum(y p) / (sum y + sum p)`: 0 if predictions are the targets, 1 if they have nothing in common.
 *
 * @throws RangeError, when the model is first trained, for axes that leave neither one number nor one for each sample.
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const conv = layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid', inputShape: [8, 8, 1] });
 * const model = sequential([conv]);
 * model.compile({ loss: losses.dice({ axis: [1, 2, 3] }) });
 * ```
 */
export function dice(options: DiceOptions = {}): Loss {
  const { axis } = options;
  const along = sumAlong(axis);
  return made('dice', options, { axis: axis === undefined ? null : [...axis] }, (y, p) => {
    const both = multiply(along(multiply(y, p)), 2);
    return subtract(1, divide(both, add(add(along(y), along(p)), EPSILON)));
  });
}

/**
 * `1 - tp / (tp + alpha fn + beta fp)` with soft counts: {@link dice} with factors for what is missed and what is predicted wrongly.
 *
 * @throws RangeError, when the model is first trained, for axes that leave neither one number nor one for each sample.
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: losses.tversky({ alpha: 0.7, beta: 0.3, axis: [1] }) });
 * ```
 */
export function tversky(options: TverskyOptions = {}): Loss {
  const { axis, alpha = 0.5, beta = 0.5 } = options;
  checkNumber('alpha', alpha, 0);
  checkNumber('beta', beta, 0);
  const along = sumAlong(axis);
  return made('tversky', options, { alpha, beta, axis: axis === undefined ? null : [...axis] }, (y, p) => {
    const both = along(multiply(y, p));
    const missed = multiply(along(multiply(subtract(1, p), y)), alpha);
    const wrong = multiply(along(multiply(p, subtract(1, y))), beta);
    return subtract(1, divide(both, add(add(add(both, missed), wrong), EPSILON)));
  });
}
