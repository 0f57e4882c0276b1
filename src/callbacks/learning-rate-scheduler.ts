import type { Optimizer } from '../optimizers/optimizer.ts';
import { checkBoolean, checkKind, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';
import { rateOf } from './rate.ts';

/** Options of {@link learningRateScheduler}. */
export interface LearningRateSchedulerOptions {
  /** Log to the console. Default false. */
  readonly verbose?: boolean;
}

/**
 * Sets the learning rate at the beginning of each epoch, and adds `learning_rate` to the history. Keras' `LearningRateScheduler`.
 *
 * `Math.pow` and its like may differ between engines in the last bit; the functions of `schedules` do not.
 *
 * @param schedule takes the epoch, counted from 0, and the current learning rate; returns the new one, or a promise of it
 * @throws Error when `fit` begins, if the optimizer's learning rate follows a schedule; RangeError for a rate below 0.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const halve = callbacks.learningRateScheduler((epoch, rate) => (epoch > 0 && epoch % 10 === 0 ? rate / 2 : rate));
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 30, callbacks: [halve] });
 * ```
 */
export function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number | Promise<number>,
  options: LearningRateSchedulerOptions = {},
): BuiltInCallback {
  checkKind(typeof schedule === 'function', 'schedule', 'a function', schedule);
  checkOptions('callbacks.learningRateScheduler', options, ['verbose']);
  const { verbose = false } = options;
  checkBoolean('verbose', verbose);
  let optimizer: Optimizer | undefined;
  return Object.freeze<BuiltInCallback>({
    made: madeBy('learningRateScheduler', schedule, options),
    setModel(model) {
      optimizer = rateOf('learningRateScheduler', model);
    },
    async onEpochBegin(epoch) {
      if (optimizer === undefined) return;
      optimizer.learningRate = await schedule(epoch, optimizer.learningRate);
      if (verbose) console.log(`epoch ${epoch + 1}: learning rate ${optimizer.learningRate}`);
    },
    onEpochEnd(_epoch, logs) {
      if (optimizer !== undefined) logs.learning_rate = optimizer.learningRate;
    },
  });
}
