/** Losses as metrics: means over the samples of an epoch, computed by the core as the loss itself. */
import { Loss } from '../loss.ts';
import * as losses from '../loss-functions.ts';
import { checkKind } from '../validate.ts';
import { EpochMetric, type MetricOptions, meanMeter, nameIn } from './metric.ts';

/** Options of {@link mean}. */
export interface MeanOptions extends MetricOptions {
  /** The loss whose mean to take. Its reduction does not matter. */
  readonly loss: Loss;
}

/** Options of {@link binaryCrossentropy} and {@link categoricalCrossentropy}. */
export type CrossentropyMetricOptions = MetricOptions & Omit<losses.CrossentropyOptions, 'reduction'>;

/** Options of {@link sparseCategoricalCrossentropy}. */
export type SparseCrossentropyMetricOptions = MetricOptions &
  Omit<losses.SparseCategoricalCrossentropyOptions, 'reduction'>;

/** The rows of a program without a model, whose losses the core computes as well. */
const valuesOf = (loss: Loss) =>
  meanMeter(({ yTrue, yPred, count, cols }) => {
    const targets = { data: Float64Array.from(yTrue), shape: loss.sparse ? [count] : [count, cols] };
    return loss.perSample(targets, { data: Float64Array.from(yPred), shape: [count, cols] });
  });

function meanOf(className: string, loss: Loss, name: string, finish?: (mean: number) => number): EpochMetric {
  const meter = () => {
    const values = valuesOf(loss);
    return { ...values, result: () => (finish ?? Number)(values.result()) };
  };
  const options = className === 'mean' ? { loss: { ...loss.toConfig() } } : {};
  return new EpochMetric(className, name, options, { sparse: loss.sparse, loss, meter, ...(finish && { finish }) });
}

/**
 * The mean of a loss over the samples of an epoch, each as often as its weight says in `weightedMetrics`. Key: Keras' name of the loss. The metrics of losses below are made with it.
 *
 * @example
 * ```ts
 * import { layers, losses, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: 'mse', metrics: [metrics.mean({ loss: losses.huber({ delta: 2 }), name: 'huber2' })] });
 * ```
 */
export function mean(options: MeanOptions): EpochMetric {
  const { loss } = options;
  checkKind(loss instanceof Loss, 'loss', 'a loss, made by a function of losses', loss);
  return meanOf('mean', loss, nameIn('metrics.mean', options, ['loss'], loss.key));
}

/** The metric of a loss with these options. */
function metricOf<O extends object>(make: (options: Omit<O, 'name'>) => Loss, options: O & MetricOptions): EpochMetric {
  const { name, ...others } = options;
  const loss = make(others);
  return meanOf('mean', loss, name ?? loss.key);
}

/**
 * The mean of {@link losses.meanSquaredError}. Key `mean_squared_error`. The name `'mse'` in `compile` is the same, with the key `mse`.
 *
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: 'mae', weightedMetrics: [metrics.meanSquaredError()] });
 * ```
 */
export const meanSquaredError = (options: MetricOptions = {}): EpochMetric =>
  metricOf(losses.meanSquaredError, options);

/**
 * The mean of {@link losses.meanAbsoluteError}. Key `mean_absolute_error`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.meanAbsoluteError({ name: 'mae' });
 * ```
 */
export const meanAbsoluteError = (options: MetricOptions = {}): EpochMetric =>
  metricOf(losses.meanAbsoluteError, options);

/**
 * The mean of {@link losses.binaryCrossentropy}. Key `binary_crossentropy`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.binaryCrossentropy({ fromLogits: true });
 * ```
 */
export const binaryCrossentropy = (options: CrossentropyMetricOptions = {}): EpochMetric =>
  metricOf(losses.binaryCrossentropy, options);

/**
 * The mean of {@link losses.categoricalCrossentropy}. Key `categorical_crossentropy`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.categoricalCrossentropy({ labelSmoothing: 0.1 });
 * ```
 */
export const categoricalCrossentropy = (options: CrossentropyMetricOptions = {}): EpochMetric =>
  metricOf(losses.categoricalCrossentropy, options);

/**
 * The mean of {@link losses.sparseCategoricalCrossentropy}. Key `sparse_categorical_crossentropy`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.sparseCategoricalCrossentropy({ fromLogits: true });
 * ```
 */
export const sparseCategoricalCrossentropy = (options: SparseCrossentropyMetricOptions = {}): EpochMetric =>
  metricOf(losses.sparseCategoricalCrossentropy, options);

/**
 * The root of the mean of squared errors over the whole epoch. Key `root_mean_squared_error`.
 *
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: 'mse', metrics: [metrics.rootMeanSquaredError()] });
 * ```
 */
export function rootMeanSquaredError(options: MetricOptions = {}): EpochMetric {
  const name = nameIn('metrics.rootMeanSquaredError', options, [], 'root_mean_squared_error');
  // a square root is exact in every engine
  return meanOf('rootMeanSquaredError', losses.meanSquaredError(), name, Math.sqrt);
}

/**
 * The mean of {@link losses.meanAbsolutePercentageError}. Key `mean_absolute_percentage_error`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.meanAbsolutePercentageError();
 * ```
 */
export const meanAbsolutePercentageError = (options: MetricOptions = {}): EpochMetric =>
  metricOf(losses.meanAbsolutePercentageError, options);

/**
 * The mean of {@link losses.meanSquaredLogarithmicError}. Key `mean_squared_logarithmic_error`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.meanSquaredLogarithmicError();
 * ```
 */
export const meanSquaredLogarithmicError = (options: MetricOptions = {}): EpochMetric =>
  metricOf(losses.meanSquaredLogarithmicError, options);

/**
 * The mean of {@link losses.klDivergence}. Key `kl_divergence`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.klDivergence();
 * ```
 */
export const klDivergence = (options: MetricOptions = {}): EpochMetric => metricOf(losses.klDivergence, options);

/**
 * The mean of {@link losses.poisson}. Key `poisson`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.poisson();
 * ```
 */
export const poisson = (options: MetricOptions = {}): EpochMetric => metricOf(losses.poisson, options);

/**
 * The mean of {@link losses.hinge}. Key `hinge`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.hinge();
 * ```
 */
export const hinge = (options: MetricOptions = {}): EpochMetric => metricOf(losses.hinge, options);

/**
 * The mean of {@link losses.squaredHinge}. Key `squared_hinge`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.squaredHinge();
 * ```
 */
export const squaredHinge = (options: MetricOptions = {}): EpochMetric => metricOf(losses.squaredHinge, options);

/**
 * The mean of {@link losses.categoricalHinge}. Key `categorical_hinge`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.categoricalHinge();
 * ```
 */
export const categoricalHinge = (options: MetricOptions = {}): EpochMetric =>
  metricOf(losses.categoricalHinge, options);

/**
 * The mean of {@link losses.logCosh}. Key `logcosh`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.logCosh();
 * ```
 */
export const logCosh = (options: MetricOptions = {}): EpochMetric =>
  metricOf(losses.logCosh, { name: 'logcosh', ...options });

/**
 * The mean cosine of the angle between targets and predictions: 1 is the same direction. Unlike the loss, higher is better. Key `cosine_similarity`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.cosineSimilarity();
 * ```
 */
export function cosineSimilarity(options: MetricOptions = {}): EpochMetric {
  const name = nameIn('metrics.cosineSimilarity', options, [], 'cosine_similarity');
  return meanOf('cosineSimilarity', losses.cosineSimilarity(), name, (mean) => -mean);
}
