import { full } from '../engine/full.ts';
import { lambRule } from './facts/lamb.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { inPasses } from './passes.ts';

/** Options of {@link lamb}. */
export interface LambOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Keeps the divisor from zero. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * LAMB (You et al. 2020): Adam whose step of each weight is as long as the norm of that weight says. Keras' `Lamb`. Slots `momentum` and `velocity`:
 *
 *     m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g²
 *     u = m / (1 - beta1ᵗ) / (√(v / (1 - beta2ᵗ)) + epsilon)
 *     w -= learningRate ‖w‖ / ‖u‖ u
 *
 * Norms are those of a whole weight, after its decay; where one of them is 0 the quotient is 1. For batches of thousands of samples. A step takes two passes, some
 * twice Adam's time.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.lamb({ learningRate: 0.002, weightDecay: 0.01, excludeFromWeightDecay: ['bias'] });
 * ```
 */
export const lamb = (options: LambOptions = {}): Optimizer => optimizerBy(lambRule, options, full, inPasses(lambRule));
