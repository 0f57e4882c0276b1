export type { Padding, PerAxis } from '../graph/operations/conv/options.ts';
export { type ActivationOptions, activation } from './activation.ts';
export { type PreluOptions, prelu } from './activations/prelu.ts';
export {
  type EluLayerOptions,
  elu,
  type LeakyReLUOptions,
  leakyReLU,
  type ReLUOptions,
  reLU,
} from './activations/relu.ts';
export { type SoftmaxLayerOptions, softmax } from './activations/softmax.ts';
export type { Axes } from './axes.ts';
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
export {
  type GlobalPoolingOptions,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalMaxPooling1d,
  globalMaxPooling2d,
} from './global-pooling.ts';
export { type RandomContrastOptions, randomContrast } from './images/random-contrast.ts';
export {
  type FlipMode,
  type RandomFlipOptions,
  type RandomRotationOptions,
  type RandomTranslationOptions,
  type RandomZoomOptions,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from './images/random-moves.ts';
export {
  centerCrop,
  type ImageSizeOptions,
  type ResizingOptions,
  randomCrop,
  resizing,
} from './images/resizing.ts';
export type { FillMode, Interpolation, RandomFactor, SamplingOptions } from './images/sampling.ts';
export { type CallContext, type LambdaOptions, lambda } from './lambda.ts';
export type { Layer, LayerOptions, Shape } from './layer.ts';
export { type ConcatenateOptions, concatenate } from './merging/concatenate.ts';
export { type DotOptions, dot } from './merging/dot.ts';
export { add, average, maximum, minimum, multiply, subtract } from './merging/elementwise.ts';
export {
  type AlphaDropoutOptions,
  alphaDropout,
  type GaussianDropoutOptions,
  type GaussianNoiseOptions,
  gaussianDropout,
  gaussianNoise,
} from './noise/gaussian.ts';
export { type SpatialDropoutOptions, spatialDropout1d, spatialDropout2d } from './noise/spatial-dropout.ts';
export { type Normalization, type NormalizationOptions, normalization } from './normalization/adapted.ts';
export type { AffineOptions } from './normalization/affine.ts';
export { type BatchNormalizationOptions, batchNormalization } from './normalization/batch.ts';
export { type GroupNormalizationOptions, groupNormalization } from './normalization/group.ts';
export { type LayerNormalizationOptions, layerNormalization } from './normalization/layer.ts';
export { type UnitNormalizationOptions, unitNormalization } from './normalization/unit.ts';
export { type RescalingOptions, rescaling } from './rescaling.ts';
export {
  type Cropping1dOptions,
  type Cropping2dOptions,
  cropping1d,
  cropping2d,
  type Sides,
  type ZeroPadding1dOptions,
  type ZeroPadding2dOptions,
  zeroPadding1d,
  zeroPadding2d,
} from './reshaping/padding.ts';
export { type PermuteOptions, permute, type RepeatVectorOptions, repeatVector } from './reshaping/permute.ts';
export {
  type UpSampling1dOptions,
  type UpSampling2dOptions,
  upSampling1d,
  upSampling2d,
} from './reshaping/up-sampling.ts';
