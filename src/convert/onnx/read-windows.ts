/** Convolutions and poolings of ONNX, whose images have their channels first, as layers. */
import type { Json } from '../../config.ts';
import { axisOf } from '../../graph/operations/conv/sizes.ts';
import type { Padding } from '../../layers/index.ts';
import { show, showShape, sizeOf } from '../../validate.ts';
import { fromTorch, kernelLayout } from '../pytorch/arrays.ts';
import type { Source } from './builder.ts';
import type { Constant } from './constants.ts';
import { type Context, channelsLast, made, type Value } from './context.ts';
import { absorb, isPositive } from './read-activations.ts';
import { resultShape } from './read-shapes.ts';

interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly span: number;
  readonly before: number;
  /** As the file has it: the window may not reach that far. */
  readonly behind: number;
}

const ones = (axes: readonly unknown[]): readonly number[] => axes.map(() => 1);

/** The window of a node on images of these sizes. */
function axesOf(context: Context, spatial: readonly number[], kernel: readonly number[]): readonly Axis[] {
  const list = (name: string, otherwise: readonly number[], length: number): readonly number[] => {
    const found = context.integers(name) ?? otherwise;
    if (found.length === length && found.every((one) => Number.isSafeInteger(one) && one >= 0 && one < 2 ** 31))
      return found;
    return context.refuse(`${name} must hold ${length} numbers of at least 0, got ${show(found)}`);
  };
  const rank = spatial.length;
  const strides = list('strides', ones(spatial), rank);
  const dilations = list('dilations', ones(spatial), rank);
  const pads = list('pads', [...spatial, ...spatial].fill(0), 2 * rank);
  const auto = context.text('auto_pad', 'NOTSET');
  if ([...kernel, ...strides, ...dilations].includes(0)) context.refuse('a window, a stride or a dilation of 0');
  return spatial.map((input, i) => {
    const [own = 1, stride = 1, dilation = 1] = [kernel[i], strides[i], dilations[i]];
    const axis = { input, kernel: own, stride, dilation, span: (own - 1) * dilation + 1 };
    if (!auto.startsWith('SAME')) return { ...axis, before: pads[i] ?? 0, behind: pads[i + rank] ?? 0 };
    const all = Math.max(0, (Math.ceil(input / stride) - 1) * stride + axis.span - input);
    const less = Math.floor(all / 2);
    return auto === 'SAME_UPPER'
      ? { ...axis, before: less, behind: all - less }
      : { ...axis, before: all - less, behind: less };
  });
}

const outputOf = ({ input, before, behind, span, stride }: Axis, round = Math.floor): number =>
  round((input + before + behind - span) / stride) + 1;

/** The padding of ours that moves the window in the same way; undefined if there is none. */
function paddingOf(
  axes: readonly Axis[],
  outputs: readonly number[],
  kinds: readonly (Padding | 'causal')[] = ['valid', 'same'],
): Padding | 'causal' | undefined {
  return kinds.find((kind) =>
    axes.every(({ input, kernel, stride, dilation, before }, i) => {
      const own = axisOf(input, kernel, stride, kind, dilation);
      return own.before === before && own.output === outputs[i];
    }),
  );
}

/** What the window reaches over the edges. */
const sidesOf = (axes: readonly Axis[], outputs: readonly number[]): readonly (readonly [number, number])[] =>
  axes.map(({ input, before, stride, span }, i) => [
    before,
    Math.max(0, ((outputs[i] ?? 1) - 1) * stride + span - input - before),
  ]);

const dimension = (axes: readonly unknown[]): string => `${axes.length}d`;

/** Zeros around images, or what is cut off. */
const sided = (sides: readonly (readonly [number, number])[]): Json => (sides.length === 1 ? (sides[0] ?? []) : sides);

/** The images, channels last, and their sizes. */
function images(context: Context): {
  readonly x: Value;
  readonly at: number;
  readonly channels: number;
  readonly spatial: readonly number[];
} {
  const x = context.value();
  context.checkRank(x, [2, 3]);
  const [channels = 1, ...spatial] = x.shape;
  return { x, at: context.arranged(x, channelsLast(x.shape.length)), channels, spatial };
}

/** A value of images, channels last, for ONNX channels first. */
const ofImages = (at: number, channels: number, spatial: readonly number[], positive: boolean): Value =>
  made(at, [channels, ...spatial], channelsLast(spatial.length + 1), positive);

function checkSizes(context: Context, outputs: readonly number[], spatial: readonly number[]): void {
  if (outputs.some((one) => !(one >= 1)))
    context.refuse(`its window does not fit into samples with positions ${showShape(spatial)}`);
}

function biasOf(context: Context, filters: number): Readonly<Record<string, Source>> {
  if (!context.has(2)) return {};
  const from = context.weight(2);
  if (sizeOf(from.shape) !== filters)
    context.refuse(`its bias must have ${filters} numbers, got ${showShape(from.shape)}`);
  return { bias: { from, shape: [filters], numbers: () => from.floats() } };
}

/** The kernel in the shape that a layer of this kind has. */
function kernelOf(context: Context, from: Constant, kind: string, shape: readonly number[]): Source {
  const layout = kernelLayout({ name: context.output, kind }, shape);
  return { from, shape, numbers: () => fromTorch(from.floats(), layout) };
}

export function convolution(context: Context): Value {
  const { at, channels, spatial } = images(context);
  const from = context.weight(1);
  const [filters = 1, within = 1, ...kernel] = from.shape;
  const groups = context.integer('group', 1);
  if (kernel.length !== spatial.length || within * groups !== channels || filters % groups !== 0)
    context.refuse(`its kernel ${showShape(from.shape)} in ${groups} groups does not fit ${channels} channels`);
  const axes = axesOf(context, spatial, kernel);
  if (axes.some(({ stride }) => stride > 1) && axes.some(({ dilation }) => dilation > 1))
    context.refuse('strides and dilations both above 1');
  const outputs = axes.map((axis) => outputOf(axis));
  checkSizes(context, outputs, spatial);
  const kinds = axes.length === 1 ? (['valid', 'same', 'causal'] as const) : undefined;
  const padding = paddingOf(axes, outputs, kinds);
  const x =
    padding === undefined
      ? context.layer(`zeroPadding${dimension(axes)}`, { padding: sided(sidesOf(axes, outputs)) }, [at])
      : at;
  const depthwise = groups === channels && channels > 1;
  const kind = `${depthwise ? 'depthwiseConv' : 'conv'}${dimension(axes)}`;
  const own = depthwise ? [...kernel, channels, filters / channels] : [...kernel, within, filters];
  const bias = biasOf(context, filters);
  const activation = absorb(context, channelsLast(spatial.length + 1));
  const options = {
    ...(depthwise ? { depthMultiplier: filters / channels } : { filters, groups }),
    kernelSize: kernel,
    strides: axes.map(({ stride }) => stride),
    dilationRate: axes.map(({ dilation }) => dilation),
    padding: padding ?? 'valid',
    activation,
    useBias: context.has(2),
  };
  const y = context.layer(kind, options, [x], { kernel: kernelOf(context, from, kind, own), ...bias });
  return ofImages(y, filters, outputs, isPositive(activation));
}

export function transposedConvolution(context: Context): Value {
  const { at, channels, spatial } = images(context);
  const from = context.weight(1);
  const [inputs, filters = 1, ...kernel] = from.shape;
  if (kernel.length !== spatial.length || inputs !== channels)
    context.refuse(`its kernel ${showShape(from.shape)} does not fit ${channels} channels`);
  if (context.integer('group', 1) !== 1) context.refuse('there are no groups of transposed convolutions');
  if (context.integers('output_shape') !== undefined || context.text('auto_pad', 'NOTSET') !== 'NOTSET')
    context.refuse('output_shape and auto_pad have no counterpart; write pads and output_padding');
  const axes = axesOf(context, spatial, kernel);
  const more = context.integers('output_padding') ?? spatial.map(() => 0);
  if (more.length !== axes.length || more.some((one, i) => !(one >= 0 && one < (axes[i]?.stride ?? 1))))
    context.refuse(`output_padding must be from 0 to below the stride, got ${show(more)}`);
  const whole = axes.map(({ input, stride, span }, i) => (input - 1) * stride + span + (more[i] ?? 0));
  const outputs = whole.map((size, i) => size - (axes[i]?.before ?? 0) - (axes[i]?.behind ?? 0));
  checkSizes(context, outputs, spatial);
  const same = axes.every(({ input, kernel: size, stride, dilation, before }, i) => {
    const back = axisOf(outputs[i] ?? 1, size, stride, 'same', dilation);
    return outputs[i] === input * stride && back.before === before;
  });
  const cut = !same && axes.some(({ before, behind }) => before + behind > 0);
  const kind = `conv${dimension(axes)}Transpose`;
  const bias = biasOf(context, filters);
  const activation = cut ? 'linear' : absorb(context, channelsLast(spatial.length + 1));
  const options = {
    filters,
    kernelSize: kernel,
    strides: axes.map(({ stride }) => stride),
    dilationRate: axes.map(({ dilation }) => dilation),
    padding: same ? 'same' : 'valid',
    ...(!same && { outputPadding: more }),
    activation,
    useBias: context.has(2),
  };
  const own = [...kernel, filters, channels];
  const y = context.layer(kind, options, [at], { kernel: kernelOf(context, from, kind, own), ...bias });
  if (!cut) return ofImages(y, filters, outputs, isPositive(activation));
  const cropping = sided(axes.map(({ before, behind }) => [before, behind] as const));
  return ofImages(context.layer(`cropping${dimension(axes)}`, { cropping }, [y]), filters, outputs, false);
}

export function pooling(context: Context): Value {
  const { x, at, channels, spatial } = images(context);
  const mean = context.node.op === 'AveragePool';
  context.checkOutputs();
  const kernel = context.integers('kernel_shape') ?? [];
  if (kernel.length !== spatial.length)
    context.refuse(`kernel_shape must hold ${spatial.length} sizes, got ${show(kernel)}`);
  const axes = axesOf(context, spatial, kernel);
  if (axes.some(({ dilation }) => dilation > 1)) context.refuse('poolings have no dilations');
  const round = context.integer('ceil_mode', 0) === 1 ? Math.ceil : Math.floor;
  const outputs = axes.map((axis) => outputOf(axis, round));
  checkSizes(context, outputs, spatial);
  const counted = mean && context.integer('count_include_pad', 0) === 1;
  const sides = sidesOf(axes, outputs);
  const padded = sides.some(([before, behind]) => before + behind > 0);
  if (counted && axes.some((axis, i) => outputOf(axis) !== outputs[i]))
    context.refuse('ceil_mode with padding that counts');
  const padding = counted && padded ? undefined : paddingOf(axes, outputs);
  // zeros do not count where no number is smaller
  if (padding === undefined && !counted && (mean || !x.positive))
    context.refuse(
      `its padding ${show(axes.flatMap(({ before, behind }) => [before, behind]))} is not that of 'same', and counts neither for a mean nor for the largest of numbers below 0`,
    );
  const from =
    padding === undefined ? context.layer(`zeroPadding${dimension(axes)}`, { padding: sided(sides) }, [at]) : at;
  const options = { poolSize: kernel, strides: axes.map(({ stride }) => stride), padding: padding ?? 'valid' };
  const y = context.layer(`${mean ? 'average' : 'max'}Pooling${dimension(axes)}`, options, [from]);
  return ofImages(y, channels, outputs, x.positive);
}

/** The mean or the largest of all positions, for the channels of one axis. */
export function overPositions(context: Context, x: Value, channel: number, mean: boolean, keepdims: boolean): Value {
  context.checkRank(x, [2, 3]);
  const { at, order } = context.withLast(x, channel);
  const { output } = context;
  // the shape that the next node gives it, if that leaves the channels alone
  const next = keepdims ? context.next(output) : undefined;
  const kept = x.shape.map((size, axis) => (axis === channel ? size : 1));
  const flat = next !== undefined && resultShape(next, context, kept)?.length === 1;
  if (flat) context.take(next);
  const kind = `global${mean ? 'Average' : 'Max'}Pooling${dimension(order.slice(1))}`;
  const y = context.layer(kind, { keepdims: keepdims && !flat }, [at]);
  return keepdims && !flat ? made(y, kept, order, x.positive) : made(y, [x.shape[channel] ?? 1], [0], x.positive);
}

export const globalPooling = (context: Context): Value =>
  overPositions(context, context.value(), 0, context.node.op === 'GlobalAveragePool', true);
