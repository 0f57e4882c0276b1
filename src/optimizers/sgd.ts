import * as codes from '../../assembly/codes.ts';
import { Optimizer } from './optimizer.ts';
import { checkedOptions, type OptimizerOptions } from './options.ts';

/** Options of {@link momentum} and {@link nesterov}. */
export interface MomentumOptions extends OptimizerOptions {
  /** How much of the last step goes into the next, from 0 to 1. Default 0.9. */
  readonly momentum?: number;
  /** What is taken off the gradient's share: `v = momentum v - (1 - dampening) learningRate g`. Equal to `momentum` it makes an average. Default 0. */
  readonly dampening?: number;
}

/** Options of {@link sgd}. */
export interface SgdOptions extends MomentumOptions {
  /** Default 0: plain gradient descent. */
  readonly momentum?: number;
  /** Look ahead (Nesterov 1983). Default false. */
  readonly nesterov?: boolean;
}

interface Own {
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov?: boolean;
}

function make(name: string, options: SgdOptions, defaults: Own, lookAhead = false): Optimizer {
  const own = checkedOptions(name, options, defaults);
  const { momentum, dampening, nesterov = lookAhead } = own;
  // without momentum Keras ignores nesterov, and a velocity would only repeat the step
  const kind = momentum === 0 ? codes.SGD : nesterov ? codes.NESTEROV : codes.MOMENTUM;
  const slots = momentum === 0 ? [] : ['velocity'];
  return new Optimizer({ name, kind, beta1: momentum, beta2: dampening, slots, options: { ...own } }, options, 0.01);
}

/**
 * Gradient descent (Robbins & Monro 1951), with momentum and Nesterov's look-ahead as options. Keras' `SGD`.
 *
 *     momentum 0:  w -= learningRate g
 *     else:        v = momentum v - (1 - dampening) learningRate g;  w += v    (nesterov: w += momentum v - learningRate g)
 *
 * @throws RangeError for a learning rate below 0, a momentum outside [0, 1], or unknown options.
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.sgd({ learningRate: 0.01 });
 * ```
 */
export const sgd = (options: SgdOptions = {}): Optimizer =>
  make('sgd', options, { momentum: 0, dampening: 0, nesterov: false });

/**
 * {@link sgd} with momentum 0.9 (Polyak 1964): `v = momentum v - (1 - dampening) learningRate g; w += v`.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const averaged = optimizers.momentum({ learningRate: 0.02, momentum: 0.9, dampening: 0.9 });
 * ```
 */
export const momentum = (options: MomentumOptions = {}): Optimizer =>
  make('momentum', options, { momentum: 0.9, dampening: 0 });

/**
 * {@link sgd} with Nesterov's momentum 0.9 (Nesterov 1983): `v = momentum v - learningRate g; w += momentum v - learningRate g`.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.nesterov({ momentum: 0.95 });
 * ```
 */
export const nesterov = (options: MomentumOptions = {}): Optimizer =>
  make('nesterov', options, { momentum: 0.9, dampening: 0 }, true);
