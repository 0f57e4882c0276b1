import { full } from '../engine/full.ts';
import { signSgdRule } from './facts/sign-sgd.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/**
 * Sign descent (Bernstein et al. 2018): every weight moves by the learning rate, `w -= learningRate sign(g)`. optax' `sign_sgd`. No slots.
 *
 * For experiments beside {@link lion}, which takes the sign of a mean.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.signSgd({ learningRate: 1e-3 });
 * ```
 */
export const signSgd = (options: OptimizerOptions = {}): Optimizer => optimizerBy(signSgdRule, options, full);
