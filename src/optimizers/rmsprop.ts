import { rmspropRule } from './facts/rmsprop.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean square. Default 0.9. */
  readonly rho?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Divide by the deviation, not by the root mean square. Default false. */
  readonly centered?: boolean;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** `sqrt(v + epsilon)` (Keras, the default) or, with 'hat', `sqrt(v) + epsilon` (PyTorch). */
  readonly epsilonMode?: 'insideSqrt' | 'hat';
}

/**
 * RMSProp (Tieleman & Hinton 2012): `v = rho v + (1 - rho) g²; w -= learningRate g / sqrt(v + epsilon)`. Keras' `RMSprop`.
 *
 *     centered:  a = rho a + (1 - rho) g, and v - a² stands in the root
 *     momentum:  b = momentum b + learningRate g / sqrt(..);  w -= b
 *
 * Slots `velocity`, `v`, and `momentum`, `b`, and `averageGradient`, `a`, where the options ask for them. For recurrent networks and losses that change while they are minimized, as in reinforcement learning;
 * elsewhere {@link adam} adds momentum and the correction of its first steps.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.rmsprop({ rho: 0.9, centered: true });
 * ```
 */
export const rmsprop = (options: RmspropOptions = {}): Optimizer => optimizerBy(rmspropRule, options);
