import { ADAM } from '../../assembly/codes.ts';
import { checkBoolean, checkFraction, checkName, checkNumber } from '../validate.ts';
import { checkCommon, type EpsilonMode, Optimizer, type OptimizerOptions } from './optimizer.ts';

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

const AMSGRAD = 4;

function make(name: string, options: AdamOptions, defaultWeightDecay?: number): Optimizer {
  checkCommon(name, options, ['beta1', 'beta2', 'epsilon', 'amsgrad', 'epsilonMode']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false, epsilonMode = 'hat' } = options;
  checkFraction('beta1', beta1);
  checkFraction('beta2', beta2);
  checkNumber('epsilon', epsilon, 0);
  checkBoolean('amsgrad', amsgrad);
  checkName('epsilonMode', epsilonMode, ['hat', 'paper', 'insideSqrt']);
  const slots = ['momentum', 'velocity', ...(amsgrad ? ['velocityHat'] : [])];
  const own = { beta1, beta2, epsilon, epsilonMode };
  const spec = { name, kind: ADAM, flags: amsgrad ? AMSGRAD : 0, ...own, slots, options: { ...own, amsgrad } };
  // an option that is there but undefined means the default, as it does for all others
  const { weightDecay = defaultWeightDecay } = options;
  return new Optimizer(spec, weightDecay === undefined ? options : { ...options, weightDecay }, 0.001);
}

/**
 * Adam (Kingma & Ba 2014). Keras' `Adam`, at step t:
 *
 *     m += (g - m)(1 - beta1);  v += (g² - v)(1 - beta2)
 *     w -= m learningRate sqrt(1 - beta2ᵗ) / (1 - beta1ᵗ) / (sqrt(v) + epsilon)
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adam({ learningRate: 3e-4, globalClipnorm: 1 });
 * ```
 */
export const adam = (options: AdamOptions = {}): Optimizer => make('adam', options);

/**
 * AdamW (Loshchilov & Hutter 2017): {@link adam} with a weight decay of 0.004 by default.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adamw({ weightDecay: 0.01 });
 * ```
 */
export const adamw = (options: AdamOptions = {}): Optimizer => make('adamw', options, 0.004);
