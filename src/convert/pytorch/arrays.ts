/** How PyTorch lays out the weights that this library has: channels first, outputs before inputs. */
import type { Layer } from '../../layers/layer.ts';
import type { ArrayOf } from '../described.ts';
import { inverse } from '../orders.ts';
import { type Named, refuse } from '../refusal.ts';

/** A weight of ours as PyTorch's: seen in the shape `view`, its axes in the order `axes`, and then of `shape`. */
export interface Layout {
  /** Its name in PyTorch: `weight`. */
  readonly name: string;
  readonly view: readonly number[];
  readonly axes: readonly number[];
  readonly shape: readonly number[];
  /** Where in ours each entry of the first axis is, if not at the same place. */
  readonly order?: readonly number[] | undefined;
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

/** A layer's kernel with the channels first, as PyTorch and ONNX have it. @throws RangeError that names a layer of another kind */
export function kernelLayout(layer: Named, shape: readonly number[]): Layout {
  const rank = shape.length;
  const [last = 1, before = 1] = [shape.at(-1), shape.at(-2)];
  const spatial = shape.slice(0, -2);
  const window = spatial.map((_, i) => i);
  switch (layer.kind) {
    case 'dense':
      return { name: 'weight', view: shape, axes: [1, 0], shape: [last, before] };
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
      return refuse(layer, 'PyTorch has no module with such weights');
  }
}

/** `order` is that of the features that the layer gets. @throws RangeError that names the layer if PyTorch has no module of its kind */
export function layoutOf(layer: Layer, weight: string, shape: readonly number[], order?: readonly number[]): Layout {
  const named = { name: layer.name, kind: layer.kind };
  if (weight === 'kernel') return { ...kernelLayout(named, shape), order };
  if (weight === 'bias') return plain('bias', shape);
  const name = NORMALIZED[weight];
  if (name === undefined || !/^(batch|layer|group)Normalization$/.test(layer.kind))
    refuse(named, 'PyTorch has no module with such weights');
  if (order !== undefined && layer.kind === 'groupNormalization')
    refuse(named, 'PyTorch flattens images with their channels first, so its groups would have other features');
  return { ...plain(name, shape), order };
}

/** Numbers with their axes in another order. */
export function transposed<T extends Float32Array | Float64Array>(
  data: T,
  view: readonly number[],
  axes: readonly number[],
): T {
  const strides = view.map((_, i) => view.slice(i + 1).reduce((a, b) => a * b, 1));
  const shape = axes.map((axis) => view[axis] ?? 1);
  const steps = axes.map((axis) => strides[axis] ?? 1);
  const place = shape.map(() => 0);
  const result = data.slice() as T;
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

/** Entry `i` of the first axis of the result is entry `order[i]`. */
function gathered(data: Float32Array, order: readonly number[]): Float32Array {
  const size = data.length / order.length;
  const result = new Float32Array(data.length);
  for (const [to, from] of order.entries()) result.set(data.subarray(from * size, (from + 1) * size), to * size);
  return result;
}

/** A weight of ours as PyTorch has it. */
export const toTorch = (data: Float32Array, { view, axes, shape, order }: Layout): ArrayOf => ({
  shape,
  data: transposed(order === undefined ? data : gathered(data, order), view, axes),
});

/** The numbers of PyTorch's weight as we have them. */
export function fromTorch(data: Float32Array, { view, axes, order }: Layout): Float32Array {
  const own = transposed(
    data,
    axes.map((axis) => view[axis] ?? 1),
    inverse(axes),
  );
  return order === undefined ? own : gathered(own, inverse(order));
}
