import type { Optimizer } from '../optimizers/optimizer.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';
import { checkKey, Monitor, type MonitorOptions } from './monitor.ts';
import { rateOf } from './rate.ts';

/** Options of {@link reduceLROnPlateau}; defaults are Keras'. */
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** Multiplies the learning rate; below 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement before a reduction. Default 10. */
  readonly patience?: number;
  /** The least change that counts as an improvement. Default 1e-4. */
  readonly minDelta?: number;
  /** Epochs after a reduction that do not count. Default 0. */
  readonly cooldown?: number;
  /** Lower bound of the learning rate. Default 0. */
  readonly minLR?: number;
  /** Log to the console. Default false. */
  readonly verbose?: boolean;
}

/**
 * Reduces the learning rate when a value of the history has stopped improving, and adds `learning_rate`, the rate of the epoch, to the
 * history. Keras' `ReduceLROnPlateau`.
 *
 * @throws RangeError for a factor of 1 or more; when `fit` begins, if it has no validation or metric of that name; Error if the
 * optimizer's learning rate follows a schedule.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const reduce = callbacks.reduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 2 });
 * const { history } = await model.fit([[0], [1]], [[1], [3]], { epochs: 20, callbacks: [reduce] });
 * history.learning_rate; // number[20]
 * ```
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): BuiltInCallback {
  const names = ['monitor', 'mode', 'factor', 'patience', 'minDelta', 'cooldown', 'minLR', 'verbose'];
  checkOptions('callbacks.reduceLROnPlateau', options, names);
  const { factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minLR = 0, verbose = false } = options;
  checkNumber('factor', factor, 0, 1);
  if (factor === 1) throw new RangeError('factor must be below 1, got 1');
  checkInteger('patience', patience, 0);
  checkInteger('cooldown', cooldown, 0);
  checkNumber('minLR', minLR, 0);
  checkBoolean('verbose', verbose);
  const monitor = new Monitor('reduceLROnPlateau', options, minDelta);
  let optimizer: Optimizer | undefined;
  let best: number | undefined;
  let wait = 0;
  let cooling = 0;
  return Object.freeze<BuiltInCallback>({
    made: madeBy('reduceLROnPlateau', options),
    setModel(model) {
      optimizer = rateOf('reduceLROnPlateau', model);
    },
    setParams: (params) => checkKey('reduceLROnPlateau', monitor.key, params),
    onTrainBegin() {
      [best, wait, cooling] = [undefined, 0, 0];
    },
    onEpochEnd(epoch, logs) {
      if (optimizer === undefined) return;
      const rate = optimizer.learningRate;
      logs.learning_rate = rate;
      const current = monitor.read(logs);
      if (cooling > 0) {
        cooling--;
        wait = 0;
      }
      if (monitor.improves(current, best)) {
        best = current;
        wait = 0;
        return;
      }
      if (cooling > 0 || ++wait < patience || rate <= minLR) return;
      optimizer.learningRate = Math.max(rate * factor, minLR);
      if (verbose) console.log(`epoch ${epoch + 1}: learning rate reduced to ${optimizer.learningRate}`);
      cooling = cooldown;
      wait = 0;
    },
  });
}
