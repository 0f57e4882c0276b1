import { adagradRule } from './facts/adagrad.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link adagrad}. */
export interface AdagradOptions extends OptimizerOptions {
  /** Start of the accumulators. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** `sqrt(a + epsilon)` (Keras, the default) or, with 'hat', `sqrt(a) + epsilon` (PyTorch). */
  readonly epsilonMode?: 'insideSqrt' | 'hat';
}

/**
 * AdaGrad (Duchi, Hazan & Singer 2011): `a += g²; w -= learningRate g / sqrt(a + epsilon)`. Keras' `Adagrad`. Slot `accumulator`, `a`.
 *
 * For sparse features, each of which keeps a step size of its own. Steps only get shorter, so it slows down in long trainings; Keras' default rate of 0.001 is small, 0.01 to 0.1 is usual.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adagrad({ learningRate: 0.01 });
 * ```
 */
export const adagrad = (options: AdagradOptions = {}): Optimizer => optimizerBy(adagradRule, options);
