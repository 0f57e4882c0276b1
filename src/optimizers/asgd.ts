import { full } from '../engine/full.ts';
import { asgdRule } from './facts/asgd.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link asgd}. The default `learningRate` is 0.01. */
export interface AsgdOptions extends OptimizerOptions {
  /** Pulls weights towards zero and lets the rate fall. Default 1e-4. */
  readonly lambd?: number;
  /** Power of the decay of the rate, `alpha` in PyTorch. Default 0.75. */
  readonly decayPower?: number;
  /** Steps before the mean begins; until then it is the weight. Default 1e6: for shorter trainings it must be smaller to mean anything. */
  readonly t0?: number;
}

/**
 * Averaged SGD (Polyak & Juditsky 1992): SGD at a falling rate, and the mean of the weights from step `t0` on. PyTorch's `ASGD`, at step t; slot `mean`, `x`:
 *
 *     w -= (g + lambd w) learningRate / (1 + lambd learningRate (t - 1))^decayPower
 *     x += (w - x) / max(1, t - 1 - t0)
 *
 * For language models and noisy gradients, when the loss no longer falls: the mean is better than the last weights. It is in `model.slots` and, as in PyTorch, the caller decides when to
 * use it; `useEma`, of any optimizer, puts an average into the weights by itself.
 *
 * @example
 * ```ts
 * import { layers, optimizers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })], { seed: 1 });
 * model.compile({ optimizer: optimizers.asgd({ learningRate: 0.1, t0: 20 }), loss: 'mse' });
 * await model.fit([[0, 1], [1, 0]], [[1], [2]], { epochs: 40, batchSize: 1 });
 * const mean = model.slots.find(({ name }) => name === 'dense/kernel/mean');
 * console.log(mean?.tensor.data);
 * ```
 */
export const asgd = (options: AsgdOptions = {}): Optimizer => optimizerBy(asgdRule, options, full);
