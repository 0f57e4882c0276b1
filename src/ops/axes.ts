/** Axes as users count them: the batch axis of a symbolic value is axis 0, negative numbers count from the end. */
import type { Value } from '../graph/graph.ts';
import { axesOf, showType } from '../graph/operations/arrays/broadcast.ts';
import { show } from '../validate.ts';

/** An axis from 0 to rank - 1. */
export function axisOf(name: string, axis: unknown, rank: number, what = 'axis'): number {
  if (typeof axis !== 'number') throw new TypeError(`${name}: ${what} must be an integer, got ${show(axis)}`);
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new RangeError(
      rank === 0
        ? `${name}: ${what} ${axis}: the operand is a scalar and has no axes`
        : `${name}: ${what} must be an integer from ${-rank} to ${rank - 1}, got ${axis}`,
    );
  return axis < 0 ? axis + rank : axis;
}

/** Axes in ascending order, each once; all of them if none are named. */
export function axesFrom(name: string, axes: unknown, rank: number): number[] {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const all = (Array.isArray(axes) ? axes : [axes]).map((axis) => axisOf(name, axis, rank));
  const sorted = [...new Set(all)].sort((a, b) => a - b);
  if (sorted.length < all.length) throw new RangeError(`${name}: axis ${show(axes)} names an axis twice`);
  return sorted;
}

export const rankOf = (x: Value): number => axesOf(x).length;

/** Counts axes without the batch axis, which must not be among them. */
export function inner(name: string, x: Value, axes: readonly number[]): number[] {
  if (!x.rows) return [...axes];
  if (axes.includes(0)) refuseBatch(name, x);
  return axes.map((axis) => axis - 1);
}

export function refuseBatch(name: string, x: Value): never {
  throw new RangeError(
    `${name}: axis 0 of ${showType(x)} is the batch's, which may be reduced over (sum, mean, …) but not rearranged, cut or joined`,
  );
}

/** A list of integers; with `length`, one for each axis. */
export const integers = (name: string, what: string, values: unknown, length?: number): readonly number[] => {
  if (!Array.isArray(values) || (length !== undefined && values.length !== length))
    throw new TypeError(
      `${name}: ${what} must be an array of ${length ?? ''} integers, one for each axis, got ${show(values)}`,
    );
  return values;
};
