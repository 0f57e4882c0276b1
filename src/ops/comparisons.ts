/** Comparisons and conditions, element by element, with NumPy's broadcasting: true is 1, false 0. */
import * as kinds from '../../assembly/codes.ts';
import { choose } from '../graph/operations/arrays/select.ts';
import { checkOptions } from '../validate.ts';
import { call } from './call.ts';
import { type BinaryOperation, binary, type UnaryOperation, unary } from './elementwise.ts';
import type { Operand, OutOptions, Result } from './operand.ts';

/**
 * 1 where `a` equals `b`, else 0, broadcast. The gradient is 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.equal(tensor([3], [1, 2, 3]), 2); // 0, 1, 0
 * ```
 * @function
 */
export const equal: BinaryOperation = /* @__PURE__ */ binary('equal', kinds.EQUAL);
/**
 * 1 where `a` differs from `b`, else 0, broadcast. The gradient is 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.notEqual(tensor([3], [1, 2, 3]), 2); // 1, 0, 1
 * ```
 * @function
 */
export const notEqual: BinaryOperation = /* @__PURE__ */ binary('notEqual', kinds.NOT_EQUAL);
/**
 * 1 where `a` is above `b`, else 0, broadcast. The gradient is 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.greater(tensor([3], [1, 2, 3]), 2); // 0, 0, 1
 * ```
 * @function
 */
export const greater: BinaryOperation = /* @__PURE__ */ binary('greater', kinds.GREATER);
/**
 * 1 where `a` is at least `b`, else 0, broadcast. The gradient is 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.greaterEqual(tensor([3], [1, 2, 3]), 2); // 0, 1, 1
 * ```
 * @function
 */
export const greaterEqual: BinaryOperation = /* @__PURE__ */ binary('greaterEqual', kinds.GREATER_EQUAL);
/**
 * 1 where `a` is below `b`, else 0, broadcast. The gradient is 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.less(tensor([3], [1, 2, 3]), 2); // 1, 0, 0
 * ```
 * @function
 */
export const less: BinaryOperation = /* @__PURE__ */ binary('less', kinds.LESS);
/**
 * 1 where `a` is at most `b`, else 0, broadcast. The gradient is 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.lessEqual(tensor([3], [1, 2, 3]), 2); // 1, 1, 0
 * ```
 * @function
 */
export const lessEqual: BinaryOperation = /* @__PURE__ */ binary('lessEqual', kinds.LESS_EQUAL);
/**
 * 1 for 0, else 0. The gradient is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.logicalNot(tensor([2], [0, 3])); // 1, 0
 * ```
 * @function
 */
export const logicalNot: UnaryOperation = /* @__PURE__ */ unary('logicalNot', kinds.LOGICAL_NOT);

/**
 * `a` where `condition` is not 0, else `b`, all three broadcast. Use it instead of `if` in a recorded function. The gradient of the value that is
 * not chosen is 0, but NaN where its own derivative is not finite: keep such arguments away from it, as in `log(where(x > 0, x, 1))`.
 *
 * @throws RangeError for shapes that do not broadcast.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const x = tensor([3], [-2, 0.5, 2]);
 * const y = ops.where(ops.greater(x, 0), x, 0); // 0, 0.5, 2
 * ```
 */
export function where<C extends Operand, A extends Operand, B extends Operand>(
  condition: C,
  a: A,
  b: B,
  options: OutOptions = {},
): Result<A | B | C> {
  checkOptions('where', options, ['out']);
  return call('where', { condition, a, b }, (c, x, y) => choose('where', c, x, y), options);
}
