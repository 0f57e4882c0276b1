/** The sizes of convolutions and poolings, from what a layer is given. */
import * as layout from '../../../../assembly/conv/layout.ts';
import type { Graph, Value } from '../../graph.ts';
import type { Padding } from './options.ts';

/** One axis: of the input and the output, the kernel and how it moves. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  /** Padding in front. */
  readonly before: number;
  readonly dilation: number;
}

/** The sizes of one axis as Keras has them: of an odd padding the larger half goes behind. An output below 1 is the caller's to refuse. */
export function axisOf(
  input: number,
  kernel: number,
  stride: number,
  padding: Padding | 'causal',
  dilation: number,
): Axis {
  const span = (kernel - 1) * dilation + 1;
  const axis = { input, kernel, stride, dilation };
  if (padding === 'valid') return { ...axis, before: 0, output: Math.floor((input - span) / stride) + 1 };
  const output = Math.ceil(input / stride);
  if (padding === 'causal') return { ...axis, before: span - 1, output };
  const all = Math.max(0, (output - 1) * stride + span - input);
  return { ...axis, before: Math.floor(all / 2), output };
}

/** Two axes, and the channels of both sides. */
export interface Sizes {
  readonly y: Axis;
  readonly x: Axis;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
}

/** The block of int32 that the kernels read. */
export function describe(graph: Graph, { y, x, channels, filters, groups }: Sizes): Value {
  const block = new Int32Array(layout.length);
  block[layout.height] = y.input;
  block[layout.width] = x.input;
  block[layout.channels] = channels;
  block[layout.outHeight] = y.output;
  block[layout.outWidth] = x.output;
  block[layout.filters] = filters;
  block[layout.kernelHeight] = y.kernel;
  block[layout.kernelWidth] = x.kernel;
  block[layout.strideY] = y.stride;
  block[layout.strideX] = x.stride;
  block[layout.top] = y.before;
  block[layout.left] = x.before;
  block[layout.dilationY] = y.dilation;
  block[layout.dilationX] = x.dilation;
  block[layout.groups] = groups;
  return graph.constant([layout.length], block);
}

/** The sizes that `describe` has written. */
export function sizesIn({ data }: Value): Sizes {
  const at = (index: number): number => data?.[index] ?? 0;
  const axis = (places: readonly number[]): Axis => {
    const [input = 0, output = 0, kernel = 0, stride = 0, before = 0, dilation = 0] = places.map(at);
    return { input, output, kernel, stride, before, dilation };
  };
  const { height, outHeight, kernelHeight, strideY, top, dilationY } = layout;
  const { width, outWidth, kernelWidth, strideX, left, dilationX } = layout;
  return {
    y: axis([height, outHeight, kernelHeight, strideY, top, dilationY]),
    x: axis([width, outWidth, kernelWidth, strideX, left, dilationX]),
    channels: at(layout.channels),
    filters: at(layout.filters),
    groups: at(layout.groups),
  };
}

export const inputShape = ({ y, x, channels }: Sizes): readonly number[] => [y.input, x.input, channels];
export const outputShape = ({ y, x, filters }: Sizes): readonly number[] => [y.output, x.output, filters];
export const kernelShape = ({ y, x, channels, filters, groups }: Sizes): readonly number[] => [
  y.kernel,
  x.kernel,
  channels / groups,
  filters,
];
