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
export {
  averagePool,
  type ConvOptions,
  conv,
  depthwiseConv,
  maxPool,
  type PoolOptions,
} from './convolution.ts';
export {
  abs,
  add,
  type BinaryOperation,
  ceil,
  clip,
  cos,
  divide,
  equal,
  erf,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  logicalNot,
  maximum,
  minimum,
  multiply,
  negate,
  notEqual,
  type OptionalOperation,
  power,
  reciprocal,
  round,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
  subtract,
  type UnaryOperation,
  where,
} from './elementwise.ts';
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
