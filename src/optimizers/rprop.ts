import { full } from '../engine/full.ts';
import { rpropRule } from './facts/rprop.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link rprop}. Its `learningRate` is the first step size of every weight, default 0.01; later ones do not depend on it. */
export interface RpropOptions extends OptimizerOptions {
  /** Factor of a step size where the gradient has turned, from 0 to 1. Default 0.5. */
  readonly etaMinus?: number;
  /** Factor of a step size where the gradient has kept its sign, from 1 on. Default 1.2. */
  readonly etaPlus?: number;
  /** Smallest step size, from 1e-30 on. Default 1e-6. */
  readonly stepSizeMin?: number;
  /** Largest step size. Default 50. */
  readonly stepSizeMax?: number;
}

/**
 * Rprop (Riedmiller & Braun 1993): each weight moves by a step size of its own, which grows while the gradient keeps its sign and shrinks where it turns. Sizes of gradients do not
 * matter. PyTorch's `Rprop`; slots `previous` and `stepSize`, `p` and `d`, which starts at the learning rate:
 *
 *     d = min(d etaPlus, stepSizeMax)      where g p > 0
 *     d = max(d etaMinus, stepSizeMin)     where g p < 0; there g counts as 0
 *     p = sign(g);  w -= p d
 *
 * For gradients of the whole data set: set `batchSize` to the number of rows. In small batches signs turn by chance and step sizes collapse.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.rprop({ learningRate: 0.001 });
 * ```
 */
export const rprop = (options: RpropOptions = {}): Optimizer => optimizerBy(rpropRule, options, full);
