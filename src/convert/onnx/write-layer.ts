/** Layers as operators of ONNX. */
import { refuse } from '../refusal.ts';
import type { Call } from './call.ts';
import type { Value } from './emitter.ts';
import { activate, softmax } from './write-activations.ts';
import { concatenate, merge } from './write-merges.ts';
import { batch, group, layer, normalize, unit } from './write-normalizations.ts';
import { prelu, relu, rescale } from './write-pointwise.ts';
import { crop, pad, permute, repeat, upSample } from './write-shapes.ts';
import { convolution, globalPooling, pooling, separable, transposed } from './write-windows.ts';

type Write = (call: Call) => Value;

const same: Write = ({ x }) => x;

function dense(call: Call): Value {
  const { e, x, label, path, options, shape } = call;
  const from = e.natural(x, label);
  const kernel = e.floats(`${path}/kernel`, call.weight('kernel'));
  const bias = options.useBias === true ? [e.floats(`${path}/bias`, call.weight('bias'))] : [];
  const product =
    shape.length === 1 ? e.node('Gemm', [from, kernel, ...bias], label) : e.node('MatMul', [from, kernel], label);
  const y = shape.length === 1 || bias.length === 0 ? product : e.node('Add', [product, ...bias], label);
  return activate(e, e.value(y, shape), options.activation, { name: label, kind: call.kind });
}

const WRITERS: Readonly<Record<string, Write>> = {
  dense,
  conv1d: convolution,
  conv2d: convolution,
  depthwiseConv1d: convolution,
  depthwiseConv2d: convolution,
  separableConv1d: separable,
  separableConv2d: separable,
  conv1dTranspose: transposed,
  conv2dTranspose: transposed,
  maxPooling1d: pooling,
  maxPooling2d: pooling,
  averagePooling1d: pooling,
  averagePooling2d: pooling,
  globalMaxPooling1d: globalPooling,
  globalMaxPooling2d: globalPooling,
  globalAveragePooling1d: globalPooling,
  globalAveragePooling2d: globalPooling,
  activation: ({ e, x, options, label, kind }) => activate(e, x, options.activation, { name: label, kind }),
  flatten: ({ e, x, shape, label }) => (x.shape.length === 1 ? x : e.reshaped(x, shape, label)),
  reshape: ({ e, x, shape, label }) => e.reshaped(x, shape, label),
  permute,
  repeatVector: repeat,
  zeroPadding1d: pad,
  zeroPadding2d: pad,
  cropping1d: crop,
  cropping2d: crop,
  upSampling1d: upSample,
  upSampling2d: upSample,
  batchNormalization: batch,
  layerNormalization: layer,
  groupNormalization: group,
  unitNormalization: unit,
  normalization: normalize,
  rescaling: rescale,
  prelu,
  reLU: relu,
  leakyReLU: ({ e, x, options, label }) =>
    e.pointwise(x, 'LeakyRelu', label, { alpha: { f: options.negativeSlope as number } }),
  elu: ({ e, x, options, label }) => e.pointwise(x, 'Elu', label, { alpha: { f: options.alpha as number } }),
  softmax: ({ e, x, options, label }) => {
    const axis = options.axis as number;
    return softmax(e, x, 'Softmax', axis < 0 ? x.shape.length + axis : axis - 1, label);
  },
  add: merge,
  subtract: merge,
  multiply: merge,
  average: merge,
  maximum: merge,
  minimum: merge,
  concatenate,
  // they do nothing when a model predicts
  dropout: same,
  gaussianNoise: same,
  gaussianDropout: same,
  alphaDropout: same,
  spatialDropout1d: same,
  spatialDropout2d: same,
  randomFlip: same,
  randomRotation: same,
  randomTranslation: same,
  randomZoom: same,
  randomContrast: same,
};

/** Writes a call. @throws RangeError that names the layer if there is no writer for it */
export function writeCall(call: Call): Value {
  const write = Object.hasOwn(WRITERS, call.kind) ? WRITERS[call.kind] : undefined;
  if (write === undefined) refuse({ name: call.label, kind: call.kind }, 'it is not written as ONNX');
  return write(call);
}
