import { full } from '../engine/full.ts';
import { adabeliefRule } from './facts/adabelief.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link adabelief}. */
export interface AdabeliefOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of the squared deviations. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-16. */
  readonly epsilon?: number;
  /** Added to the mean square in each step. Default 1e-16. */
  readonly epsilonRoot?: number;
}

/**
 * AdaBelief (Zhuang et al. 2020): Adam that divides by how far gradients are from their mean. optax' `adabelief`, at step t; slots `momentum` and
 * `variance`, `m` and `s`:
 *
 *     m += (g - m)(1 - beta1);  s += ((g - m)² - s)(1 - beta2) + epsilonRoot
 *     w -= learningRate m̂ / (sqrt(ŝ) + epsilon)
 *
 * Takes long steps where gradients agree and short ones where they scatter. Its tiny epsilons matter: with noise-free gradients steps get long.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adabelief({ learningRate: 1e-3, weightDecay: 1e-2 });
 * ```
 */
export const adabelief = (options: AdabeliefOptions = {}): Optimizer => optimizerBy(adabeliefRule, options, full);
