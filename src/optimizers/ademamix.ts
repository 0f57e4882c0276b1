import { full } from '../engine/full.ts';
import { ademamixRule } from './facts/ademamix.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link ademamix}. */
export interface AdemamixOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Decay of the slow mean. Default 0.9999. */
  readonly beta3?: number;
  /** Weight of the slow mean. Default 6. */
  readonly alpha?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * AdEMAMix (Pagliardini, Ablin & Grangier 2024): Adam with a second, slow mean of the gradients. optax' `contrib.ademamix`, at step t; slots
 * `momentum`, `velocity` and `slowMomentum`, `m`, `v` and `l`:
 *
 *     m += (g - m)(1 - beta1);  l += (g - l)(1 - beta3);  v += (g² - v)(1 - beta2)
 *     w -= learningRate (m̂ + alpha l) / (sqrt(v̂) + epsilon)
 *
 * For trainings of many thousand steps. The paper lets alpha and beta3 rise over the training; here they are constant, as in optax by default.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.ademamix({ learningRate: 1e-3, alpha: 5 });
 * ```
 */
export const ademamix = (options: AdemamixOptions = {}): Optimizer => optimizerBy(ademamixRule, options, full);
