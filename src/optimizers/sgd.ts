import { momentumRule, nesterovRule, sgdRule } from './facts/sgd.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link momentum} and {@link nesterov}. */
export interface MomentumOptions extends OptimizerOptions {
  /** How much of the last step goes into the next, from 0 to 1. Default 0.9. */
  readonly momentum?: number;
  /** How much the gradient's share is reduced: `v = momentum v - (1 - dampening) learningRate g`. Equal to `momentum` it makes an average. Default 0. */
  readonly dampening?: number;
}

/** Options of {@link sgd}. */
export interface SgdOptions extends MomentumOptions {
  /** Default 0: plain gradient descent. */
  readonly momentum?: number;
  /** Look ahead (Nesterov 1983). Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent (Robbins & Monro 1951), with momentum and Nesterov's look-ahead as options. Keras' `SGD`.
 *
 *     momentum 0:  w -= learningRate g
 *     else:        v = momentum v - (1 - dampening) learningRate g;  w += v
 *     nesterov:    w += momentum v - (1 - dampening) learningRate g
 *
 * Slot `velocity`, `v`, with momentum; without one it takes no memory. Needs a learning rate that suits the problem, and with one generalizes at least as well as Adam, most of all in convolutional networks.
 *
 * @throws RangeError for a learning rate below 0, a momentum outside [0, 1], or unknown options.
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.sgd({ learningRate: 0.01 });
 * ```
 */
export const sgd = (options: SgdOptions = {}): Optimizer => optimizerBy(sgdRule, options);

/**
 * {@link sgd} with momentum 0.9 (Polyak 1964): `v = momentum v - (1 - dampening) learningRate g; w += v`. Keras' `SGD` with `momentum`. Slot `velocity`, `v`. Steps add up to ten times those of {@link sgd} where
 * gradients agree and cancel where they turn: take it in place of {@link sgd} wherever there is memory for one number a weight.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const averaged = optimizers.momentum({ learningRate: 0.02, momentum: 0.9, dampening: 0.9 });
 * ```
 */
export const momentum = (options: MomentumOptions = {}): Optimizer => optimizerBy(momentumRule, options);

/**
 * {@link sgd} with Nesterov's momentum 0.9 (Nesterov 1983): `v = momentum v - (1 - dampening) learningRate g; w += momentum v - (1 - dampening) learningRate g`. Keras' `SGD` with `nesterov`. Slot `velocity`, `v`.
 * {@link momentum} that looks ahead: it overshoots less, so it bears slightly larger learning rates.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.nesterov({ momentum: 0.95 });
 * ```
 */
export const nesterov = (options: MomentumOptions = {}): Optimizer => optimizerBy(nesterovRule, options);
