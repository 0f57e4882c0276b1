import * as codes from '../../assembly/codes.ts';
import { checkBoolean, checkFraction } from '../validate.ts';
import { checkCommon, Optimizer, type OptimizerOptions, type OptimizerSpec } from './optimizer.ts';

/** Options of {@link momentum} and {@link nesterov}. */
export interface MomentumOptions extends OptimizerOptions {
  /** How much of the last step goes into the next, in [0, 1). Default 0.9. */
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

function make(
  name: string,
  options: SgdOptions,
  own: readonly string[],
  defaultMomentum: number,
  lookAhead: boolean,
): Optimizer {
  checkCommon(name, options, own);
  const { momentum = defaultMomentum, nesterov = lookAhead, dampening = 0 } = options;
  checkFraction('momentum', momentum);
  checkFraction('dampening', dampening);
  checkBoolean('nesterov', nesterov);
  const all = { momentum, dampening, ...(own.includes('nesterov') && { nesterov }) };
  const velocity: OptimizerSpec = {
    name,
    options: all,
    kind: nesterov ? codes.NESTEROV : codes.MOMENTUM,
    beta1: momentum,
    beta2: dampening,
    slots: ['velocity'],
  };
  // without momentum Keras ignores nesterov, and a velocity would only repeat the step
  const spec: OptimizerSpec = momentum > 0 ? velocity : { name, options: all, kind: codes.SGD, slots: [] };
  return new Optimizer(spec, options, 0.01);
}

/**
 * Gradient descent (Robbins & Monro 1951), with momentum and Nesterov's look-ahead as options. Keras' `SGD`.
 *
 *     momentum 0:  w -= learningRate g
 *     else:        v = momentum v - (1 - dampening) learningRate g;  w += v    (nesterov: w += momentum v - learningRate g)
 *
 * @throws RangeError for a learning rate below 0, a momentum outside [0, 1), or unknown options.
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.sgd({ learningRate: 0.01 });
 * ```
 */
export const sgd = (options: SgdOptions = {}): Optimizer =>
  make('sgd', options, ['momentum', 'dampening', 'nesterov'], 0, false);

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
  make('momentum', options, ['momentum', 'dampening'], 0.9, false);

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
  make('nesterov', options, ['momentum', 'dampening'], 0.9, true);
