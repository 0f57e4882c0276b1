import { full } from '../engine/full.ts';
import { prodigyRule } from './facts/prodigy.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { inPasses } from './passes.ts';

/** Options of {@link prodigy}. Its `learningRate` is a factor of the rate that it finds, default 1; schedules are best made for 1. */
export interface ProdigyOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Decay of the sums that d is estimated from. Default 0, which stands for the root of beta2. */
  readonly beta3?: number;
  /** Times d, added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
  /** The first d, from 1e-30 on; too small is safe. Default 1e-6. */
  readonly d0?: number;
  /** Factor of the estimates: the one to tune, from 0.5 to 2. Default 1. */
  readonly dCoefficient?: number;
  /** Largest factor by which d grows in a step, as 1.02. Default 0: any. */
  readonly growthRate?: number;
  /** Correct the means for starting at zero, as Adam does. Default false. */
  readonly useBiasCorrection?: boolean;
  /** Leave the learning rate out of the sum of gradients: for a warm-up from a small rate. Default false. */
  readonly safeguardWarmup?: boolean;
}

/**
 * Prodigy (Mishchenko & Defazio 2023): Adam that needs no learning rate. It multiplies steps by d, an estimate of how far the solution is from the start, which only grows. The authors'
 * `prodigyopt`, at step t; sums go over all weights; slots `momentum`, `velocity`, `gradientSum`, `start` and `estimate`, `m`, `v`, `s`, `p` (the weights at their first step) and d with two numbers more:
 *
 *     rate = d learningRate          with useBiasCorrection times √(1 - beta2ᵗ) / (1 - beta1ᵗ)
 *     n = beta3 n + rate / d0 Σ d g (p - w);  s = beta3 s + rate / d0 d g
 *     m += (d g - m)(1 - beta1);  v += ((d g)² - v)(1 - beta2)
 *     d = max(d, dCoefficient n / Σ|s|)
 *     w -= rate m / (√v + d epsilon)
 *
 * `weightDecay` is decoupled and goes by the rate: `w -= w weightDecay rate`. A step at a learning rate of 0 changes nothing.
 *
 * Where gradients are noise at the start, on a plateau with ripples say, d can grow without end, in the authors' code too; `useBiasCorrection`, or a `growthRate` of 1.02, keeps it small there.
 *
 * For models whose learning rate is not known. d is the first number of the slot `estimate`, the same for each weight; with Adam's two slots more than Adam has, and three passes, it takes twice Adam's time.
 *
 * @example
 * ```ts
 * import { optimizers, schedules } from 'simdescent';
 * const learningRate = schedules.cosineDecay({ initialLearningRate: 1, decaySteps: 10_000 });
 * const optimizer = optimizers.prodigy({ learningRate, useBiasCorrection: true, safeguardWarmup: true });
 * ```
 */
export const prodigy = (options: ProdigyOptions = {}): Optimizer =>
  optimizerBy(prodigyRule, options, full, inPasses(prodigyRule));
