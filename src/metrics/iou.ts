/** Intersection over union of classes: of what is predicted as a class and what is one. */
import { checkBoolean, checkInteger, checkKind, checkNumber } from '../validate.ts';
import { largestOf } from './accuracies.ts';
import { EpochMetric, type Meter, type MetricBatch, type MetricOptions, nameIn } from './metric.ts';

/** Options of {@link meanIoU}. */
export interface MeanIoUOptions extends MetricOptions {
  /** How many classes there are. */
  readonly numClasses: number;
  /** Targets of this class do not count. Default: none. */
  readonly ignoreClass?: number;
  /** Targets are class numbers, not one-hot. Default true. */
  readonly sparseYTrue?: boolean;
  /** Predictions are class numbers, not probabilities of classes. Default true. */
  readonly sparseYPred?: boolean;
}

/** Options of {@link iou}. */
export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose mean to take. */
  readonly targetClassIds: readonly number[];
}

/** Options of {@link binaryIoU}. */
export interface BinaryIoUOptions extends MetricOptions {
  /** The classes whose mean to take: 0, 1 or both. Default both. */
  readonly targetClassIds?: readonly number[];
  /** Predictions of at least this are of class 1. Default 0.5. */
  readonly threshold?: number;
}

const EPSILON = 1e-7;

/** Class numbers of targets and predictions, one after the other. */
type Pairs = (batch: MetricBatch, each: (target: number, prediction: number, row: number) => void) => void;

/** Every number of the batch is a class. */
const elements =
  (classOf: (prediction: number) => number): Pairs =>
  ({ yTrue, yPred, count, cols }, each) => {
    for (let i = 0; i < count * cols; i++) each(yTrue[i] ?? 0, classOf(yPred[i] ?? 0), Math.floor(i / cols));
  };

/** Every vector has the class of its largest number, or targets have a label for it. */
const vectors =
  (labels: boolean): Pairs =>
  ({ yTrue, yPred, count, cols }, each) => {
    for (let row = 0; row < count; row++)
      each(labels ? (yTrue[row] ?? 0) : largestOf(yTrue, row * cols, cols), largestOf(yPred, row * cols, cols), row);
  };

function meterOf(numClasses: number, targets: readonly number[], ignored: number | undefined, pairs: Pairs): Meter {
  const both = new Float64Array(numClasses);
  const either = new Float64Array(numClasses);
  const add = (sums: Float64Array, at: number, weight: number): void => {
    sums[at] = (sums[at] ?? 0) + weight;
  };
  const isClass = (one: number): boolean => one >= 0 && one < numClasses;
  return {
    reset() {
      both.fill(0);
      either.fill(0);
    },
    update(batch) {
      pairs(batch, (y, p, row) => {
        if (!isClass(y) || !isClass(p) || y === ignored) return;
        const [target, prediction] = [Math.trunc(y), Math.trunc(p)];
        const weight = batch.weights?.[row] ?? 1;
        add(either, target, weight);
        if (target === prediction) add(both, target, weight);
        else add(either, prediction, weight);
      });
    },
    result() {
      // classes that occur on neither side do not count
      const there = targets.filter((one) => (either[one] ?? 0) > 1e-9);
      const sum = there.reduce((total, one) => total + (both[one] ?? 0) / ((either[one] ?? 0) + EPSILON), 0);
      return sum / (there.length + EPSILON);
    },
  };
}

/** The metric of these options, of which `own` are saved; `options` hold all. */
function intersection(
  className: string,
  name: string,
  options: MeanIoUOptions & { readonly targetClassIds?: readonly number[] },
  own: readonly string[],
): EpochMetric {
  const key = nameIn(`metrics.${className}`, options, own, name);
  const { numClasses, ignoreClass, targetClassIds } = options;
  const oneHot = className.startsWith('oneHot');
  const { sparseYTrue = !oneHot, sparseYPred = !oneHot } = options;
  checkInteger('numClasses', numClasses, 1);
  if (ignoreClass !== undefined) checkInteger('ignoreClass', ignoreClass, Number.MIN_SAFE_INTEGER);
  checkBoolean('sparseYTrue', sparseYTrue);
  checkBoolean('sparseYPred', sparseYPred);
  if (!sparseYTrue && sparseYPred)
    throw new RangeError(`metrics.${className}: one-hot targets need predictions of their shape: sparseYPred: false`);
  const targets = targetClassIds ?? Array.from({ length: numClasses }, (_, c) => c);
  checkKind(Array.isArray(targets), 'targetClassIds', 'an array of classes', targets);
  for (const one of targets) checkInteger('a class in targetClassIds', one, 0, numClasses - 1);
  const all = { numClasses, targetClassIds: [...targets], ignoreClass, sparseYTrue, sparseYPred };
  const described = Object.fromEntries(Object.entries(all).filter(([option]) => own.includes(option)));
  const pairs = sparseYPred ? elements((one) => one) : vectors(sparseYTrue);
  return new EpochMetric(className, key, described, {
    sparse: sparseYTrue && !sparseYPred,
    meter: () => meterOf(numClasses, targets, ignoreClass, pairs),
  });
}

/**
 * The mean over classes of the intersection over union, for segmentation: targets are class numbers, predictions too, or with `sparseYPred: false` probabilities
 * of classes. Classes that occur nowhere do not count. Key `mean_io_u`.
 *
 * @throws RangeError for one-hot targets with predictions that are not.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })]);
 * const meanIoU = metrics.meanIoU({ numClasses: 3, sparseYPred: false });
 * model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: [meanIoU] });
 * ```
 */
export const meanIoU = (options: MeanIoUOptions): EpochMetric =>
  intersection('meanIoU', 'mean_io_u', options, ['numClasses', 'ignoreClass', 'sparseYTrue', 'sparseYPred']);

/**
 * The same for chosen classes; see {@link meanIoU}. Key `io_u`.
 *
 * @throws RangeError for a class that there is not.
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.iou({ numClasses: 3, targetClassIds: [2], sparseYPred: false });
 * ```
 */
export const iou = (options: IoUOptions): EpochMetric =>
  intersection('iou', 'io_u', options, ['numClasses', 'targetClassIds', 'ignoreClass', 'sparseYTrue', 'sparseYPred']);

/** Options of {@link oneHotMeanIoU}. */
export type OneHotMeanIoUOptions = Omit<MeanIoUOptions, 'sparseYTrue' | 'sparseYPred'>;

/** Options of {@link oneHotIoU}. */
export type OneHotIoUOptions = Omit<IoUOptions, 'sparseYTrue' | 'sparseYPred'>;

/**
 * {@link meanIoU} for one-hot targets and probabilities of classes. Key `one_hot_mean_io_u`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.oneHotMeanIoU({ numClasses: 3 });
 * ```
 */
export const oneHotMeanIoU = (options: OneHotMeanIoUOptions): EpochMetric =>
  intersection('oneHotMeanIoU', 'one_hot_mean_io_u', options, ['numClasses', 'ignoreClass']);

/**
 * {@link iou} for one-hot targets and probabilities of classes. Key `one_hot_io_u`.
 *
 * @throws RangeError for a class that there is not.
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.oneHotIoU({ numClasses: 3, targetClassIds: [0, 2] });
 * ```
 */
export const oneHotIoU = (options: OneHotIoUOptions): EpochMetric =>
  intersection('oneHotIoU', 'one_hot_io_u', options, ['numClasses', 'targetClassIds', 'ignoreClass']);

/**
 * Intersection over union of predictions below and from a threshold, with targets 0 and 1. Key `binary_io_u`.
 *
 * @throws RangeError for a class but 0 and 1.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.binaryIoU({ targetClassIds: [1] })] });
 * ```
 */
export function binaryIoU(options: BinaryIoUOptions = {}): EpochMetric {
  const name = nameIn('metrics.binaryIoU', options, ['targetClassIds', 'threshold'], 'binary_io_u');
  const { targetClassIds = [0, 1], threshold = 0.5 } = options;
  checkKind(Array.isArray(targetClassIds), 'targetClassIds', 'an array of classes', targetClassIds);
  for (const one of targetClassIds) checkInteger('a class in targetClassIds', one, 0, 1);
  checkNumber('threshold', threshold, Number.NEGATIVE_INFINITY);
  const least = Math.fround(threshold);
  const pairs = elements((prediction) => (prediction >= least ? 1 : 0));
  return new EpochMetric(
    'binaryIoU',
    name,
    { targetClassIds: [...targetClassIds], threshold },
    {
      sparse: false,
      meter: () => meterOf(2, targetClassIds, undefined, pairs),
    },
  );
}
