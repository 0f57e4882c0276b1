import { full } from '../engine/full.ts';
import { adaboundRule } from './facts/adabound.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link adabound}. */
export interface AdaboundOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
  /** Rate of the SGD that it ends as, as a multiple of the learning rate. Default 100: 0.1 at the default learning rate, the paper's `final_lr`. */
  readonly finalLearningRateRatio?: number;
  /** How fast the bounds close: after 1 / gamma steps the step size is between half and twice the final one. From 1e-12 on, default 1e-3. */
  readonly gamma?: number;
  /** Divide by the largest mean square so far: AMSBound. Default false. */
  readonly amsgrad?: boolean;
}

/**
 * AdaBound (Luo, Xiong, Liu & Sun 2019): Adam whose step sizes are clipped to bounds that close in on one rate, so that it starts as Adam and ends as SGD with momentum.
 * As the authors' `adabound.py`, at step t; slots `momentum` and `velocity`, `m` and `v`, with `amsgrad` also `velocityHat`:
 *
 *     m += (g - m)(1 - beta1);  v += (g² - v)(1 - beta2);  last = learningRate finalLearningRateRatio
 *     size = learningRate √(1 - beta2ᵗ) / (1 - beta1ᵗ) / (√v + epsilon)
 *     w -= m clip(size, last (1 - 1 / (gamma t + 1)), last (1 + 1 / (gamma t)))
 *
 * Where Adam learns fast but SGD generalizes better. The final rate follows a schedule, as in the authors' code; with clipped sizes it is worth tuning like that of SGD.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adabound({ learningRate: 1e-3, finalLearningRateRatio: 50 });
 * ```
 */
export const adabound = (options: AdaboundOptions = {}): Optimizer => optimizerBy(adaboundRule, options, full);
