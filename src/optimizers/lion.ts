import { full } from '../engine/full.ts';
import { lionRule } from './facts/lion.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link lion}. */
export interface LionOptions extends OptimizerOptions {
  /** Share of the mean in the direction of a step. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean. Default 0.99. */
  readonly beta2?: number;
}

/**
 * Lion (Chen et al. 2023): each weight moves by the learning rate, in the direction of a mean gradient. Keras' `Lion`. One slot, `momentum`:
 *
 *     w -= learningRate sign(beta1 m + (1 - beta1) g)
 *     m = beta2 m + (1 - beta2) g
 *
 * Half of Adam's memory. For large batches; take a third to a tenth of Adam's learning rate, and as much more weight decay.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.lion({ learningRate: 1e-4, weightDecay: 0.1 });
 * ```
 */
export const lion = (options: LionOptions = {}): Optimizer => optimizerBy(lionRule, options, full);
