/** Layers that move, cut off, add or repeat numbers as operators of ONNX. */

import type { Call } from './call.ts';
import { channelsFirst, formOf, type Value } from './emitter.ts';
import type { Attribute } from './proto.ts';

type Pair = readonly [number, number];

export function permute({ e, x, options, shape, label }: Call): Value {
  const perm = [0, ...(options.dims as readonly number[])];
  return e.value(e.node('Transpose', [e.natural(x, label)], label, { perm: { ints: perm } }), shape);
}

export function repeat({ e, x, options, shape, label }: Call): Value {
  const row = e.natural(e.reshaped(x, [1, ...x.shape], label), label);
  return e.value(e.node('Tile', [row, e.integers(`${label}/repeats`, [1, options.n as number, 1])], label), shape);
}

/** Numbers of both sides of each axis of positions: [before, behind], or a pair of those. */
const sidesOf = (value: unknown): readonly Pair[] =>
  (typeof (value as readonly unknown[])[0] === 'number' ? [value] : value) as readonly Pair[];

export function pad({ e, x, options, shape, label }: Call): Value {
  const sides = sidesOf(options.padding);
  const { at, order } = formOf(x);
  const own = order.map((axis): Pair => sides[axis - 1] ?? [0, 0]);
  const pads = e.integers(`${label}/pads`, [...own.map(([before]) => before), ...own.map(([, behind]) => behind)]);
  return e.value(e.node('Pad', [at, pads], label), shape, order);
}

export function crop({ e, x, options, shape, label }: Call): Value {
  const sides = sidesOf(options.cropping);
  const { at, order } = formOf(x);
  const starts = sides.map(([before]) => before);
  const ends = sides.map(([, behind], axis) => (x.shape[axis] ?? 0) - behind);
  const axes = sides.map((_, axis) => order.indexOf(axis + 1));
  const inputs = [
    e.integers(`${label}/starts`, starts),
    e.integers(`${label}/ends`, ends),
    e.integers(`${label}/axes`, axes),
  ];
  return e.value(e.node('Slice', [at, ...inputs], label), shape, order);
}

/** Nearest repeats pixels; bilinear has the middle of a pixel at a half, as Keras. */
export function upSample({ e, x, options, shape, label }: Call): Value {
  const order = channelsFirst(shape.length + 1);
  const factors = [options.size].flat() as readonly number[];
  const scales = { shape: [order.length], data: Float32Array.from(order, (axis) => factors[axis - 1] ?? 1) };
  const inputs = [e.arranged(x, order, label), '', e.floats(`${label}/scales`, scales)];
  const bilinear = options.interpolation === 'bilinear';
  const attributes: Readonly<Record<string, Attribute>> = bilinear
    ? { mode: { s: 'linear' }, coordinate_transformation_mode: { s: 'half_pixel' } }
    : { mode: { s: 'nearest' }, coordinate_transformation_mode: { s: 'asymmetric' }, nearest_mode: { s: 'floor' } };
  return e.value(e.node('Resize', inputs, label, attributes), shape, order);
}
