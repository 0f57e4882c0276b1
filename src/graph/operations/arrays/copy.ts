/** Copies with strides: broadcasts, transposes, slices, pads and joins are all this operation. */

import * as layout from '../../../../assembly/arrays/descriptor.ts';
import { SUM } from '../../../../assembly/codes.ts';
import * as words from '../../../../assembly/words/copy-strided.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Graph, Value } from '../../graph.ts';
import { type Gradients, operation, type Shape, type Type } from '../../operation.ts';
import { axesOf, sameType } from './broadcast.ts';
import { filled } from './fill.ts';
import { reduceAxes } from './reduce.ts';

/** A loop of a copy: how many indices, and how many floats from one to the next in each array. */
interface Axis {
  readonly size: number;
  readonly y: number;
  readonly x: number;
}

interface Geometry {
  readonly axes: readonly Axis[];
  readonly yOffset?: number;
  readonly xOffset?: number;
}

/** Most axes that the kernel takes. */
const MOST = 8;

/** Floats from one index of each axis to the next. */
export const stridesOf = (shape: Shape): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Axes of more than one index; merges neighbours that both arrays traverse alike. */
function merged(axes: readonly Axis[]): Axis[] {
  const result: Axis[] = [];
  for (const axis of axes) {
    const last = result.at(-1);
    if (axis.size === 1) continue;
    if (last !== undefined && last.x === axis.x * axis.size && last.y === axis.y * axis.size)
      result[result.length - 1] = { ...axis, size: last.size * axis.size };
    else result.push(axis);
  }
  return result;
}

/** The axes and offsets of a descriptor. */
export function geometryOf(descriptor: Value): Required<Geometry> {
  const { data = [] } = descriptor;
  const at = (index: number): number => data[index] ?? 0;
  const rank = at(layout.rank);
  const axes = Array.from({ length: rank }, (_, axis) => ({
    size: at(layout.sizes + axis),
    y: at(layout.sizes + rank + axis),
    x: at(layout.sizes + 2 * rank + axis),
  }));
  return { axes, yOffset: at(layout.yOffset), xOffset: at(layout.xOffset) };
}

/** Whether a copy visits every number of an array once, in any order. */
function covers(axes: readonly Axis[], side: 'x' | 'y', offset: number, size: number): boolean {
  let next = 1;
  for (const axis of [...axes].sort((a, b) => a[side] - b[side])) {
    if (axis[side] !== next) return false;
    next *= axis.size;
  }
  return offset === 0 && next === size;
}

const copyStrided = /* @__PURE__ */ operation(
  words,
  { inputs: ['x', 'descriptor'], updates: ['y'] },
  {
    name: 'copyStrided',
    needs: full,
    shape: ({ y, descriptor }, { perRow }) => ({
      y: y ?? { shape: geometryOf(descriptor).axes.map(({ size }) => size), rows: perRow === 1 },
    }),
    cost: ({ n, perRow }, rows) => (perRow ? rows : 1) * n * 0.3,
    gradient({ graph, label, inputs: { x, y, descriptor }, attributes: { perRow }, dy, wants }): Gradients<'x' | 'y'> {
      if (dy.y === undefined) return {};
      const { axes, yOffset, xOffset } = geometryOf(descriptor);
      const back = { into: undefined, dx: undefined } as { into: Value | undefined; dx: Value | undefined };
      if (y !== undefined && wants('y')) {
        const zero = { axes: axes.map((axis) => ({ ...axis, x: 0 })), yOffset };
        back.into = copy(graph, label, graph.constant([], new Float32Array(1)), perRow === 1, zero, dy.y);
      }
      if (wants('x')) {
        // the copied axes in order, the sum over the repeated ones, and back to the input's layout
        const shape = axes.map(({ size }) => size);
        const strides = stridesOf(shape);
        const whole = covers(axes, 'y', yOffset, dy.y.size) && axes.every(({ y: stride }, i) => stride === strides[i]);
        const read = axes.map(({ size, y: from }, i) => ({ size, y: strides[i] ?? 0, x: from }));
        const dense = whole ? dy.y : copy(graph, label, dy.y, perRow === 1, { axes: read, xOffset: yOffset });
        const repeated = axes.flatMap(({ x: stride }, i) => (stride === 0 ? [i] : []));
        const batch = dense.rows && !x.rows;
        const sum = reduceAxes(label, SUM, graph.view(dense, shape), repeated, batch);
        const kept = axes.filter(({ x: stride }) => stride !== 0);
        const own = stridesOf(kept.map(({ size }) => size));
        const write = kept.map(({ size, x: to }, i) => ({ size, y: to, x: own[i] ?? 0 }));
        const dx = covers(write, 'y', xOffset, x.size)
          ? sorted(graph, label, sum, x.rows, write)
          : copy(graph, label, sum, x.rows, { axes: write, yOffset: xOffset }, filled(graph, label, x, 0));
        back.dx = graph.view(dx, x.shape);
      }
      return { x: back.dx, y: back.into };
    },
  },
);

/** A copy that fills its result, with axes in any order. */
function sorted(graph: Graph, label: string, x: Value, rows: boolean, axes: readonly Axis[]): Value {
  const inOrder = [...axes].sort((a, b) => b.y - a.y);
  return copy(graph, label, x, rows, { axes: inOrder });
}

/** Records a copy of `x` to a new value, whose axes are then those of `geometry`, in order and dense, or into a changed `into`. */
export function copy(
  graph: Graph,
  label: string,
  x: Value,
  rows: boolean,
  { axes, yOffset = 0, xOffset = 0 }: Geometry,
  into?: Value,
): Value {
  const simple = merged(axes);
  const moved = simple.some(({ x: from, y: to }) => from !== to) || yOffset !== 0 || xOffset !== 0;
  const shape = axes.map(({ size }) => size);
  if (!moved && into === undefined && rows === x.rows && sizeOf(shape) === x.size) return graph.view(x, shape);
  if (simple.length > MOST)
    throw new RangeError(`${label}: at most ${MOST} axes can be rearranged, got ${simple.length}`);
  const rank = simple.length;
  const yRow = rows ? (into?.size ?? sizeOf(shape)) : 0;
  const numbers = [rank, yOffset, xOffset, yRow, x.rows ? x.size : 0];
  for (const side of ['size', 'y', 'x'] as const) numbers.push(...simple.map((axis) => axis[side]));
  const descriptor = graph.constant([numbers.length], Int32Array.from(numbers));
  const { y } = graph.add(copyStrided, label, { x, descriptor, y: into }, { perRow: rows ? 1 : 0, n: sizeOf(shape) });
  return graph.view(y, into?.shape ?? shape);
}

/** `x` repeated to the type `y`, to which it broadcasts. */
export function expand(label: string, x: Value, y: Type): Value {
  const { graph } = x;
  if (sameType(x, y)) return x;
  const strides = stridesOf(x.shape);
  const own = axesOf({ shape: x.shape, rows: false });
  const axes = y.shape.map((size, axis) => {
    const at = axis - y.shape.length + own.length;
    return { size, y: stridesOf(y.shape)[axis] ?? 0, x: at < 0 || own[at] === 1 ? 0 : (strides[at] ?? 0) };
  });
  return copy(graph, label, x, y.rows, { axes });
}

/** The axes of `x`, without the batch axis, in the order `axes`. */
export function permute(label: string, x: Value, axes: readonly number[]): Value {
  const from = stridesOf(x.shape);
  const shape = axes.map((axis) => x.shape[axis] ?? 1);
  const to = stridesOf(shape);
  const moved = axes.map((axis, i) => ({ size: shape[i] ?? 1, y: to[i] ?? 0, x: from[axis] ?? 0 }));
  return copy(x.graph, label, x, x.rows, { axes: moved });
}
