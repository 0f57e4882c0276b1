import type { Model } from '../model/model.ts';
import { Printed } from '../printed.ts';
import { checkInteger, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';

/** Options of {@link gradientStatistics}. */
export interface GradientStatisticsOptions {
  /** Batches from one look to the next. Training then enters JavaScript for every batch. Default: the last batch of each epoch. */
  readonly every?: number;
}

/** The gradient of one weight in one step. */
export interface GradientSummary {
  /** Name of the weight: `dense/kernel`. */
  readonly weight: string;
  /** Counted from 0. */
  readonly epoch: number;
  /** Updates that the optimizer had done, this one included. */
  readonly iterations: number;
  /** Euclidean norm. */
  readonly norm: number;
  /** Mean of the elements. */
  readonly mean: number;
  /** Largest absolute value; NaN if an element is. */
  readonly maxAbs: number;
  /** Share of the elements that are exactly zero, from 0 to 1. */
  readonly zeros: number;
}

/** The callback that {@link gradientStatistics} makes, with its results. */
export interface GradientStatistics extends BuiltInCallback {
  /** Of the latest `fit`: an entry for each trained weight at each look, in the order of the layers. */
  readonly summaries: readonly GradientSummary[];
}

class Statistics extends Printed implements GradientStatistics {
  readonly made: BuiltInCallback['made'];
  /** Only there if it is wanted, because it makes training slower. */
  readonly onTrainBatchEnd?: () => void;
  readonly #every: number | undefined;
  #summaries: readonly GradientSummary[] = [];
  #model: Model | undefined;
  #epoch = 0;
  #batches = 0;

  constructor(options: GradientStatisticsOptions) {
    super();
    checkOptions('callbacks.gradientStatistics', options, ['every']);
    const { every } = options;
    this.made = madeBy('gradientStatistics', options);
    this.#every = every;
    if (every !== undefined) {
      checkInteger('every', every, 1);
      this.onTrainBatchEnd = () => {
        this.#batches++;
        if (this.#batches % every === 0) this.#look();
      };
    }
    Object.freeze(this);
  }

  get [Symbol.toStringTag](): string {
    return 'GradientStatistics';
  }

  toString(): string {
    return `GradientStatistics of ${this.#summaries.length} gradients`;
  }

  get summaries(): readonly GradientSummary[] {
    return this.#summaries;
  }

  state(): Pick<GradientStatistics, 'summaries'> {
    return { summaries: this.#summaries };
  }

  restore({ summaries }: Pick<GradientStatistics, 'summaries'>): void {
    this.#summaries = summaries;
  }

  setModel(model: Model): void {
    this.#model = model;
  }

  onTrainBegin(): void {
    this.#summaries = [];
    this.#batches = 0;
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  onEpochEnd(): void {
    if (this.#every === undefined) this.#look();
  }

  #look(): void {
    const { gradients, optimizer } = this.#model ?? {};
    if (gradients === undefined || optimizer === undefined) return;
    const place = { epoch: this.#epoch, iterations: optimizer.iterations };
    const all = gradients.map(({ name, tensor }) => ({ weight: name, ...place, ...summaryOf(tensor.data) }));
    this.#summaries = [...this.#summaries, ...all];
  }
}

function summaryOf(gradient: ArrayLike<number>): Pick<GradientSummary, 'norm' | 'mean' | 'maxAbs' | 'zeros'> {
  let [squares, sum, maxAbs, zeros] = [0, 0, 0, 0];
  for (let i = 0; i < gradient.length; i++) {
    const value = gradient[i] ?? 0;
    squares += value * value;
    sum += value;
    maxAbs = Math.max(maxAbs, Math.abs(value));
    if (value === 0) zeros++;
  }
  const { length } = gradient;
  return { norm: Math.sqrt(squares), mean: sum / length, maxAbs, zeros: zeros / length };
}

/**
 * Looks at the gradients: norm, mean, largest absolute value and share of zeros of each weight. Gradients are those that the optimizer used,
 * clipped and with penalties. Norms that shrink from layer to layer vanish before they reach the first one; a bias whose gradient is
 * mostly zeros belongs to dead units.
 *
 * @throws RangeError if `every` is not a positive integer.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const statistics = callbacks.gradientStatistics();
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 5, callbacks: [statistics] });
 * for (const { weight, epoch, norm } of statistics.summaries) console.log(epoch, weight, norm);
 * ```
 */
export function gradientStatistics(options: GradientStatisticsOptions = {}): GradientStatistics {
  return new Statistics(options);
}
