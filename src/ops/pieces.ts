/** Taking values apart and joining them: slice, split, concatenate, stack, pad. */
import { axesOf, broadcast, showType } from '../graph/operations/arrays/broadcast.ts';
import { expand } from '../graph/operations/arrays/copy.ts';
import { cut, join, pad as padded } from '../graph/operations/arrays/pieces.ts';
import { checkInteger, checkNumber, checkOptions, show } from '../validate.ts';
import { axisOf, inner, integers, rankOf, refuseBatch } from './axes.ts';
import { call, callAll } from './call.ts';
import type { Operand, OutOptions, Result } from './operand.ts';
/** Options of operations along one axis. */
export interface AxisOptions extends OutOptions {
  /** The axis; negative ones count from the end. Default: the last for `concatenate`, all elements for `repeat`, else the first. */
  readonly axis?: number;
}

/** Options of {@link pad}. */
export interface PadOptions extends OutOptions {
  /** The value outside. Default 0. */
  readonly constantValue?: number;
}

/**
 * A slice: `size` elements of each axis from index `start` on, -1 for all the rest. For the axis of a batch give 0 and -1 (or null).
 *
 * @throws RangeError if the slice does not lie inside x.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.slice(tensor([2, 3], [1, 2, 3, 4, 5, 6]), [0, 1], [2, -1]); // [2, 2]: 2 3 5 6
 * ```
 */
export function slice<X extends Operand>(
  x: X,
  start: readonly number[],
  size: readonly (number | null)[],
  options: OutOptions = {},
): Result<X> {
  checkOptions('slice', options, ['out']);
  return call(
    'slice',
    { x },
    (value) => {
      const rank = rankOf(value);
      const starts = integers('slice', 'start', start, rank);
      const sizes = integers('slice', 'size', size, rank).map((one) => one ?? -1);
      if (value.rows && (starts[0] !== 0 || sizes[0] !== -1)) refuseBatch('slice', value);
      const from = value.rows ? starts.slice(1) : starts;
      const counts = (value.rows ? sizes.slice(1) : sizes).map((count, axis) =>
        count === -1 ? (value.shape[axis] ?? 0) - (from[axis] ?? 0) : count,
      );
      for (const [axis, whole] of value.shape.entries()) {
        const [first = 0, count = 0] = [from[axis], counts[axis]];
        if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 0 || first + count > whole)
          throw new RangeError(
            `slice: ${count} from ${first} on is not inside ${whole} on axis ${axis + (value.rows ? 1 : 0)} of ${showType(value)}`,
          );
      }
      return cut('slice', value, from, counts);
    },
    options,
  );
}

/** Operands by the names that messages use. */
const listed = (xs: readonly Operand[]): Record<string, Operand> =>
  Object.fromEntries(xs.map((x, i) => [`operand ${i}`, x]));

/**
 * Joins operands along an axis, by default the last. All other axes must be equal. A tensor that does not depend on the batch is joined to each of its
 * rows if its first axis is 1.
 *
 * @throws RangeError for shapes that do not fit; TypeError without an array.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.concatenate([tensor([2], [1, 2]), tensor([1], [3])]); // 1, 2, 3
 * ```
 */
export function concatenate<X extends Operand>(xs: readonly X[], options: AxisOptions = {}): Result<X> {
  checkOptions('concatenate', options, ['axis', 'out']);
  const { axis = -1, out } = options;
  if (!Array.isArray(xs) || xs.length === 0)
    throw new TypeError(`concatenate takes an array of at least one operand, got ${show(xs)}`);
  return call(
    'concatenate',
    listed(xs),
    (...values) => {
      const batched = values.find((value) => value.rows);
      const rank = Math.max(...values.map(rankOf));
      const at = axisOf('concatenate', axis, rank);
      const shown = values.map(showType).join(' and ');
      const sizes = values.map(axesOf);
      const fits = sizes.every(
        (own) =>
          own.length === rank &&
          own.every(
            (size, one) => one === at || size === sizes[0]?.[one] || (one === 0 && batched && (size ?? 1) === 1),
          ),
      );
      if (!fits) throw new RangeError(`concatenate: shapes ${shown} differ on another axis than ${at}`);
      if (batched !== undefined && at === 0) refuseBatch('concatenate', batched);
      const lined = values.map((value) =>
        batched && !value.rows ? value.graph.view(value, value.shape.slice(1)) : value,
      );
      return join('concatenate', lined, batched ? at - 1 : at);
    },
    { out },
  );
}

/**
 * Joins operands of one shape along a new axis, by default the first.
 *
 * @throws RangeError if shapes differ; TypeError without an array.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.stack([tensor([2], [1, 2]), tensor([2], [3, 4])]); // [2, 2]: 1 2 3 4
 * ```
 */
export function stack<X extends Operand>(xs: readonly X[], options: AxisOptions = {}): Result<X> {
  checkOptions('stack', options, ['axis', 'out']);
  const { axis = 0, out } = options;
  if (!Array.isArray(xs) || xs.length === 0)
    throw new TypeError(`stack takes an array of at least one operand, got ${show(xs)}`);
  return call(
    'stack',
    listed(xs),
    (...values) => {
      const type = broadcast('stack', values);
      const [first] = values;
      if (first === undefined || values.some((value) => rankOf(value) !== rankOf(first) || value.size !== first.size))
        throw new RangeError(`stack: shapes ${values.map(showType).join(' and ')} differ`);
      const all = values.map((value) => expand('stack', value, type));
      const [at = 0] = inner('stack', all[0] ?? first, [axisOf('stack', axis, rankOf(all[0] ?? first) + 1)]);
      const wide = all.map((value) =>
        value.graph.view(value, [...value.shape.slice(0, at), 1, ...value.shape.slice(at)]),
      );
      return join('stack', wide, at);
    },
    { out },
  );
}

/**
 * Splits along an axis, by default the first: into a number of equal pieces, or at the indices of a list.
 *
 * @throws RangeError if the axis cannot be split like that.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const [a, b] = ops.split(tensor([4], [1, 2, 3, 4]), 2); // 1 2, 3 4
 * ```
 */
export function split<X extends Operand>(
  x: X,
  sections: number | readonly number[],
  options: SplitOptions = {},
): Result<X>[] {
  checkOptions('split', options, ['axis']);
  const { axis = 0 } = options;
  const results = callAll('split', { x }, (value) => {
    const [at = 0] = inner('split', value, [axisOf('split', axis, rankOf(value))]);
    const size = value.shape[at] ?? 1;
    if (typeof sections === 'number') {
      checkInteger('split: sections', sections, 1);
      if (size % sections !== 0)
        throw new RangeError(`split: axis ${axis} of ${showType(value)} is not divisible by ${sections}`);
    }
    const starts =
      typeof sections === 'number'
        ? Array.from({ length: sections }, (_, i) => (i * size) / sections)
        : [0, ...integers('split', 'sections', sections)];
    return starts.map((start, i) => {
      const end = starts[i + 1] ?? size;
      if (!Number.isInteger(start) || start > end || start < 0 || end > size)
        throw new RangeError(`split: the indices must ascend from 0 to ${size}, got ${show(sections)}`);
      return cut(
        'split',
        value,
        value.shape.map((_, one) => (one === at ? start : 0)),
        value.shape.map((whole, one) => (one === at ? end - start : whole)),
      );
    });
  });
  return results as Result<X>[];
}

/** Options of {@link split}. */
export interface SplitOptions {
  /** The axis; negative ones count from the end. Default 0. */
  readonly axis?: number;
}

/**
 * Pads with a constant: `padWidth` has a pair for each axis, how many before and how many after. The axis of a batch takes [0, 0].
 *
 * @throws RangeError for negative numbers; TypeError if there is no pair for each axis.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.pad(tensor([2], [1, 2]), [[1, 2]]); // 0 1 2 0 0
 * ```
 */
export function pad<X extends Operand>(
  x: X,
  padWidth: readonly (readonly [before: number, behind: number])[],
  options: PadOptions = {},
): Result<X> {
  checkOptions('pad', options, ['constantValue', 'out']);
  const { constantValue = 0, out } = options;
  checkNumber('constantValue', constantValue, Number.NEGATIVE_INFINITY);
  return call(
    'pad',
    { x },
    (value) => {
      if (!Array.isArray(padWidth) || padWidth.length !== rankOf(value))
        throw new TypeError(
          `pad: padWidth must have a pair for each axis of ${showType(value)}, got ${show(padWidth)}`,
        );
      for (const pair of padWidth)
        for (const side of [0, 1]) checkInteger('pad: padWidth', Array.isArray(pair) ? pair[side] : pair, 0);
      if (value.rows && padWidth[0]?.some((count: number) => count !== 0)) refuseBatch('pad', value);
      return padded('pad', value, value.rows ? padWidth.slice(1) : padWidth, constantValue);
    },
    { out },
  );
}
