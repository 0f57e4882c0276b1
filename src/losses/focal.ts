/** Focal cross-entropies (Lin et al., 2018), which look less at samples that are right already. */
import type { Loss } from '../loss.ts';
import type { CrossentropyOptions } from '../losses.ts';
import { sigmoid, softmax } from '../ops/activations.ts';
import { add, divide, multiply, power, subtract } from '../ops/arithmetic.ts';
import { clip, log, negate } from '../ops/functions.ts';
import { mean, sum } from '../ops/reductions.ts';
import { checkBoolean, checkFraction, checkNumber } from '../validate.ts';
import { EPSILON, made } from './made.ts';

/** Options of {@link categoricalFocalCrossentropy}. */
export interface FocalCrossentropyOptions extends CrossentropyOptions {
  /** Factor of the classes' losses. Default 0.25. */
  readonly alpha?: number;
  /** The exponent of `1 - p`: how much less a sample counts that is right already. Default 2. */
  readonly gamma?: number;
}

/** Options of {@link binaryFocalCrossentropy}. */
export interface BinaryFocalCrossentropyOptions extends FocalCrossentropyOptions {
  /** Multiplies losses of targets 1 by `alpha` and of targets 0 by `1 - alpha`. Default false: `alpha` means nothing. */
  readonly applyClassBalancing?: boolean;
}

function checked({ alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0 }: FocalCrossentropyOptions) {
  checkNumber('alpha', alpha, 0);
  checkNumber('gamma', gamma, 0);
  checkBoolean('fromLogits', fromLogits);
  checkFraction('labelSmoothing', labelSmoothing);
  return { alpha, gamma, fromLogits, labelSmoothing };
}

/**
 * Binary cross-entropy times `(1 - q)^gamma`, where `q` is the probability of the target; the mean over the last axis.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: losses.binaryFocalCrossentropy({ applyClassBalancing: true }) });
 * ```
 */
export function binaryFocalCrossentropy(options: BinaryFocalCrossentropyOptions = {}): Loss {
  const { applyClassBalancing = false } = options;
  checkBoolean('applyClassBalancing', applyClassBalancing);
  const own = { applyClassBalancing, ...checked(options) };
  const { alpha, gamma, fromLogits, labelSmoothing } = own;
  return made('binaryFocalCrossentropy', options, own, (yTrue, yPred) => {
    const y = labelSmoothing === 0 ? yTrue : add(multiply(yTrue, 1 - labelSmoothing), labelSmoothing / 2);
    const p = fromLogits ? sigmoid(yPred) : yPred;
    const no = subtract(1, y);
    const held = clip(p, EPSILON, 1 - EPSILON);
    const entropy = negate(add(multiply(y, log(held)), multiply(no, log(subtract(1, held)))));
    const q = add(multiply(y, p), multiply(no, subtract(1, p)));
    const focal = multiply(power(subtract(1, q), gamma), entropy);
    const balance = () => add(multiply(y, alpha), multiply(no, 1 - alpha));
    return mean(applyClassBalancing ? multiply(balance(), focal) : focal, { axis: -1 });
  });
}

/**
 * Cross-entropy of one-hot targets times `alpha (1 - p)^gamma`, with probabilities renormalised and clipped as in `categoricalCrossentropy`.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })]);
 * model.compile({ loss: losses.categoricalFocalCrossentropy({ gamma: 3 }) });
 * ```
 */
export function categoricalFocalCrossentropy(options: FocalCrossentropyOptions = {}): Loss {
  const own = checked(options);
  const { alpha, gamma, fromLogits, labelSmoothing } = own;
  return made('categoricalFocalCrossentropy', options, own, (yTrue, yPred) => {
    const classes = yPred.shape.at(-1) ?? 1;
    const y = labelSmoothing === 0 ? yTrue : add(multiply(yTrue, 1 - labelSmoothing), labelSmoothing / classes);
    const given = fromLogits ? softmax(yPred) : yPred;
    const p = clip(divide(given, sum(given, { axis: -1, keepdims: true })), EPSILON, 1 - EPSILON);
    const factor = multiply(power(subtract(1, p), gamma), alpha);
    return sum(multiply(factor, negate(multiply(y, log(p)))), { axis: -1 });
  });
}
