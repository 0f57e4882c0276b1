import { full } from '../engine/full.ts';
import { radamRule } from './facts/radam.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link radam}. */
export interface RadamOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * RAdam (Liu et al. 2020): Adam that starts as momentum and divides by the mean square only when that has seen enough gradients. optax' `radam`, at
 * step t; slots `momentum` and `velocity`, `m` and `v`:
 *
 *     m += (g - m)(1 - beta1);  v += (g² - v)(1 - beta2)
 *     k = 2 / (1 - beta2) - 1;  p = k - 2 t beta2ᵗ / (1 - beta2ᵗ);  r² = (p - 4)(p - 2) k / ((k - 4)(k - 2) p)
 *     w -= learningRate m̂ r / (sqrt(v̂) + epsilon) where p ≥ 5, else learningRate m̂
 *
 * For trainings that need a warm-up with Adam: its first steps are small without one.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.radam({ learningRate: 3e-4 });
 * ```
 */
export const radam = (options: RadamOptions = {}): Optimizer => optimizerBy(radamRule, options, full);
