/**
 * SIMDescent: neural-network training in WebAssembly SIMD, with the same bits in every engine.
 *
 * @module simdescent
 */
export type { ActivationFunction, ActivationName, ActivationSpec } from './activations.ts';
export type { BuiltInCallback } from './callbacks/callback.ts';
export type {
  CheckpointPlace,
  CsvLoggerOptions,
  EarlyStopping,
  EarlyStoppingOptions,
  GradientStatistics,
  GradientStatisticsOptions,
  GradientSummary,
  LearningRateSchedulerOptions,
  ModelCheckpointOptions,
  MonitorOptions,
  ProgressOptions,
  ReduceLROnPlateauOptions,
  TerminateOnNaNOptions,
} from './callbacks/index.ts';
/** Callbacks of `fit`, as in Keras: early stopping, checkpoints, learning rates, logs. @category Namespaces */
export * as callbacks from './callbacks/index.ts';
export type { Config, Json, JsonObject } from './config.ts';
export type { Constraint, ConstraintFunction } from './constraint.ts';
export type { MaxNormOptions, MinMaxNormOptions, NormOptions } from './constraints.ts';
/** Rules that weights keep to after each update. @category Namespaces */
export * as constraints from './constraints.ts';
export type { CustomLossOptions } from './custom-loss.ts';
export { supportsRelaxedSimd } from './engine/load.ts';
export { createRuntime, type Runtime, type RuntimeOptions } from './engine/runtime.ts';
export type { ReadOptions, ReadProgress } from './files/fetched.ts';
/** Reads and writes files: paths in Node, Bun and Deno; `opfs:`, `indexeddb:` and `download:` in browsers. @category Namespaces */
export * as files from './files/index.ts';
export {
  type CheckedDerivative,
  type CheckGradientsOptions,
  checkGradients,
  type GradientReport,
} from './functions/check-gradients.ts';
export {
  type CompiledFunction,
  type CompileFunctionOptions,
  compileFunction,
  type Tensors,
} from './functions/compile-function.ts';
export {
  type CompiledStep,
  type CompileStepOptions,
  compileStep,
  type ParameterTree,
  type Symbolic,
} from './functions/compile-step.ts';
export { digest } from './functions/digest.ts';
export {
  type ArgumentList,
  type Arguments,
  type Gradient,
  type Gradients,
  grad,
  type InnerArguments,
  type SymbolicTree,
  type ValueAndGradient,
  type ValueAndGradOptions,
  valueAndGrad,
} from './functions/value-and-grad.ts';
export type { Initializer, InitializerName, NormalOptions } from './initializers.ts';
export { CustomLayer, type WeightOptions } from './layers/custom.ts';
export type {
  ActivationOptions,
  AffineOptions,
  AlphaDropoutOptions,
  Axes,
  BatchNormalizationOptions,
  CallContext,
  ConcatenateOptions,
  Conv1dOptions,
  Conv2dOptions,
  Conv2dTransposeOptions,
  ConvolutionOptions,
  Cropping1dOptions,
  Cropping2dOptions,
  DenseOptions,
  DepthwiseConv2dOptions,
  DotOptions,
  DropoutOptions,
  EluLayerOptions,
  FillMode,
  FlipMode,
  GaussianDropoutOptions,
  GaussianNoiseOptions,
  GlobalPoolingOptions,
  GroupNormalizationOptions,
  ImageSizeOptions,
  Interpolation,
  LambdaOptions,
  Layer,
  LayerNormalizationOptions,
  LayerOptions,
  LeakyReLUOptions,
  Normalization,
  NormalizationOptions,
  PermuteOptions,
  PoolingOptions,
  PreluOptions,
  RandomContrastOptions,
  RandomFlipOptions,
  RandomRotationOptions,
  RandomTranslationOptions,
  RandomZoomOptions,
  ReLUOptions,
  RepeatVectorOptions,
  RescalingOptions,
  ReshapeOptions,
  ResizingOptions,
  SamplingOptions,
  SeparableConv2dOptions,
  Shape,
  Sides,
  SoftmaxLayerOptions,
  SpatialDropoutOptions,
  UnitNormalizationOptions,
  UpSampling1dOptions,
  UpSampling2dOptions,
  ZeroPadding1dOptions,
  ZeroPadding2dOptions,
} from './layers/index.ts';
/** Layers, for `sequential` or to apply to the outputs of others. @category Namespaces */
export * as layers from './layers/index.ts';
export { type InputOptions, input, type SymbolicTensor } from './layers/symbolic.ts';
export type { Weight } from './layers/weights.ts';
export type { Loss, LossFunction, LossOptions, Reduction } from './loss.ts';
/** Losses, which are metrics too. @category Namespaces */
export * as losses from './loss-functions.ts';
export type { BinaryFocalCrossentropyOptions, FocalCrossentropyOptions } from './losses/focal.ts';
export type { DiceOptions, TverskyOptions } from './losses/overlap.ts';
export type {
  CrossentropyOptions,
  HuberOptions,
  LossName,
  SparseCategoricalCrossentropyOptions,
} from './losses.ts';
export type {
  AucOptions,
  BinaryAccuracyOptions,
  BinaryIoUOptions,
  CrossentropyMetricOptions,
  EpochMetric,
  ExactAucOptions,
  F1ScoreOptions,
  FBetaScoreOptions,
  IoUOptions,
  MeanIoUOptions,
  MeanOptions,
  Meter,
  MetricBatch,
  MetricOptions,
  OneHotIoUOptions,
  OneHotMeanIoUOptions,
  PrecisionAtRecallOptions,
  PrecisionOptions,
  R2ScoreOptions,
  RateOptions,
  RecallAtPrecisionOptions,
  SensitivityAtSpecificityOptions,
  SparseCrossentropyMetricOptions,
  SpecificityAtSensitivityOptions,
  ThresholdOptions,
  TopKOptions,
} from './metrics/index.ts';
/** Metrics over an epoch: precision, AUC, F-scores, intersection over union and others. @category Namespaces */
export * as metrics from './metrics/index.ts';
export type { AccuracyName, Metric, MetricObject } from './metrics.ts';
export type {
  CompileConfig,
  FunctionalConfig,
  MetricConfig,
  ModelConfig,
  SequentialConfig,
} from './model/config.ts';
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateCurve,
} from './model/find-learning-rate.ts';
export type { Registrable } from './model/from-config.ts';
export { type Functional, type FunctionalOptions, model, type Ports, type PredictionsOf } from './model/functional.ts';
export type { History } from './model/history.ts';
export { type LoadOptions, loadModel } from './model/load.ts';
export type { Callback, FitOptions, FitStreamOptions, Model } from './model/model.ts';
export type {
  BatchOptions,
  ClassWeight,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  LayerOutputsOptions,
  ModelData,
  ModelOptions,
  NamedWeight,
  PerOutput,
  Predictions,
  PredictOptions,
  SaveOptions,
  SequentialOptions,
  StreamOptions,
  WeightShape,
} from './model/options.ts';
export type { FitParams, Logs, Progress, StepsPlace } from './model/progress.ts';
export { type SampleOrderOptions, sampleOrder } from './model/sample-order.ts';
export { type Sequential, sequential } from './model/sequential.ts';
export { type SparseRows, sparse } from './model/sparse.ts';
export type { Batch, BatchSource, BatchStream, InputBatch, LabelledBatch, UnlabelledBatch } from './model/stream.ts';
export { activationNames, lossNames, optimizerNames } from './names.ts';
/** Models and their parts as plain JSON, and names for functions and classes of your own. @category Namespaces */
export * as configs from './namespaces/configs.ts';
/** Initial values of weights. @category Namespaces */
export * as initializers from './namespaces/initializers.ts';
/** Penalties on weights and outputs, added to the loss. @category Namespaces */
export * as regularizers from './namespaces/regularizers.ts';
export type {
  ArgMaxOptions,
  AxisOptions,
  BinaryOperation,
  CeluOptions,
  ConvOptions,
  CumsumOptions,
  EluOptions,
  FloatTensor,
  GeluOptions,
  GluOptions,
  IndexOperand,
  LeakyReluOptions,
  LikeOperation,
  MatmulOptions,
  Operand,
  OptionalOperation,
  OutOptions,
  Padding,
  PadOptions,
  PerAxis,
  PoolOptions,
  RandomNormalOptions,
  RandomUniformOptions,
  ReduceOptions,
  ReductionOperation,
  Result,
  ShrinkOptions,
  SoftmaxOptions,
  SplitOptions,
  SquareplusOptions,
  SqueezeOptions,
  SymbolicValue,
  TransposeOptions,
  TriangleOperation,
  TriangleOptions,
  UnaryOperation,
} from './ops/index.ts';
/** Operations under the names of `keras.ops`: run at once on tensors, recorded on symbolic values. @category Namespaces */
export * as ops from './ops/index.ts';
export type {
  AdabeliefOptions,
  AdaboundOptions,
  AdadeltaOptions,
  AdafactorOptions,
  AdagradOptions,
  AdamaxOptions,
  AdamOptions,
  AdanOptions,
  AdemamixOptions,
  AsgdOptions,
  CompiledName,
  DAdaptAdamOptions,
  EpsilonMode,
  FtrlOptions,
  GradientPair,
  LambOptions,
  LarsOptions,
  LbfgsOptions,
  LionOptions,
  LookaheadOptions,
  MomentumOptions,
  MultiOptimizerOptions,
  MuonOptions,
  NadamOptions,
  NovogradOptions,
  Optimizer,
  OptimizerAlias,
  OptimizerName,
  OptimizerOptions,
  ProdigyOptions,
  RadamOptions,
  RmspropOptions,
  RpropOptions,
  SamOptions,
  ScheduleFreeAdamWOptions,
  ScheduleFreeSgdOptions,
  SgdOptions,
  SoapOptions,
  SophiaOptions,
  YogiOptions,
} from './optimizers/index.ts';
/** Update rules, for `compile`, or for tensors by themselves. @category Namespaces */
export * as optimizers from './optimizers/index.ts';
export type { Regularizer, RegularizerFunction, RegularizerName } from './regularizers.ts';
export type {
  CosineDecayOptions,
  CosineDecayRestartsOptions,
  CyclicalOptions,
  DecayOptions,
  JoinSchedulesOptions,
  LinearOptions,
  NoamOptions,
  OneCycleOptions,
  PiecewiseConstantDecayOptions,
  PolynomialDecayOptions,
  Schedule,
  ScheduleName,
  StepOptions,
  WarmupOptions,
} from './schedules/index.ts';
/** Learning rates that change from step to step, for an optimizer's `learningRate`. @category Namespaces */
export * as schedules from './schedules/index.ts';
export {
  type ArrayData,
  type DataOf,
  type DType,
  type NestedArray,
  type SparseData,
  type Tensor,
  type TensorLike,
  type TensorOptions,
  tensor,
} from './tensor.ts';
