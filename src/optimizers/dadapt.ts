import { full } from '../engine/full.ts';
import { dAdaptAdamRule } from './facts/dadapt.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { inPasses } from './passes.ts';

/** Options of {@link dAdaptAdam}. Its `learningRate` is a factor of the rate that it finds, default 1; schedules are best made for 1. */
export interface DAdaptAdamOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
  /** The first d, from 1e-30 on; too small is safe. Default 1e-6. */
  readonly d0?: number;
  /** Largest factor by which d grows in a step, as 1.02. Default 0: any. */
  readonly growthRate?: number;
  /** Correct the means for starting at zero, as Adam does. Default false. */
  readonly useBiasCorrection?: boolean;
}

/**
 * D-Adaptation of Adam (Defazio & Mishchenko 2023): Adam that needs no learning rate. It multiplies steps by d, an estimate of how far the solution is from the start, which only grows. The
 * authors' `DAdaptAdam`, at step t; sums go over all weights; slots `momentum`, `velocity`, `gradientSum` and `estimate`, `m`, `v`, `s` and d with n:
 *
 *     rate = d learningRate;  q = √beta2          with useBiasCorrection rate times √(1 - beta2ᵗ) / (1 - beta1ᵗ)
 *     n = q n + (1 - q) rate Σ g s / (√v + epsilon)
 *     m += (rate g - m)(1 - beta1);  v += (g² - v)(1 - beta2);  s += (rate g - s)(1 - q)
 *     w -= m / (√v + epsilon)
 *     d = max(d, n / ((1 - q) Σ|s|))
 *
 * `weightDecay` is decoupled and goes by the rate: `w -= w weightDecay rate`. A step at a learning rate of 0 changes nothing.
 *
 * For models whose learning rate is not known; {@link prodigy}, of the same authors, finds larger rates faster. d is the first number of the slot `estimate`, the same for each weight.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.dAdaptAdam({ growthRate: 1.02, weightDecay: 0.01 });
 * ```
 */
export const dAdaptAdam = (options: DAdaptAdamOptions = {}): Optimizer =>
  optimizerBy(dAdaptAdamRule, options, full, inPasses(dAdaptAdamRule));
