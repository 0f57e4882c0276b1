/** Means, variances and sums over several axes of a row, which stay with size 1. */
import * as kinds from '../../../../assembly/codes.ts';
import type { Value } from '../../graph.ts';
import { arithmetic, scalar } from './arithmetic.ts';
import { combine } from './binary.ts';
import { reduceAxes } from './reduce.ts';

/** Axes that lie behind each other: of [0, 1, 3] the two stretches [0, 1] and [3]. */
function stretchesOf(axes: readonly number[]): number[][] {
  const all: number[][] = [];
  for (const axis of axes) {
    const last = all.at(-1);
    if (last !== undefined && last.at(-1) === axis - 1) last.push(axis);
    else all.push([axis]);
  }
  return all;
}

/** One stretch after the other, so that nothing has to be moved. `axes` ascend. */
const over = (label: string, kind: number, x: Value, axes: readonly number[]): Value =>
  stretchesOf(axes).reduceRight((y, stretch) => reduceAxes(label, kind, y, stretch, false, true), x);

export const sumOver = (label: string, x: Value, axes: readonly number[]): Value => over(label, kinds.SUM, x, axes);

/** `x`, or `least` where that is larger. */
export const maximumOf = (label: string, x: Value, least: number): Value =>
  combine(label, kinds.MAXIMUM, x, scalar(x.graph, least));

/** `x` minus its mean over `axes`, and its variance, divided by n. */
export function moments(
  label: string,
  x: Value,
  axes: readonly number[],
): { readonly centred: Value; readonly variance: Value } {
  const m = arithmetic(label);
  const centred = m.subtract(x, over(label, kinds.MEAN, x, axes));
  return { centred, variance: over(label, kinds.MEAN, m.square(centred), axes) };
}
