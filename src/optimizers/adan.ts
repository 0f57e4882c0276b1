import { full } from '../engine/full.ts';
import { adanRule } from './facts/adan.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link adan}. */
export interface AdanOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.98. */
  readonly beta1?: number;
  /** Decay of the mean of their changes. Default 0.92. */
  readonly beta2?: number;
  /** Decay of the mean of the squares. Default 0.99. */
  readonly beta3?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
  /** Under the root. Default 1e-8. */
  readonly epsilonRoot?: number;
}

/**
 * Adan (Xie et al. 2022): Nesterov's momentum, made of the gradient and of its change since the last step. optax' `adan`, at step t; slots `momentum`,
 * `change`, `velocity` and `lastGradient`, `m`, `c`, `n` and `p`:
 *
 *     d = g - p (0 in step 1);  p = g
 *     m += (g - m)(1 - beta1);  c += (d - c)(1 - beta2);  n += ((g + (1 - beta2) d)² - n)(1 - beta3)
 *     w -= learningRate (m̂ + (1 - beta2) ĉ) / (sqrt(n̂ + epsilonRoot) + epsilon)
 *
 * Bears learning rates five to ten times Adam's, for twice its memory.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adan({ learningRate: 5e-3, weightDecay: 0.02 });
 * ```
 */
export const adan = (options: AdanOptions = {}): Optimizer => optimizerBy(adanRule, options, full);
