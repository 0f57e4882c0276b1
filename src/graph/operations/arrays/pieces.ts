/** Parts of values, values with a margin, and values behind each other. Axes count without that of the batch. */
import type { Value } from '../../graph.ts';
import type { Shape } from '../../operation.ts';
import { copy, stridesOf } from './copy.ts';
import { filled } from './fill.ts';

/** Indices `from` to `from + size` of each axis. */
export function cut(label: string, x: Value, from: readonly number[], sizes: Shape): Value {
  const [strides, own] = [stridesOf(x.shape), stridesOf(sizes)];
  const axes = sizes.map((size, axis) => ({ size, y: own[axis] ?? 0, x: strides[axis] ?? 0 }));
  const xOffset = from.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
  return copy(x.graph, label, x, x.rows, { axes, xOffset });
}

/** `value` before and behind the numbers of each axis, as often as `widths` has it. */
export function pad(
  label: string,
  x: Value,
  widths: readonly (readonly [before: number, behind: number])[],
  value: number,
): Value {
  const { graph, rows } = x;
  const shape = x.shape.map((size, axis) => size + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0));
  const [strides, own] = [stridesOf(shape), stridesOf(x.shape)];
  const axes = x.shape.map((size, axis) => ({ size, y: strides[axis] ?? 0, x: own[axis] ?? 0 }));
  const yOffset = widths.reduce((sum, [before], axis) => sum + before * (strides[axis] ?? 0), 0);
  return copy(graph, label, x, rows, { axes, yOffset }, filled(graph, label, { shape, rows }, value));
}

/** The values one behind the other along `axis`. */
export function join(label: string, values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new RangeError(`${label} takes at least one operand`);
  const { graph } = first;
  const rows = values.some((value) => value.rows);
  const shape = first.shape.map((size, at) =>
    at === axis ? values.reduce((sum, value) => sum + (value.shape[axis] ?? 0), 0) : size,
  );
  const strides = stridesOf(shape);
  let y = filled(graph, label, { shape, rows }, 0);
  let offset = 0;
  for (const value of values) {
    const own = stridesOf(value.shape);
    const axes = value.shape.map((size, at) => ({ size, y: strides[at] ?? 0, x: own[at] ?? 0 }));
    y = copy(graph, label, value, rows, { axes, yOffset: offset }, y);
    offset += (value.shape[axis] ?? 0) * (strides[axis] ?? 0);
  }
  return y;
}
