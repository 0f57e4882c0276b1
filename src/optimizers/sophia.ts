import { full } from '../engine/full.ts';
import { sophiaRule } from './facts/sophia.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link sophia}. The default `learningRate` is 1e-4, the default `weightDecay` 0.1, as in the authors' code. */
export interface SophiaOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.965. */
  readonly beta1?: number;
  /** Decay of the mean of the Hessian's estimates. Default 0.99. */
  readonly beta2?: number;
  /** Smallest divisor. Default 1e-12. */
  readonly epsilon?: number;
  /**
   * Factor of the Hessian: `rho` of the authors' code, 0.04, times the number of samples in a batch, because the square of their mean gradient is so many times too small.
   * Default 1.28, for batches of 32. Larger values clip less.
   */
  readonly hessianFactor?: number;
  /** Steps from one estimate of the Hessian to the next. Default 10. */
  readonly updateInterval?: number;
}

/**
 * Sophia (Liu, Li, Hall, Liang & Ma 2023): momentum divided by an estimate of the Hessian's diagonal, with each element clipped to 1. The paper's algorithm 3, checked against `SophiaH` of
 * pytorch-optimizer with the same estimates; slots `momentum` and `hessian`, `m` and `h`:
 *
 *     m += (g - m)(1 - beta1)
 *     h += (g² - h)(1 - beta2)                    at steps 1, 1 + updateInterval, …
 *     w -= learningRate clip(m / max(hessianFactor h, epsilon), 1)
 *
 * The estimate is the square of the step's own gradient, the empirical Fisher matrix. Sophia-G of the paper squares a gradient for labels drawn from the model's predictions
 * (Gauss-Newton-Bartlett) instead, which costs another backward pass every `updateInterval` steps and which its authors find better; Sophia-H takes a product with the Hessian. Neither is done here.
 *
 * For language models. Where the clipping works, a weight moves by the learning rate as in lion: take a fifth to a third of adamw's.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.sophia({ learningRate: 3e-4, hessianFactor: 0.04 * 64 });
 * ```
 */
export const sophia = (options: SophiaOptions = {}): Optimizer => optimizerBy(sophiaRule, options, full);
