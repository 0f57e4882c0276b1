/** How PyTorch lays out the weights that this library has: channels first, outputs before inputs. */
import type { Layer } from '../../layers/layer.ts';
import type { Network } from '../../model/network.ts';
import type { ArrayOf } from '../described.ts';
import { refuse } from '../refusal.ts';

/** A weight of ours as PyTorch's: seen in the shape `view`, its axes in the order `axes`, and then of `shape`. */
export interface Layout {
  /** Its name in PyTorch: `weight`. */
  readonly name: string;
  readonly view: readonly number[];
  readonly axes: readonly number[];
  readonly shape: readonly number[];
}

const plain = (name: string, shape: readonly number[]): Layout => ({
  name,
  view: shape,
  axes: shape.map((_, i) => i),
  shape,
});

const NORMALIZED: Readonly<Record<string, string>> = {
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};
/** Layers that keep the order of the numbers of a sample. */
const KEEPING = [
  'dropout',
  'activation',
  'reLU',
  'leakyReLU',
  'elu',
  'gaussianNoise',
  'gaussianDropout',
  'alphaDropout',
];

/** The shape of the samples that a dense layer gets flattened; undefined if it gets others, or none that have channels. */
export function flattenedOf({ calls, shapes, inputs }: Network, layer: Layer): readonly number[] | undefined {
  let call = calls.find((one) => one.layer === layer);
  for (;;) {
    const value = call?.inputs[0] ?? 0;
    call = calls[value - inputs.length];
    if (value < inputs.length || call === undefined) return undefined;
    if (call.layer.kind === 'flatten') return shapes[call.inputs[0] ?? 0];
    if (!KEEPING.includes(call.layer.kind)) return undefined;
  }
}

/** Channels first: [height, width, channels, ...] as [..., channels, height, width]. */
const channelsFirst = (rank: number, behind: readonly number[]): readonly number[] => [
  ...behind,
  rank - 1,
  ...Array.from({ length: rank - 1 }, (_, i) => i),
];

function kernelOf(layer: Layer, shape: readonly number[], flattened: readonly number[] | undefined): Layout {
  const rank = shape.length;
  const [last = 1, before = 1] = [shape.at(-1), shape.at(-2)];
  const spatial = shape.slice(0, -2);
  const window = spatial.map((_, i) => i);
  switch (layer.kind) {
    case 'dense': {
      if (flattened === undefined || flattened.length < 2)
        return { name: 'weight', view: shape, axes: [1, 0], shape: [last, before] };
      const axes = channelsFirst(flattened.length, [flattened.length]);
      return { name: 'weight', view: [...flattened, last], axes, shape: [last, before] };
    }
    case 'conv1d':
    case 'conv2d':
    case 'conv1dTranspose':
    case 'conv2dTranspose':
      return { name: 'weight', view: shape, axes: [rank - 1, rank - 2, ...window], shape: [last, before, ...spatial] };
    case 'depthwiseConv1d':
    case 'depthwiseConv2d':
      return {
        name: 'weight',
        view: shape,
        axes: [rank - 2, rank - 1, ...window],
        shape: [before * last, 1, ...spatial],
      };
    default:
      return refuse({ name: layer.name, kind: layer.kind }, 'PyTorch has no module with such weights');
  }
}

/** @throws RangeError that names the layer if PyTorch has no module of its kind */
export function layoutOf(
  layer: Layer,
  weight: string,
  shape: readonly number[],
  flattened: readonly number[] | undefined,
): Layout {
  if (weight === 'kernel') return kernelOf(layer, shape, flattened);
  if (weight === 'bias') return plain('bias', shape);
  const name = NORMALIZED[weight];
  if (name === undefined || !/^(batch|layer|group)Normalization$/.test(layer.kind))
    refuse({ name: layer.name, kind: layer.kind }, 'PyTorch has no module with such weights');
  return plain(name, shape);
}

/** Numbers with their axes in another order. */
function transposed(data: Float32Array, view: readonly number[], axes: readonly number[]): Float32Array {
  const strides = view.map((_, i) => view.slice(i + 1).reduce((a, b) => a * b, 1));
  const shape = axes.map((axis) => view[axis] ?? 1);
  const steps = axes.map((axis) => strides[axis] ?? 1);
  const place = shape.map(() => 0);
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[at] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis] ?? 0;
      place[axis] = (place[axis] ?? 0) + 1;
      if (place[axis] !== shape[axis]) break;
      at -= (steps[axis] ?? 0) * (shape[axis] ?? 0);
      place[axis] = 0;
    }
  }
  return result;
}

/** A weight of ours as PyTorch has it. */
export const toTorch = (data: Float32Array, { view, axes, shape }: Layout): ArrayOf => ({
  shape,
  data: transposed(data, view, axes),
});

/** The numbers of PyTorch's weight as we have them. */
export function fromTorch(data: Float32Array, { view, axes }: Layout): Float32Array {
  const back = axes.map((_, axis) => axes.indexOf(axis));
  return transposed(
    data,
    axes.map((axis) => view[axis] ?? 1),
    back,
  );
}
