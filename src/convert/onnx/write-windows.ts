/** Convolutions and poolings as operators of ONNX, on images with their channels first. */
import { axisOf } from '../../graph/operations/conv/sizes.ts';
import type { Padding } from '../../layers/index.ts';
import { sizeOf } from '../../validate.ts';
import { kernelLayout, toTorch } from '../pytorch/arrays.ts';
import type { Call } from './call.ts';
import { channelsFirst, type Value } from './emitter.ts';
import { activate } from './write-activations.ts';

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding | 'causal';
}

function windowOf({ options }: Call, size: 'kernelSize' | 'poolSize'): Window {
  const kernel = options[size] as readonly number[];
  return {
    kernel,
    strides: options.strides as readonly number[],
    dilations: (options.dilationRate as readonly number[] | undefined) ?? kernel.map(() => 1),
    padding: options.padding as Padding,
  };
}

/** The window as attributes; padding in numbers, as this library computes it. */
function attributesOf({ kernel, strides, dilations, padding }: Window, spatial: readonly number[]) {
  const sides = spatial.map((size, i) => {
    const [own = 1, stride = 1, dilation = 1] = [kernel[i], strides[i], dilations[i]];
    const { before, output } = axisOf(size, own, stride, padding, dilation);
    return [before, Math.max(0, (output - 1) * stride + (own - 1) * dilation + 1 - size - before)] as const;
  });
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    pads: { ints: [...sides.map(([before]) => before), ...sides.map(([, behind]) => behind)] },
  };
}

/** A layer's kernel with the channels first. */
function kernel(call: Call, kind: string, weight: string): string {
  const { shape, data } = call.weight(weight);
  const array = toTorch(data, kernelLayout({ name: call.label, kind }, shape));
  return call.e.floats(`${call.path}/${weight}`, array);
}

/** The output of the layer, whose last operator is `at`. */
function made(call: Call, at: string): Value {
  const y = call.e.value(at, call.shape, channelsFirst(call.shape.length + 1));
  return activate(call.e, y, call.options.activation, { name: call.label, kind: call.kind });
}

const firstOf = (call: Call): string => call.e.arranged(call.x, channelsFirst(call.x.shape.length + 1), call.label);

const biasOf = (call: Call): string[] =>
  call.options.useBias === true ? [call.e.floats(`${call.path}/bias`, call.weight('bias'))] : [];

/** `conv1d`, `conv2d` and their depthwise relatives. */
export function convolution(call: Call): Value {
  const { e, options, kind, x, label } = call;
  const window = windowOf(call, 'kernelSize');
  const channels = x.shape.at(-1) ?? 1;
  const group = kind.startsWith('depthwise') ? channels : ((options.groups as number | undefined) ?? 1);
  const inputs = [firstOf(call), kernel(call, kind, 'kernel'), ...biasOf(call)];
  const at = e.node('Conv', inputs, label, {
    ...attributesOf(window, x.shape.slice(0, -1)),
    dilations: { ints: window.dilations },
    group: { i: group },
  });
  return made(call, at);
}

/** A depthwise convolution, and one of size 1. */
export function separable(call: Call): Value {
  const { e, x, label } = call;
  const window = windowOf(call, 'kernelSize');
  const depthwise = [firstOf(call), kernel(call, 'depthwiseConv2d', 'depthwiseKernel')];
  const between = e.node('Conv', depthwise, label, {
    ...attributesOf(window, x.shape.slice(0, -1)),
    dilations: { ints: window.dilations },
    group: { i: x.shape.at(-1) ?? 1 },
  });
  return made(
    call,
    e.node('Conv', [between, kernel(call, 'conv2d', 'pointwiseKernel'), ...biasOf(call)], label, {
      kernel_shape: { ints: window.kernel.map(() => 1) },
    }),
  );
}

/** ONNX cuts off what the padding of the convolution that leads back adds, or adds what the stride leaves out. */
export function transposed(call: Call): Value {
  const { e, x, label, kind, shape } = call;
  const { kernel: size, strides, dilations, padding } = windowOf(call, 'kernelSize');
  const sides = shape.slice(0, -1).map((output, i) => {
    const [own = 1, stride = 1, dilation = 1, input = 1] = [size[i], strides[i], dilations[i], x.shape[i]];
    const { before } = axisOf(output, own, stride, padding, dilation);
    const behind = (input - 1) * stride + (own - 1) * dilation + 1 - before - output;
    return { before, behind: Math.max(0, behind), more: Math.max(0, -behind) };
  });
  const at = e.node('ConvTranspose', [firstOf(call), kernel(call, kind, 'kernel'), ...biasOf(call)], label, {
    kernel_shape: { ints: size },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: [...sides.map(({ before }) => before), ...sides.map(({ behind }) => behind)] },
    output_padding: { ints: sides.map(({ more }) => more) },
  });
  return made(call, at);
}

/** Padding does not count, for means either. */
export function pooling(call: Call): Value {
  const op = call.kind.startsWith('max') ? 'MaxPool' : 'AveragePool';
  const window = windowOf(call, 'poolSize');
  const at = call.e.node(op, [firstOf(call)], call.label, attributesOf(window, call.x.shape.slice(0, -1)));
  return call.e.value(at, call.shape, channelsFirst(call.shape.length + 1));
}

export function globalPooling(call: Call): Value {
  const { e, x, label, kind, shape } = call;
  const op = kind.startsWith('globalMax') ? 'GlobalMaxPool' : 'GlobalAveragePool';
  const pooled = e.node(op, [firstOf(call)], label);
  if (shape.length === x.shape.length) return e.value(pooled, shape, channelsFirst(shape.length + 1));
  return e.value(e.node('Flatten', [pooled], label), [sizeOf(shape)]);
}
