import { adamRule, adamwRule } from './facts/adam.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { EpsilonMode, OptimizerOptions } from './options.ts';

/** Options of {@link adam} and {@link adamw}. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** Never let the mean square shrink (Reddi, Kale & Kumar 2018). Default false. */
  readonly amsgrad?: boolean;
  /** 'hat' (Keras, the default): `m αₜ / (sqrt(v) + ε)`; 'paper' (PyTorch): `α m̂ / (sqrt(v̂) + ε)`; 'insideSqrt': `α m̂ / sqrt(v̂ + ε)`. */
  readonly epsilonMode?: EpsilonMode;
}

/**
 * Adam (Kingma & Ba 2014). Keras' `Adam`, at step t:
 *
 *     m += (g - m)(1 - beta1);  v += (g² - v)(1 - beta2)
 *     w -= m learningRate sqrt(1 - beta2ᵗ) / (1 - beta1ᵗ) / (sqrt(v) + epsilon)
 *
 * Slots `momentum` and `velocity`, `m` and `v`, with `amsgrad` also `velocityHat`. The one to begin with: it learns at its default rate where others have to be tuned.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adam({ learningRate: 3e-4, globalClipnorm: 1 });
 * ```
 */
export const adam = (options: AdamOptions = {}): Optimizer => optimizerBy(adamRule, options);

/**
 * AdamW (Loshchilov & Hutter 2017): {@link adam} with a weight decay of 0.004 by default: before each step `w -= w weightDecay learningRate`. Keras' `AdamW`, with Adam's slots. For
 * networks that fit their data too closely; leave out biases and scales with `excludeFromWeightDecay`.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adamw({ weightDecay: 0.01 });
 * ```
 */
export const adamw = (options: AdamOptions = {}): Optimizer => optimizerBy(adamwRule, options);
