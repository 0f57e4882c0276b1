import { full } from '../engine/full.ts';
import { yogiRule } from './facts/yogi.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link yogi}. */
export interface YogiOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** One minus the rate at which the mean square changes. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-3. */
  readonly epsilon?: number;
  /** Start of both slots. Default 1e-6. */
  readonly initialAccumulatorValue?: number;
}

/**
 * Yogi (Zaheer et al. 2018): Adam whose mean square changes by the square of the gradient alone, so that a few small gradients do not make steps
 * long. optax' `yogi`, at step t; slots `momentum` and `velocity`, `m` and `v`:
 *
 *     m += (g - m)(1 - beta1);  v -= (1 - beta2) sign(v - g²) g²
 *     w -= learningRate m̂ / (sqrt(v̂) + epsilon)
 *
 * For rare, large gradients, and where Adam diverges late. Take a learning rate of 0.01.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.yogi({ learningRate: 0.01 });
 * ```
 */
export const yogi = (options: YogiOptions = {}): Optimizer => optimizerBy(yogiRule, options, full);
