/** True and false positives and negatives, at one threshold or many, and the metrics made of them. */
import { checkInteger, checkNumber } from '../validate.ts';
import { EpochMetric, type Meter, type MetricBatch, type MetricOptions, nameIn, ratio } from './metric.ts';

/** Options of the metrics that ask which side of a threshold a prediction is on. */
export interface ThresholdOptions extends MetricOptions {
  /** Predictions above it are positive: a number from 0 to 1. Default 0.5. */
  readonly thresholds?: number;
}

/** Options of {@link precision} and {@link recall}. */
export interface PrecisionOptions extends ThresholdOptions {
  /** Only the `topK` largest predictions of a vector can be positive; without `thresholds` all of them are. Default: any can. */
  readonly topK?: number;
  /** Looks at this column alone. Default: at all. */
  readonly classId?: number;
}

/** What the predictions above and below a threshold turned out to be: sums of weights. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/** Which predictions a metric looks at. */
interface Selection {
  readonly topK?: number | undefined;
  readonly classId?: number | undefined;
}

/** Whether column `c` is among the `k` largest of the vector at `from`; of equal ones the first are. */
function isTop({ yPred, cols }: MetricBatch, from: number, c: number, k: number): boolean {
  const own = yPred[from + c] ?? 0;
  let before = 0;
  for (let i = 0; i < cols; i++) {
    const other = yPred[from + i] ?? 0;
    if (other > own || (other === own && i < c)) before++;
  }
  return before < k;
}

/**
 * Weights of positive and negative targets by how many of the ascending thresholds the prediction is above. A batch costs the same
 * for one threshold and for 200 evenly spaced ones.
 */
export class Counts {
  readonly #above: (prediction: number) => number;
  readonly #select: Selection;
  readonly #positive: Float64Array;
  readonly #negative: Float64Array;

  constructor(count: number, above: (prediction: number) => number, select: Selection = {}) {
    this.#above = above;
    this.#select = select;
    this.#positive = new Float64Array(count + 1);
    this.#negative = new Float64Array(count + 1);
  }

  reset(): void {
    this.#positive.fill(0);
    this.#negative.fill(0);
  }

  /** `factor` is the weight of each column. */
  update(batch: MetricBatch, column = this.#select.classId, factor?: readonly number[]): void {
    const { yTrue, yPred, weights, count, cols } = batch;
    const { topK } = this.#select;
    const first = column ?? 0;
    const end = column === undefined ? cols : column + 1;
    for (let row = 0; row < count; row++) {
      for (let c = first; c < end; c++) {
        const at = row * cols + c;
        const above = topK === undefined || isTop(batch, row * cols, c, topK) ? this.#above(yPred[at] ?? 0) : 0;
        const side = yTrue[at] === 0 ? this.#negative : this.#positive;
        side[above] = (side[above] ?? 0) + (weights?.[row] ?? 1) * (factor?.[c] ?? 1);
      }
    }
  }

  /** For each threshold. */
  table(): Confusion[] {
    const table: Confusion[] = [];
    let [tp, fp] = [0, 0];
    for (let i = this.#positive.length - 1; i > 0; i--) {
      tp += this.#positive[i] ?? 0;
      fp += this.#negative[i] ?? 0;
      table.push({ tp, fp, tn: 0, fn: 0 });
    }
    const positive = tp + (this.#positive[0] ?? 0);
    const negative = fp + (this.#negative[0] ?? 0);
    return table.reverse().map((one) => ({ ...one, fn: positive - one.tp, tn: negative - one.fp }));
  }
}

/** How many of the thresholds, ascending, a prediction is above. Both are compared as float32, as in Keras. */
export function aboveOf(thresholds: readonly number[]): (prediction: number) => number {
  const sorted = thresholds.map(Math.fround);
  return (prediction) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (prediction > (sorted[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** The same for `count` evenly spaced thresholds from 0 to 1; with `open` ends all predictions are above the first one, and none above the last. */
export function aboveEven(count: number, open: boolean): (prediction: number) => number {
  const last = count - 1;
  return (prediction) => {
    const held = prediction > 1 ? 1 : prediction > 0 ? prediction : 0;
    const above = Math.ceil(Math.fround(held * last));
    return open && above === 0 ? 1 : above;
  };
}

export function checkColumn(classId: number | undefined): (cols: number) => void {
  if (classId !== undefined) checkInteger('classId', classId, 0);
  return (cols) => {
    if (classId !== undefined && classId >= cols)
      throw new RangeError(`classId must be below ${cols}, the number of columns, got ${classId}`);
  };
}

/** A meter that makes one number of the counts at all thresholds. */
export function countsMeter(make: () => Counts, value: (table: readonly Confusion[]) => number): () => Meter {
  return () => {
    const counts = make();
    return {
      reset: () => counts.reset(),
      update: (batch) => counts.update(batch),
      result: () => value(counts.table()),
    };
  };
}

/** A metric of the counts at one threshold. */
function atThreshold(
  className: string,
  name: string,
  options: PrecisionOptions,
  own: readonly (keyof PrecisionOptions)[],
  value: (confusion: Confusion) => number,
): EpochMetric {
  const key = nameIn(`metrics.${className}`, options, own, name);
  const { thresholds, topK, classId } = options;
  if (thresholds !== undefined) checkNumber('thresholds', thresholds, 0, 1);
  if (topK !== undefined) checkInteger('topK', topK, 1);
  const at = thresholds ?? (topK === undefined ? 0.5 : Number.NEGATIVE_INFINITY);
  const counts = () => new Counts(1, aboveOf([at]), { topK, classId });
  return new EpochMetric(
    className,
    key,
    { thresholds, topK, classId },
    {
      sparse: false,
      check: checkColumn(classId),
      meter: countsMeter(counts, ([one = { tp: 0, fp: 0, tn: 0, fn: 0 }]) => value(one)),
    },
  );
}

/**
 * The sum of the weights of positive targets predicted as positive.
 *
 * @throws RangeError for a threshold outside 0 to 1, here and in the metrics below.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.truePositives(), metrics.falsePositives()] });
 * ```
 */
export const truePositives = (options: ThresholdOptions = {}): EpochMetric =>
  atThreshold('truePositives', 'true_positives', options, ['thresholds'], ({ tp }) => tp);

/**
 * The sum of the weights of negative targets predicted as negative; see {@link truePositives}.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.trueNegatives({ thresholds: 0.9 });
 * ```
 */
export const trueNegatives = (options: ThresholdOptions = {}): EpochMetric =>
  atThreshold('trueNegatives', 'true_negatives', options, ['thresholds'], ({ tn }) => tn);

/**
 * The sum of the weights of negative targets predicted as positive; see {@link truePositives}.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.falsePositives({ thresholds: 0.9 });
 * ```
 */
export const falsePositives = (options: ThresholdOptions = {}): EpochMetric =>
  atThreshold('falsePositives', 'false_positives', options, ['thresholds'], ({ fp }) => fp);

/**
 * The sum of the weights of positive targets predicted as negative; see {@link truePositives}.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.falseNegatives({ thresholds: 0.9 });
 * ```
 */
export const falseNegatives = (options: ThresholdOptions = {}): EpochMetric =>
  atThreshold('falseNegatives', 'false_negatives', options, ['thresholds'], ({ fn }) => fn);

/**
 * The share of positive predictions that are right, over all columns or one: `tp / (tp + fp)`, and 0 without positive predictions. Targets are 0 or 1,
 * of the shape of the predictions.
 *
 * @throws RangeError for a threshold outside 0 to 1, or a class that the output does not have.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })]);
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [metrics.precision({ classId: 2, name: 'cats' })] });
 * ```
 */
export const precision = (options: PrecisionOptions = {}): EpochMetric =>
  atThreshold('precision', 'precision', options, ['thresholds', 'topK', 'classId'], ({ tp, fp }) => ratio(tp, tp + fp));

/**
 * The share of positive targets that are found: `tp / (tp + fn)`, and 0 without positive targets; see {@link precision}.
 *
 * @throws RangeError for a threshold outside 0 to 1, or a class that the output does not have.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.precision(), metrics.recall()] });
 * ```
 */
export const recall = (options: PrecisionOptions = {}): EpochMetric =>
  atThreshold('recall', 'recall', options, ['thresholds', 'topK', 'classId'], ({ tp, fn }) => ratio(tp, tp + fn));
