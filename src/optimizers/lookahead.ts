import { checkInteger, checkKind, checkNumber, checkOptions } from '../validate.ts';
import { Optimizer } from './optimizer.ts';

/** Options of {@link lookahead}. */
export interface LookaheadOptions {
  /** Makes the fast steps. */
  readonly optimizer: Optimizer;
  /** Iterations from one step of the slow weights to the next, an integer from 1. Default 6. */
  readonly syncPeriod?: number;
  /** How far the slow weights go towards the fast ones, from 0 to 1. Default 0.5. */
  readonly slowStepSize?: number;
}

/** The core has periods as 32-bit integers. */
const LONGEST = 2 ** 31 - 1;

/**
 * Lookahead (Zhang et al. 2019) around any optimizer: slow weights follow the fast ones, which go back to them every `syncPeriod` iterations. optax'
 * `lookahead`, with the defaults of TensorFlow Addons. One more slot, `slow`, which starts at the weights:
 *
 *     w = the optimizer's step;  then, at every iteration that syncPeriod divides:  slow += slowStepSize (w - slow);  w = slow
 *
 * Steadies an optimizer of high variance, so that larger learning rates converge. The weights of the model are the fast ones; after an iteration that
 * `syncPeriod` divides they are the slow ones too, which is when to evaluate or save. Slots of the optimizer within go on. It is still one optimizer: setting `learningRate`
 * of either sets both. With `useEma`, the average is that of the weights after this.
 *
 * @throws TypeError for anything but an optimizer, for a multiOptimizer (put it around its optimizers) and for a lookahead; RangeError for numbers out of their ranges.
 * @example
 * ```ts
 * import { layers, optimizers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * const optimizer = optimizers.lookahead({ optimizer: optimizers.adam({ learningRate: 0.01 }), syncPeriod: 5 });
 * model.compile({ optimizer, loss: 'mse' });
 * ```
 */
export function lookahead(options: LookaheadOptions): Optimizer {
  checkOptions('optimizers.lookahead', options, ['optimizer', 'syncPeriod', 'slowStepSize']);
  const { optimizer, syncPeriod = 6, slowStepSize = 0.5 } = options;
  checkKind(optimizer instanceof Optimizer, 'lookahead: optimizer', 'made by optimizers', optimizer);
  if (optimizer.spec.averages.some(({ sync }) => sync))
    throw new TypeError('lookahead: the optimizer has a lookahead already');
  checkInteger('syncPeriod', syncPeriod, 1, LONGEST);
  checkNumber('slowStepSize', slowStepSize, 0, 1);
  const slow = { slot: 'slow', momentum: 1 - slowStepSize, overwrite: syncPeriod, sync: true };
  return optimizer.wrapped({ name: 'lookahead', config: { syncPeriod, slowStepSize }, slow });
}
