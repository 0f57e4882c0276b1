import type { Callback } from '../model/model.ts';
import { progressLine } from '../progress-line.ts';
import { checkInteger, checkOptions } from '../validate.ts';

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** 1: a bar on a terminal, in Node; in a pipe and on the console of a browser a line for each epoch. 2: such a line everywhere. Default 1. */
  readonly verbose?: 1 | 2;
}

/**
 * Prints the progress of the training as `verbose` of `fit` does, from a place of your choice among the callbacks: an epoch's line has the
 * values that the callbacks before it have added to the logs. Keras' `ProgbarLogger`. With a model in a worker it runs on the page.
 *
 * @throws TypeError or RangeError for another `verbose`.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 2, callbacks: [callbacks.progress({ verbose: 2 })] });
 * // Epoch 1/2 - 1/1 - 95us - 95us/step - loss: 4.3016 ...
 * ```
 */
export function progress(options: ProgressOptions = {}): Pick<Callback, 'onProgress' | 'onEpochEnd'> {
  checkOptions('callbacks.progress', options, ['verbose']);
  const { verbose = 1 } = options;
  checkInteger('verbose', verbose, 1, 2);
  const { onProgress, onEpochEnd } = progressLine(verbose);
  return { onProgress, onEpochEnd };
}
