import { full } from '../engine/full.ts';
import { adadeltaRule } from './facts/adadelta.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both mean squares. Default 0.95. */
  readonly rho?: number;
  /** Under both roots. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adadelta (Zeiler 2012): AdaGrad that forgets, with steps in units of the weights. Keras' `Adadelta`. Slots `accumulatedGradient` and
 * `accumulatedDelta`, `s` and `x`:
 *
 *     s = rho s + (1 - rho) g²;  d = g sqrt(x + epsilon) / sqrt(s + epsilon);  x = rho x + (1 - rho) d²
 *     w -= learningRate d
 *
 * Its steps start small and find their own size, so take a learning rate of 1, as the paper does; Keras' default of 0.001 hardly moves.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adadelta({ learningRate: 1 });
 * ```
 */
export const adadelta = (options: AdadeltaOptions = {}): Optimizer => optimizerBy(adadeltaRule, options, full);
