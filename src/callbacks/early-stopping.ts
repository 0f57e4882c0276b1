import type { Callback, Model } from '../model/model.ts';
import type { Logs } from '../model/progress.ts';
import { Printed } from '../printed.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';
import { checkKey, Monitor, type MonitorOptions } from './monitor.ts';

/** Options of {@link earlyStopping}; defaults are Keras'. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** The least change that counts as an improvement. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement after which the training ends. Default 0. */
  readonly patience?: number;
  /** Only values better than this one reset the patience. Default none. */
  readonly baseline?: number;
  /** Restore the weights of the best epoch at the end. Default false: keeps those of the last step. */
  readonly restoreBestWeights?: boolean;
  /** First epoch to watch, counted from 0. Default 0. */
  readonly startFromEpoch?: number;
  /** Log to the console. Default false. */
  readonly verbose?: boolean;
}

/** The callback that {@link earlyStopping} makes, with its results. */
export interface EarlyStopping extends BuiltInCallback {
  /** Best value so far; undefined before the first. */
  readonly best: number | undefined;
  /** The epoch of the best value, counted from 0. */
  readonly bestEpoch: number;
  /** The epoch after which it ended the training; undefined if it did not. */
  readonly stoppedEpoch: number | undefined;
}

type Known = Pick<EarlyStopping, 'best' | 'bestEpoch' | 'stoppedEpoch'>;

class Stopping extends Printed implements EarlyStopping {
  #best: number | undefined;
  #bestEpoch = 0;
  #stoppedEpoch: number | undefined;
  readonly made: BuiltInCallback['made'];
  readonly #monitor: Monitor;
  readonly #options: EarlyStoppingOptions;
  #model: Model | undefined;
  #weights: Float32Array[] | undefined;
  #wait = 0;

  constructor(options: EarlyStoppingOptions) {
    super();
    checkOptions('callbacks.earlyStopping', options, [
      'monitor',
      'mode',
      'minDelta',
      'patience',
      'baseline',
      'restoreBestWeights',
      'startFromEpoch',
      'verbose',
    ]);
    const { patience = 0, baseline = 0, restoreBestWeights = false, startFromEpoch = 0, verbose = false } = options;
    checkInteger('patience', patience, 0);
    checkInteger('startFromEpoch', startFromEpoch, 0);
    checkNumber('baseline', baseline, Number.NEGATIVE_INFINITY);
    checkBoolean('restoreBestWeights', restoreBestWeights);
    checkBoolean('verbose', verbose);
    this.#options = { ...options };
    this.made = madeBy('earlyStopping', options);
    this.#monitor = new Monitor('earlyStopping', options, options.minDelta);
    Object.freeze(this);
  }

  get [Symbol.toStringTag](): string {
    return 'EarlyStopping';
  }

  toString(): string {
    return `EarlyStopping ${JSON.stringify(this.state())}`;
  }

  get best(): number | undefined {
    return this.#best;
  }

  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  get stoppedEpoch(): number | undefined {
    return this.#stoppedEpoch;
  }

  state(): Known {
    return { best: this.#best, bestEpoch: this.#bestEpoch, stoppedEpoch: this.#stoppedEpoch };
  }

  restore({ best, bestEpoch, stoppedEpoch }: Known): void {
    this.#best = best;
    this.#bestEpoch = bestEpoch;
    this.#stoppedEpoch = stoppedEpoch;
  }

  setModel(model: Model): void {
    this.#model = model;
  }

  setParams(params: Parameters<NonNullable<Callback['setParams']>>[0]): void {
    checkKey('earlyStopping', this.#monitor.key, params);
  }

  onTrainBegin(): void {
    this.#best = undefined;
    this.#bestEpoch = 0;
    this.#stoppedEpoch = undefined;
    this.#weights = undefined;
    this.#wait = 0;
  }

  onEpochEnd(epoch: number, logs: Logs): void {
    const { patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = this.#options;
    const current = this.#monitor.read(logs);
    const model = this.#model;
    if (model === undefined || epoch < startFromEpoch) return;
    const better = this.#monitor.improves(current, this.#best);
    if (better) {
      if (restoreBestWeights) this.#weights = model.getWeights();
      this.#best = current;
      this.#bestEpoch = epoch;
    }
    this.#wait = better && (baseline === undefined || this.#monitor.improves(current, baseline)) ? 0 : this.#wait + 1;
    if (better || this.#wait < patience || epoch === 0) return;
    this.#stoppedEpoch = epoch;
    model.stopTraining = true;
  }

  onTrainEnd(): void {
    const { verbose = false } = this.#options;
    if (verbose && this.#stoppedEpoch !== undefined) console.log(`epoch ${this.#stoppedEpoch + 1}: early stopping`);
    if (this.#weights === undefined) return;
    if (verbose) console.log(`restored the weights of epoch ${this.#bestEpoch + 1}`);
    this.#model?.setWeights(this.#weights);
    this.#weights = undefined;
  }
}

/**
 * Ends the training when a value of the history has stopped improving. Keras' `EarlyStopping`.
 *
 * With `restoreBestWeights` the model gets the weights of the best epoch when the training ends, except by an Error or
 * an abort; the optimizer's slots stay those of the last step.
 *
 * @throws RangeError when `fit` begins, if it has no validation or metric of that name; after the first epoch, if the history has no such key.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const stop = callbacks.earlyStopping({ monitor: 'loss', patience: 3, restoreBestWeights: true });
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 500, callbacks: [stop] });
 * stop.bestEpoch; // counted from 0
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  return new Stopping(options);
}
