export { type ActivationOptions, activation } from './activation.ts';
export { type BatchNormalizationOptions, batchNormalization } from './batch-normalization.ts';
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
