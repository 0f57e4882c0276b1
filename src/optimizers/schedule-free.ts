import { full } from '../engine/full.ts';
import { scheduleFreeAdamWRule, scheduleFreeSgdRule } from './facts/schedule-free.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

/** Options of {@link scheduleFreeAdamW}. */
export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** Share of the average in the weights that are trained, above 0. Default 0.9. */
  readonly beta1?: number;
  /** Steps in which the learning rate rises from 0. Default 0. */
  readonly warmupSteps?: number;
  /** Decay of the mean of the squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Schedule-free AdamW (Defazio et al. 2024): an average of the weights replaces a schedule of the learning rate. Keras' `ScheduleFreeAdamW`, at step
 * t; slots `difference` and `velocity`, `d` and `v`:
 *
 *     v += (g² - v)(1 - beta2);  u = learningRate min(t / warmupSteps, 1) g / (sqrt(v / (1 - beta2ᵗ)) + epsilon)
 *     w += d / t - (1 - beta1 + beta1 / t) u
 *     d = (1 - 1 / t)(d - beta1 u)        with the d of the line above
 *
 * The weights in training, `w`, lie between the fast ones, `w + d`, and their average, `w - d (1 - beta1) / beta1`. At iteration 1 they are equal, and
 * `weightDecay` shrinks all three (in Keras only `w`).
 * For trainings whose length is not known: no schedule has to end. Take a learning rate two to ten times Adam's.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.scheduleFreeAdamW({ warmupSteps: 100 });
 * ```
 */
export const scheduleFreeAdamW = (options: ScheduleFreeAdamWOptions = {}): Optimizer =>
  optimizerBy(scheduleFreeAdamWRule, options, full);

/** Options of {@link scheduleFreeSgd}. */
export interface ScheduleFreeSgdOptions extends OptimizerOptions {
  /** Share of the average in the weights that are trained, above 0. Default 0.9. */
  readonly beta1?: number;
  /** Steps in which the learning rate rises from 0. Default 0. */
  readonly warmupSteps?: number;
}

/**
 * Schedule-free SGD (Defazio et al. 2024): {@link scheduleFreeAdamW} with `u = learningRate g`, so with one slot, `difference`. optax'
 * `contrib.schedule_free_sgd` at a constant learning rate. Default learning rate 1.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.scheduleFreeSgd({ learningRate: 0.5 });
 * ```
 */
export const scheduleFreeSgd = (options: ScheduleFreeSgdOptions = {}): Optimizer =>
  optimizerBy(scheduleFreeSgdRule, options, full);
