import { nadamRule } from './facts/nadam.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link nadam}. */
export interface NadamOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** How fast the momentum schedule rises: the exponent of `0.96^(momentumDecay t)`. Default 1 (Keras 3); 0.004 is PyTorch's and tf.keras 2's. */
  readonly momentumDecay?: number;
}

/**
 * Nadam (Dozat 2016): Adam with Nesterov's momentum. Keras' `Nadam`, at step t, with `uₜ = beta1 (1 - ½ 0.96^(momentumDecay t))` and `Uₜ = u₁ ⋯ uₜ`:
 *
 *     m += (g - m)(1 - beta1);  v += (g² - v)(1 - beta2)
 *     m̂ = uₜ₊₁ m / (1 - Uₜ₊₁) + (1 - uₜ) g / (1 - Uₜ);  v̂ = v / (1 - beta2ᵗ)
 *     w -= learningRate m̂ / (sqrt(v̂) + epsilon)
 *
 * Slots `momentum` and `velocity`, `m` and `v`. {@link adam} whose momentum looks ahead, in the place of which it goes; slightly ahead of it on Fashion-MNIST (docs/optimizers.md).
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.nadam({ learningRate: 1e-3 });
 * ```
 */
export const nadam = (options: NadamOptions = {}): Optimizer => optimizerBy(nadamRule, options);
