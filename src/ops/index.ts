/**
 * Operations under the names of Keras 3's `keras.ops`: run at once on tensors, recorded (and differentiable) on symbolic values; numbers and
 * nested arrays may be mixed in.
 */

export type { Padding, PerAxis } from '../graph/operations/conv/options.ts';
export {
  activation,
  type EluOptions,
  elu,
  type GeluOptions,
  gelu,
  hardSigmoid,
  hardSilu,
  hardTanh,
  type LeakyReluOptions,
  leakyRelu,
  logSoftmax,
  relu,
  relu6,
  type SoftmaxOptions,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
} from './activations.ts';
export { add, divide, maximum, minimum, multiply, power, subtract } from './arithmetic.ts';
export { equal, greater, greaterEqual, less, lessEqual, logicalNot, notEqual, where } from './comparisons.ts';
export {
  averagePool,
  type ConvOptions,
  conv,
  depthwiseConv,
  maxPool,
  type PoolOptions,
} from './convolution.ts';
export type { BinaryOperation, OptionalOperation, UnaryOperation } from './elementwise.ts';
export {
  abs,
  ceil,
  clip,
  cos,
  erf,
  exp,
  expm1,
  floor,
  log,
  log1p,
  negate,
  reciprocal,
  round,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
} from './functions.ts';
export {
  type CeluOptions,
  celu,
  type GluOptions,
  glu,
  hardShrink,
  logSigmoid,
  mish,
  type ShrinkOptions,
  type SquareplusOptions,
  softShrink,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanhShrink,
} from './further-activations.ts';
export {
  type LikeOperation,
  onesLike,
  stopGradient,
  type TriangleOperation,
  type TriangleOptions,
  tril,
  triu,
  zerosLike,
} from './masks.ts';
export type { FloatTensor, IndexOperand, Operand, OutOptions, Result } from './operand.ts';
export {
  type AxisOptions,
  concatenate,
  type PadOptions,
  pad,
  type SplitOptions,
  slice,
  split,
  stack,
} from './pieces.ts';
export { dot, type MatmulOptions, matmul } from './products.ts';
export { type RandomNormalOptions, type RandomUniformOptions, randomNormal, randomUniform } from './random.ts';
export {
  type ArgMaxOptions,
  argMax,
  type CumsumOptions,
  cumsum,
  logSumExp,
  max,
  mean,
  min,
  norm,
  prod,
  type ReduceOptions,
  type ReductionOperation,
  std,
  sum,
  variance,
} from './reductions.ts';
export { broadcastTo, repeat, tile } from './repeats.ts';
export { expandDims, reshape, type SqueezeOptions, squeeze, type TransposeOptions, transpose } from './shape.ts';
export type { SymbolicValue } from './symbolic.ts';
export { oneHot, take } from './tables.ts';
