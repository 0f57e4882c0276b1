import { full } from '../engine/full.ts';
import { adafactorRule } from './facts/adafactor.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { inPasses } from './passes.ts';

/** Options of {@link adafactor}. */
export interface AdafactorOptions extends OptimizerOptions {
  /** Exponent of the decay of mean squares, from -1 to 0. Default -0.8. */
  readonly beta2Decay?: number;
  /** Added to squares of gradients. Default 1e-30. */
  readonly epsilon1?: number;
  /** Smallest size of a weight, by which steps are measured. Default 1e-3. */
  readonly epsilon2?: number;
  /** Largest root mean square of a step, before it is scaled. Default 1. */
  readonly clipThreshold?: number;
}

/**
 * Adafactor (Shazeer, Stern 2018): of a matrix of squared gradients it keeps only the means of the rows and of the columns. Keras' `Adafactor`. Slots `rowMeans` and `columnMeans` of a weight with two
 * axes or more, `velocity` of a vector:
 *
 *     b = 1 - t^beta2Decay;  r = b r + (1 - b) mean of each row of (g² + epsilon1);  c the same for columns
 *     v = r / mean(r) · c                         of a vector: v = b v + (1 - b) (g² + epsilon1)
 *     u = g / √v
 *     w -= min(learningRate, 1 / √t) max(epsilon2, rms(w)) u / max(1, rms(u) / clipThreshold)
 *
 * Hardly any memory beside the weights. Keras' option `relative_step` has no effect there and is left out. A step is as long as the weight is: try a learning rate of 0.01.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adafactor({ learningRate: 0.01 });
 * ```
 */
export const adafactor = (options: AdafactorOptions = {}): Optimizer =>
  optimizerBy(adafactorRule, options, full, inPasses(adafactorRule));
