/** Integers as indices: rows of a table, one-hot vectors. */
import type { Value } from '../graph/graph.ts';
import { showType } from '../graph/operations/arrays/broadcast.ts';
import { permute } from '../graph/operations/arrays/copy.ts';
import { oneHotOf } from '../graph/operations/arrays/one-hot.ts';
import { takeRows } from '../graph/operations/arrays/take.ts';
import { checkInteger, checkOptions } from '../validate.ts';
import { axisOf } from './axes.ts';
import { call } from './call.ts';
import type { IndexOperand, Operand, OutOptions, Result } from './operand.ts';
import type { AxisOptions } from './pieces.ts';
import type { SymbolicValue } from './symbolic.ts';

/** The result where one operand may be a tensor of integers. */
type Taken<T> = [Extract<T, SymbolicValue>] extends [never] ? Result<never> : SymbolicValue;

/**
 * The entries of a table at `indices`, along an axis, by default the first: an embedding [words, width] and indices of shape [..., length] give
 * [..., length, width]. The gradient adds entries that occur more than once in the order of the indices. Indices are integers, also as float32;
 * one outside the table gives NaN. The table must not depend on the batch.
 *
 * @throws RangeError for an axis that does not exist, or a table that depends on the batch.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.take(tensor([2, 2], [1, 2, 3, 4]), [1, 1, 0], { axis: 0 }); // [3, 2]: 3 4 3 4 1 2
 * ```
 */
export function take<T extends Operand, I extends IndexOperand>(
  table: T,
  indices: I,
  options: AxisOptions = {},
): Taken<T | I> {
  checkOptions('take', options, ['axis', 'out']);
  const { axis = 0, out } = options;
  const record = (from: Value, at: Value): Value => {
    if (from.rows)
      throw new RangeError(
        `take: the table ${showType(from)} depends on the batch; multiply it by ops.oneHot(indices, n), or keep it as a weight`,
      );
    const along = axisOf('take', axis, from.shape.length);
    if (along === 0) return takeRows('take', from, at, from.shape.slice(1));
    const others = from.shape.flatMap((_, one) => (one === along ? [] : [one]));
    const first = permute('take', from, [along, ...others]);
    const taken = takeRows('take', first, at, first.shape.slice(1));
    // the axes of the indices replace the axis
    const count = at.shape.length;
    if (at.rows) throw new RangeError('take: indices of a batch can be taken only along axis 0; transpose the table');
    const order = others.map((_, one) => count + one);
    order.splice(along, 0, ...at.shape.keys());
    return permute('take', taken, order);
  };
  return call('take', { x: table, indices }, record, { out, integers: ['indices'] });
}

/**
 * A new last axis of `numClasses`, with a 1 at the index and zeros elsewhere. An index outside gives zeros. The gradient is 0.
 *
 * @throws RangeError for fewer than one class.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.oneHot([2, 0], 3); // [2, 3]: 0 0 1, 1 0 0
 * ```
 */
export function oneHot<I extends IndexOperand>(indices: I, numClasses: number, options: OutOptions = {}): Taken<I> {
  checkOptions('oneHot', options, ['out']);
  checkInteger('oneHot: numClasses', numClasses, 1);
  return call('oneHot', { indices }, (at) => oneHotOf('oneHot', at, numClasses), {
    out: options.out,
    integers: ['indices'],
  });
}
