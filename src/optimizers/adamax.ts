import { full } from '../engine/full.ts';
import { adamaxRule } from './facts/adamax.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link adamax}. */
export interface AdamaxOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the largest gradient. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adamax (Kingma & Ba 2014, section 7): Adam with the largest recent gradient in its divisor. Keras' `Adamax`, at step t; slots `momentum` and
 * `norm`, `m` and `u`:
 *
 *     m += (g - m)(1 - beta1);  u = max(beta2 u, |g|)
 *     w -= learningRate / (1 - beta1ᵗ) m / (u + epsilon)
 *
 * For gradients that are mostly zero, as those of embeddings: between two of them Adam's divisor shrinks faster.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adamax({ learningRate: 0.002 });
 * ```
 */
export const adamax = (options: AdamaxOptions = {}): Optimizer => optimizerBy(adamaxRule, options, full);
