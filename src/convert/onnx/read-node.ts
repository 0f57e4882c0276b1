/** Which operator of ONNX is read by what. */

import { tableOf } from '../refusal.ts';
import type { Context, Value } from './context.ts';
import type { Node } from './proto.ts';
import { FLOAT } from './proto.ts';
import { activation, pattern } from './read-activations.ts';
import { gemm, product } from './read-dense.ts';
import { batch, groups, layer, reduce, unit } from './read-normalizations.ts';
import { dropout, merge, prelu } from './read-pointwise.ts';
import { concatenate, pad, reshape, resize, slice, tile, transpose } from './read-shapes.ts';
import { convolution, globalPooling, pooling, transposedConvolution } from './read-windows.ts';

type Read = (context: Context) => Value;

function cast(context: Context): Value {
  const to = context.integer('to', FLOAT);
  return to === FLOAT ? context.value() : context.refuse(`it makes elements of ONNX' type ${to}, expected float32`);
}

/** Several that are read in the same way. */
const each = (ops: readonly string[], read: Read) => Object.fromEntries(ops.map((op) => [op, read]));

const READERS: Readonly<Record<string, Read>> = tableOf({
  Gemm: gemm,
  MatMul: product,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  ...each(['MaxPool', 'AveragePool'], pooling),
  ...each(['GlobalMaxPool', 'GlobalAveragePool'], globalPooling),
  ...each(['ReduceMean', 'ReduceMax'], reduce),
  BatchNormalization: batch,
  LayerNormalization: layer,
  ...each(['InstanceNormalization', 'GroupNormalization'], groups),
  LpNormalization: unit,
  ...each(['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'], reshape),
  Transpose: transpose,
  Concat: concatenate,
  Pad: pad,
  Slice: slice,
  Tile: tile,
  ...each(['Resize', 'Upsample'], resize),
  Dropout: dropout,
  PRelu: prelu,
  ...each(['Add', 'Sum', 'Sub', 'Mul', 'Div', 'Mean', 'Max', 'Min'], merge),
  ...each(['Relu', 'LeakyRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'Gelu', 'Exp', 'Mish'], activation),
  ...each(['Sigmoid', 'HardSigmoid', 'Tanh', 'Softplus', 'Softsign', 'HardSwish', 'Swish'], activation),
  ...each(['Shrink', 'Clip', 'Softmax', 'LogSoftmax'], activation),
  Erf: (context) =>
    context.refuse('it is no part of gelu that is known here; write gelu as one node, with opset 20 or newer'),
  // known as a part of an activation
  ...each(['Abs', 'Greater', 'Where'], (context) => context.refuse('there is no such layer')),
  Identity: (context) => context.value(),
  Cast: cast,
});

/** Operators that only make constants. */
const CONSTANT = ['Constant', 'ConstantOfShape', 'Shape', 'Gather'];

const isOnnx = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

/** Whether the operator is known, whatever its attributes. */
export const isKnown = ({ op, domain }: Node): boolean =>
  isOnnx(domain) && (Object.hasOwn(READERS, op) || CONSTANT.includes(op));

/** The value that a node makes. @throws RangeError that names the node if no layer does the same */
export function readNode(context: Context): Value {
  const { op } = context.node;
  const read = Object.hasOwn(READERS, op) ? READERS[op] : undefined;
  return read === undefined ? context.refuse('it must have constant inputs') : (pattern(context) ?? read(context));
}
