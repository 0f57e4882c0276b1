import { broadcast, showType } from '../graph/operations/arrays/broadcast.ts';
import { expand } from '../graph/operations/arrays/copy.ts';
import { checkInteger, checkOptions, sizeOf } from '../validate.ts';
import { axisOf, inner, integers, rankOf, refuseBatch } from './axes.ts';
import { call } from './call.ts';
import type { Operand, OutOptions, Result } from './operand.ts';
import type { AxisOptions } from './pieces.ts';
/**
 * Repeats all of x `repeats` times along each axis, counted from the last; 1 for the axis of a batch.
 *
 * @throws RangeError for numbers below 1.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.tile(tensor([2], [1, 2]), [2]); // 1 2 1 2
 * ```
 */
export function tile<X extends Operand>(
  x: X,
  repeats: number | readonly number[],
  options: OutOptions = {},
): Result<X> {
  checkOptions('tile', options, ['out']);
  const list = typeof repeats === 'number' ? [repeats] : integers('tile', 'repeats', repeats);
  for (const count of list) checkInteger('tile: repeats', count, 1);
  return call(
    'tile',
    { x },
    (value) => {
      const rank = Math.max(rankOf(value), list.length);
      if (value.rows && (list.length > rankOf(value) || (list.length === rank && list[0] !== 1)))
        refuseBatch('tile', value);
      const sizes = Array.from(
        { length: rank - (value.rows ? 1 : 0) },
        (_, axis, from = rank - (value.rows ? 1 : 0)) => ({
          size: value.shape[axis - from + value.shape.length] ?? 1,
          times: list[axis - from + list.length] ?? 1,
        }),
      );
      const wide = value.graph.view(
        value,
        sizes.flatMap(({ size }) => [1, size]),
      );
      const type = { shape: sizes.flatMap(({ size, times }) => [times, size]), rows: value.rows };
      return value.graph.view(
        expand('tile', wide, type),
        sizes.map(({ size, times }) => size * times),
      );
    },
    options,
  );
}

/**
 * Repeats each element `repeats` times along an axis; without an axis, along all elements, row-major.
 *
 * @throws RangeError for a number below 1 or an axis that does not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.repeat(tensor([2], [1, 2]), 2); // 1 1 2 2
 * ```
 */
export function repeat<X extends Operand>(x: X, repeats: number, options: AxisOptions = {}): Result<X> {
  checkOptions('repeat', options, ['axis', 'out']);
  checkInteger('repeat: repeats', repeats, 1);
  const { axis, out } = options;
  return call(
    'repeat',
    { x },
    (value) => {
      const { graph, rows } = value;
      const line = axis === undefined && !rows ? graph.view(value, [value.size]) : value;
      const [at = 0] = inner('repeat', line, [axisOf('repeat', axis ?? 0, rankOf(line))]);
      const [before, behind] = [line.shape.slice(0, at + 1), line.shape.slice(at + 1)];
      const wide = expand('repeat', graph.view(line, [...before, 1, ...behind]), {
        shape: [...before, repeats, ...behind],
        rows,
      });
      return graph.view(
        wide,
        line.shape.map((size, one) => (one === at ? size * repeats : size)),
      );
    },
    { out },
  );
}

/**
 * x broadcast to a shape, as in NumPy; the axis of a batch is null.
 *
 * @throws RangeError if the shapes do not allow it.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.broadcastTo(tensor([2], [1, 2]), [3, 2]); // [3, 2]: 1 2 1 2 1 2
 * ```
 */
export function broadcastTo<X extends Operand>(
  x: X,
  shape: readonly (number | null)[],
  options: OutOptions = {},
): Result<X> {
  checkOptions('broadcastTo', options, ['out']);
  const sizes = integers('broadcastTo', 'shape', shape) as readonly (number | null)[];
  return call(
    'broadcastTo',
    { x },
    (value) => {
      const rows = sizes[0] === null;
      const type = { shape: sizes.slice(rows ? 1 : 0).map((size) => size ?? 0), rows };
      const together = broadcast('broadcastTo', [value, type]);
      if (rankOf(value) > sizes.length || sizeOf(together.shape) !== sizeOf(type.shape) || together.rows !== rows)
        throw new RangeError(`broadcastTo: ${showType(value)} does not broadcast to ${showType(type)}`);
      return expand('broadcastTo', value, type);
    },
    options,
  );
}
