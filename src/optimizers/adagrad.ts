import { ADAGRAD } from '../../assembly/codes.ts';
import { Optimizer } from './optimizer.ts';
import { checkedOptions, type OptimizerOptions } from './options.ts';

/** Options of {@link adagrad}. */
export interface AdagradOptions extends OptimizerOptions {
  /** What the accumulators start from. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** `sqrt(a + epsilon)` (Keras, the default) or, with 'hat', `sqrt(a) + epsilon` (PyTorch). */
  readonly epsilonMode?: 'insideSqrt' | 'hat';
}

/**
 * AdaGrad (Duchi, Hazan & Singer 2011): `a += g²; w -= learningRate g / sqrt(a + epsilon)`. Keras' `Adagrad`.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.adagrad({ learningRate: 0.01 });
 * ```
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const defaults = { initialAccumulatorValue: 0.1, epsilon: 1e-7, epsilonMode: 'insideSqrt' as const };
  const own = checkedOptions<Required<Omit<AdagradOptions, keyof OptimizerOptions>>>('adagrad', options, defaults);
  const { initialAccumulatorValue: initialSlot, epsilon, epsilonMode } = own;
  const spec = {
    name: 'adagrad',
    kind: ADAGRAD,
    epsilon,
    epsilonMode,
    slots: ['accumulator'],
    initialSlot,
    options: own,
  };
  return new Optimizer(spec, options, 0.001);
}
