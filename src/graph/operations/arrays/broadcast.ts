/** NumPy's broadcasting: the type of a result, and how an operand is read for it. */
import { showShape, sizeOf } from '../../../validate.ts';
import type { Shape, Type } from '../../operation.ts';

/** The sizes of all axes, with null for the batch axis if there is one: as users of `ops` see it. */
export const axesOf = ({ shape, rows }: Type): readonly (number | null)[] => (rows ? [null, ...shape] : shape);

/** A shape in messages: the batch axis is `..`. */
export const showType = (type: Type): string => showShape(axesOf(type).map((size) => size ?? '..'));

/**
 * The type that operands broadcast to: shapes are aligned at their last axes, and an axis of 1 fits any other.
 *
 * @throws RangeError that names the operation and all shapes.
 */
export function broadcast(name: string, types: readonly Type[]): Type {
  const all = types.map(axesOf);
  const rank = Math.max(...all.map((axes) => axes.length));
  const fail = (why: string): never => {
    throw new RangeError(`${name}: shapes ${types.map(showType).join(' and ')} do not broadcast: ${why}`);
  };
  const axes = Array.from({ length: rank }, (_, axis) => {
    let size: number | null = 1;
    for (const one of all) {
      const own = one[axis - rank + one.length];
      if (own === undefined || own === 1 || own === size) continue;
      if (size !== 1) fail(`${size ?? 'the batch'} does not fit ${own ?? 'the batch'} on axis ${axis - rank}`);
      size = own;
    }
    return size;
  });
  const rows = axes[0] === null;
  const shape = axes
    .slice(rows ? 1 : 0)
    .map((size) => size ?? fail('the batch axis must stay the first; use expandDims'));
  return { shape, rows };
}

/** How element i of a result reads an operand: x[(i / repeat) % period], see assembly/words/binary.ts. */
export interface Layout {
  readonly period: number;
  readonly repeat: number;
}

/** The sizes of `shape`, with ones in front up to `rank` axes. */
export const aligned = (shape: Shape, rank: number): Shape => [
  ...Array.from({ length: rank - shape.length }, () => 1),
  ...shape,
];

/** How to read an operand that is broadcast to `y`; undefined if it needs a copy, because broadcast axes lie between others. */
export function layoutOf(x: Type, y: Type): Layout | undefined {
  const own = aligned(x.rows ? x.shape : x.shape.slice(-y.shape.length || x.shape.length), y.shape.length);
  // the batch axis, then the others; axes of size 1 do not matter
  const axes = y.shape.map((size, i) => ({ size, full: own[i] === size })).filter(({ size }) => size !== 1);
  const before = y.rows ? [x.rows, ...axes.map(({ full }) => full)] : axes.map(({ full }) => full);
  const first = before.indexOf(true);
  const last = before.lastIndexOf(true);
  if (first < 0) return before.length === 0 ? { period: 0, repeat: 1 } : { period: 1, repeat: 1 };
  if (before.slice(first, last).includes(false)) return undefined;
  const skipped = y.rows ? 1 : 0;
  const repeat = sizeOf(axes.slice(last + 1 - skipped).map(({ size }) => size));
  return { period: first === 0 ? 0 : sizeOf(x.shape), repeat };
}

/** An operand with one number for each of the result, in the same order. */
export const isFull = ({ period, repeat }: Layout): boolean => period === 0 && repeat === 1;

export const sameType = (a: Type, b: Type): boolean =>
  a.rows === b.rows && a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
