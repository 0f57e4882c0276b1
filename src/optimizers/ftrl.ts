import { full } from '../engine/full.ts';
import { ftrlRule } from './facts/ftrl.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link ftrl}. */
export interface FtrlOptions extends OptimizerOptions {
  /** How the rate falls as gradients add up, at most 0; 0 keeps it. Default -0.5. */
  readonly learningRatePower?: number;
  /** Start of the accumulators. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Keeps small weights at exactly 0. Default 0. */
  readonly l1RegularizationStrength?: number;
  /** Pulls weights towards 0. Default 0. */
  readonly l2RegularizationStrength?: number;
  /** Adds `2 strength w` to the gradient. Default 0. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** Adds `beta / learningRate` to the divisor. Default 0. */
  readonly beta?: number;
}

/**
 * FTRL-Proximal (McMahan et al. 2013): the weights that are best for all gradients so far and both penalties. Keras' `Ftrl`, with
 * `p = -learningRatePower`, and `l1`, `l2`, `shrinkage` for its three strengths; slots `accumulator` and `linear`, `n` and `z`:
 *
 *     y = n + g²;  z += g + 2 shrinkage w - (yᵖ - nᵖ) / learningRate w;  n = y
 *     w = (clip(z, -l1, l1) - z) / (yᵖ / learningRate + 2 l2 + beta / learningRate)
 *
 * For wide, shallow models of sparse inputs, such as clicks. The weights follow from `z`, so what they were initialized to is lost in the first step:
 * deep networks, whose layers start equal then, do not learn.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.ftrl({ learningRate: 0.05, l1RegularizationStrength: 0.01 });
 * ```
 */
export const ftrl = (options: FtrlOptions = {}): Optimizer => optimizerBy(ftrlRule, options, full);
