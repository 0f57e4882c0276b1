export type { Padding, PerAxis } from '../graph/operations/conv/options.ts';
export { type ActivationOptions, activation } from './activation.ts';
export { type BatchNormalizationOptions, batchNormalization } from './batch-normalization.ts';
export { type Conv1dOptions, type Conv2dOptions, conv1d, conv2d } from './conv/conv.ts';
export {
  type DepthwiseConv2dOptions,
  depthwiseConv1d,
  depthwiseConv2d,
  type SeparableConv2dOptions,
  separableConv1d,
  separableConv2d,
} from './conv/depthwise.ts';
export type { ConvolutionOptions } from './conv/options.ts';
export {
  averagePooling1d,
  averagePooling2d,
  maxPooling1d,
  maxPooling2d,
  type PoolingOptions,
} from './conv/pooling.ts';
export { type Conv2dTransposeOptions, conv1dTranspose, conv2dTranspose } from './conv/transpose.ts';
export { type DenseOptions, dense } from './dense.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { flatten, type ReshapeOptions, reshape } from './flatten.ts';
export { type CallContext, type LambdaOptions, lambda } from './lambda.ts';
export type { Layer, LayerOptions, Shape } from './layer.ts';
export {
  type GroupNormalizationOptions,
  groupNormalization,
  type LayerNormalizationOptions,
  layerNormalization,
} from './layer-normalization.ts';
export {
  add,
  average,
  type ConcatenateOptions,
  concatenate,
  type DotOptions,
  dot,
  maximum,
  minimum,
  multiply,
  subtract,
} from './merge.ts';
export { type UnitNormalizationOptions, unitNormalization } from './unit-normalization.ts';
