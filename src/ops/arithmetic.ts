/** Arithmetic on two operands, element by element, with NumPy's broadcasting. */
import * as kinds from '../../assembly/codes.ts';
import { type BinaryOperation, binary } from './elementwise.ts';

/**
 * `a + b`, element by element.
 * Shapes are broadcast as in NumPy: aligned at the last axes, an axis of 1 fits any other.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.add(tensor([2, 2], [1, 2, 3, 4]), [10, 20]); // 11, 22, 13, 24
 * ```
 * @function
 */
export const add: BinaryOperation = /* @__PURE__ */ binary('add', kinds.ADD, 'add');
/**
 * `a - b`, element by element.
 * Shapes are broadcast as in NumPy: aligned at the last axes, an axis of 1 fits any other.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.subtract(tensor([2], [6, 8]), tensor([2], [3, 2])); // 3, 6
 * ```
 * @function
 */
export const subtract: BinaryOperation = /* @__PURE__ */ binary('subtract', kinds.SUBTRACT, 'subtract');
/**
 * `a * b`, element by element.
 * Shapes are broadcast as in NumPy: aligned at the last axes, an axis of 1 fits any other.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.multiply(tensor([2], [6, 8]), 0.5); // 3, 4
 * ```
 * @function
 */
export const multiply: BinaryOperation = /* @__PURE__ */ binary('multiply', kinds.MULTIPLY, 'multiply');
/**
 * `a / b`, element by element.
 * Shapes are broadcast as in NumPy: aligned at the last axes, an axis of 1 fits any other.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.divide(tensor([2], [6, 8]), tensor([2], [3, 2])); // 2, 4
 * ```
 * @function
 */
export const divide: BinaryOperation = /* @__PURE__ */ binary('divide', kinds.DIVIDE, 'divide');
/**
 * `a` to the power of `b`, broadcast; NaN for a negative base and a non-integer exponent.
 * The gradient by the exponent is 0 where the base is not above 0.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.power(tensor([3], [1, 2, 3]), 2); // 1, 4, 9
 * ```
 * @function
 */
export const power: BinaryOperation = /* @__PURE__ */ binary('power', kinds.POWER);
/**
 * The smaller of two numbers, broadcast; NaN if one is NaN. In a tie each gets half of the gradient.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.minimum(tensor([3], [1, 2, 3]), 2); // 1, 2, 2
 * ```
 * @function
 */
export const minimum: BinaryOperation = /* @__PURE__ */ binary('minimum', kinds.MINIMUM);
/**
 * The larger of two numbers, broadcast; NaN if one is NaN. In a tie each gets half of the gradient.
 *
 * @throws RangeError for shapes that do not broadcast.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.maximum(tensor([3], [1, 2, 3]), 2); // 2, 2, 3
 * ```
 * @function
 */
export const maximum: BinaryOperation = /* @__PURE__ */ binary('maximum', kinds.MAXIMUM);
