import { ADAGRAD } from '../../assembly/codes.ts';
import { checkName, checkNumber } from '../validate.ts';
import { checkCommon, Optimizer, type OptimizerOptions } from './optimizer.ts';

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
  checkCommon('adagrad', options, ['initialAccumulatorValue', 'epsilon', 'epsilonMode']);
  const { initialAccumulatorValue = 0.1, epsilon = 1e-7, epsilonMode = 'insideSqrt' } = options;
  checkNumber('initialAccumulatorValue', initialAccumulatorValue, 0);
  checkNumber('epsilon', epsilon, 0);
  checkName('epsilonMode', epsilonMode, ['insideSqrt', 'hat']);
  const spec = {
    name: 'adagrad',
    kind: ADAGRAD,
    epsilon,
    epsilonMode,
    slots: ['accumulator'],
    initialSlot: initialAccumulatorValue,
    options: { initialAccumulatorValue, epsilon, epsilonMode },
  };
  return new Optimizer(spec, options, 0.001);
}
