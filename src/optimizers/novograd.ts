import { full } from '../engine/full.ts';
import { novogradRule } from './facts/novograd.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { inPasses } from './passes.ts';

/** Options of {@link novograd}. */
export interface NovogradOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients, which are added whole. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of the squared norms. Default 0.25. */
  readonly beta2?: number;
  /** Adds so many times the weight to the divided gradient. Default 0. */
  readonly l2RegularizationStrength?: number;
  /** Keeps the divisor from zero. Default 1e-6. */
  readonly epsilon?: number;
  /** The same, under the root. Default 0. */
  readonly epsilonRoot?: number;
}

/**
 * NovoGrad (Ginsburg et al. 2019): momentum of gradients that are divided by a mean of their norms. As optax' `novograd`. Slots `momentum` and `velocity`, the latter one number for
 * each weight:
 *
 *     v = beta2 v + (1 - beta2) ‖g‖²              first step: ‖g‖²
 *     m = beta1 m + g / (√(v + epsilonRoot) + epsilon) + l2RegularizationStrength w
 *     w -= learningRate m
 *
 * Half of Adam's memory. For deep convolutional networks and large batches.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.novograd({ learningRate: 0.01, beta1: 0.95 });
 * ```
 */
export const novograd = (options: NovogradOptions = {}): Optimizer =>
  optimizerBy(novogradRule, options, full, inPasses(novogradRule));
