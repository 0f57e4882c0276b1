import { full } from '../engine/full.ts';
import { larsRule } from './facts/lars.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { inPasses } from './passes.ts';

/** Options of {@link lars}. */
export interface LarsOptions extends OptimizerOptions {
  /** Share of the last step. Default 0.9. */
  readonly momentum?: number;
  /** Looks ahead. Default false. */
  readonly nesterov?: boolean;
  /** Size of a step, as a share of the norm of the weight. Default 0.001. */
  readonly trustCoefficient?: number;
  /** Adds so many times the weight to its gradient, before the norm. Default 0. */
  readonly l2RegularizationStrength?: number;
  /** Keeps the divisor from zero. Default 0. */
  readonly epsilon?: number;
}

/**
 * LARS (You, Gitman, Ginsburg 2017): momentum whose step of each weight is a share of the norm of that weight. As optax' `lars`. One slot, `momentum`:
 *
 *     u = g + l2RegularizationStrength w
 *     v = momentum v + learningRate trustCoefficient ‖w‖ / (‖u‖ + epsilon) u
 *     w -= v                                      nesterov: momentum v + the same step once more
 *
 * Norms are those of a whole weight; where one of them is 0, the step is `learningRate u`. For batches of thousands of images.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.lars({ learningRate: 1, l2RegularizationStrength: 1e-4 });
 * ```
 */
export const lars = (options: LarsOptions = {}): Optimizer => optimizerBy(larsRule, options, full, inPasses(larsRule));
