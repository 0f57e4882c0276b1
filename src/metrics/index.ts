/** The namespace `metrics`. */
export {
  type BinaryAccuracyOptions,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  type TopKOptions,
  topKCategoricalAccuracy,
} from './accuracies.ts';
export {
  type PrecisionAtRecallOptions,
  precisionAtRecall,
  type RateOptions,
  type RecallAtPrecisionOptions,
  recallAtPrecision,
  type SensitivityAtSpecificityOptions,
  type SpecificityAtSensitivityOptions,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './at.ts';
export { type AucOptions, auc, type ExactAucOptions, exactAuc } from './auc.ts';
export {
  falseNegatives,
  falsePositives,
  type PrecisionOptions,
  precision,
  recall,
  type ThresholdOptions,
  trueNegatives,
  truePositives,
} from './confusion.ts';
export { type F1ScoreOptions, type FBetaScoreOptions, f1Score, fBetaScore } from './f-score.ts';
export {
  type BinaryIoUOptions,
  binaryIoU,
  type IoUOptions,
  iou,
  type MeanIoUOptions,
  meanIoU,
  type OneHotIoUOptions,
  type OneHotMeanIoUOptions,
  oneHotIoU,
  oneHotMeanIoU,
} from './iou.ts';
export {
  binaryCrossentropy,
  type CrossentropyMetricOptions,
  categoricalCrossentropy,
  categoricalHinge,
  cosineSimilarity,
  hinge,
  klDivergence,
  logCosh,
  type MeanOptions,
  mean,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  rootMeanSquaredError,
  type SparseCrossentropyMetricOptions,
  sparseCategoricalCrossentropy,
  squaredHinge,
} from './means.ts';
export type { EpochMetric, Meter, MetricBatch, MetricOptions } from './metric.ts';
export { type R2ScoreOptions, r2Score } from './r2-score.ts';
