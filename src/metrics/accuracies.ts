/** The share of vectors that are predicted right. */
import { checkInteger, checkNumber } from '../validate.ts';
import { EpochMetric, type MetricBatch, type MetricOptions, meanMeter, nameIn } from './metric.ts';

/** Options of {@link binaryAccuracy}. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Predictions above it count as 1. Default 0.5. */
  readonly threshold?: number;
}

/** Options of {@link topKCategoricalAccuracy}. */
export interface TopKOptions extends MetricOptions {
  /** How many of the largest predictions count. Default 5. */
  readonly k?: number;
}

/** The column of the largest of `cols` numbers, the first of equal ones. */
export function largestOf(values: ArrayLike<number>, from: number, cols: number): number {
  let best = 0;
  for (let c = 1; c < cols; c++) if ((values[from + c] ?? 0) > (values[from + best] ?? 0)) best = c;
  return best;
}

/** A metric that is 1 for vectors that are right and 0 for others; `right` may also give a share. */
function accuracy(
  className: string,
  name: string,
  options: Readonly<Record<string, number>>,
  sparse: boolean,
  right: (batch: MetricBatch, row: number) => number,
): EpochMetric {
  const values = (batch: MetricBatch) => Float64Array.from({ length: batch.count }, (_, row) => right(batch, row));
  return new EpochMetric(className, name, options, { sparse, meter: () => meanMeter(values) });
}

/** The label of a vector: given, or the column of its largest target. */
const labelOf = ({ yTrue, cols }: MetricBatch, row: number, sparse: boolean): number =>
  sparse ? (yTrue[row] ?? 0) : largestOf(yTrue, row * cols, cols);

/**
 * The share of predictions on the same side of the threshold as their targets, which are 0 or 1. Key `binary_accuracy`. The name `'binaryAccuracy'`
 * in `compile` is the same at 0.5, and faster.
 *
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.binaryAccuracy({ threshold: 0.9 })] });
 * ```
 */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): EpochMetric {
  const name = nameIn('metrics.binaryAccuracy', options, ['threshold'], 'binary_accuracy');
  const { threshold = 0.5 } = options;
  checkNumber('threshold', threshold, 0, 1);
  const least = Math.fround(threshold);
  return accuracy('binaryAccuracy', name, { threshold }, false, ({ yTrue, yPred, cols }, row) => {
    let right = 0;
    for (let at = row * cols; at < (row + 1) * cols; at++)
      if (yTrue[at] === ((yPred[at] ?? 0) > least ? 1 : 0)) right++;
    return right / cols;
  });
}

/**
 * The share of vectors whose largest prediction is where the largest target is. Key `categorical_accuracy`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.categoricalAccuracy({ name: 'hits' });
 * ```
 */
export function categoricalAccuracy(options: MetricOptions = {}): EpochMetric {
  const name = nameIn('metrics.categoricalAccuracy', options, [], 'categorical_accuracy');
  return topK('categoricalAccuracy', name, {}, false);
}

/**
 * The share of vectors whose largest prediction is at their label. Key `sparse_categorical_accuracy`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.sparseCategoricalAccuracy({ name: 'hits' });
 * ```
 */
export function sparseCategoricalAccuracy(options: MetricOptions = {}): EpochMetric {
  const name = nameIn('metrics.sparseCategoricalAccuracy', options, [], 'sparse_categorical_accuracy');
  return topK('sparseCategoricalAccuracy', name, {}, true);
}

function topK(className: string, name: string, options: { readonly k?: number }, sparse: boolean): EpochMetric {
  const { k } = options;
  if (k !== undefined) checkInteger('k', k, 1);
  return accuracy(className, name, { ...options }, sparse, (batch, row) => {
    const { yPred, cols } = batch;
    const label = labelOf(batch, row, sparse);
    const own = yPred[row * cols + label] ?? Number.NaN;
    // as Keras' in_top_k: equal predictions are all among the k largest, and those that are not finite never
    if (k === undefined) return largestOf(yPred, row * cols, cols) === label ? 1 : 0;
    if (!Number.isFinite(own)) return 0;
    let larger = 0;
    for (let c = 0; c < cols; c++) if ((yPred[row * cols + c] ?? 0) > own) larger++;
    return larger < k ? 1 : 0;
  });
}

/**
 * The share of vectors whose largest target is among the `k` largest predictions. Key `top_k_categorical_accuracy`.
 *
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 10, activation: 'softmax', inputShape: [4] })]);
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [metrics.topKCategoricalAccuracy({ k: 3 })] });
 * ```
 */
export function topKCategoricalAccuracy(options: TopKOptions = {}): EpochMetric {
  const name = nameIn('metrics.topKCategoricalAccuracy', options, ['k'], 'top_k_categorical_accuracy');
  return topK('topKCategoricalAccuracy', name, { k: options.k ?? 5 }, false);
}

/**
 * The share of vectors whose label is among the `k` largest predictions. Key `sparse_top_k_categorical_accuracy`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.sparseTopKCategoricalAccuracy({ k: 3 });
 * ```
 */
export function sparseTopKCategoricalAccuracy(options: TopKOptions = {}): EpochMetric {
  const name = nameIn('metrics.sparseTopKCategoricalAccuracy', options, ['k'], 'sparse_top_k_categorical_accuracy');
  return topK('sparseTopKCategoricalAccuracy', name, { k: options.k ?? 5 }, true);
}
