import { RMSPROP } from '../../assembly/codes.ts';
import { CENTERED, USES_MOMENTUM } from '../../assembly/optimizers/layout.ts';
import { Optimizer } from './optimizer.ts';
import { checkedOptions, type OptimizerOptions } from './options.ts';

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean square. Default 0.9. */
  readonly rho?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Divide by the deviation, not by the root mean square. Default false. */
  readonly centered?: boolean;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** `sqrt(v + epsilon)` (Keras, the default) or, with 'hat', `sqrt(v) + epsilon` (PyTorch). */
  readonly epsilonMode?: 'insideSqrt' | 'hat';
}

/**
 * RMSProp (Tieleman & Hinton 2012): `v = rho v + (1 - rho) g²; w -= learningRate g / sqrt(v + epsilon)`. Keras' `RMSprop`.
 *
 *     centered:  a = rho a + (1 - rho) g, and v - a² stands in the root
 *     momentum:  b = momentum b + learningRate g / sqrt(..);  w -= b
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.rmsprop({ rho: 0.9, centered: true });
 * ```
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const defaults = { rho: 0.9, momentum: 0, centered: false, epsilon: 1e-7, epsilonMode: 'insideSqrt' as const };
  const own = checkedOptions<Required<Omit<RmspropOptions, keyof OptimizerOptions>>>('rmsprop', options, defaults);
  const { rho, momentum, centered, epsilon, epsilonMode } = own;
  const spec = {
    name: 'rmsprop',
    kind: RMSPROP,
    flags: (momentum > 0 ? USES_MOMENTUM : 0) | (centered ? CENTERED : 0),
    beta1: rho,
    beta2: momentum,
    epsilon,
    epsilonMode,
    slots: ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['averageGradient'] : [])],
    options: own,
  };
  return new Optimizer(spec, options, 0.001);
}
