/** Mathematical functions of each element. */
import * as kinds from '../../assembly/codes.ts';
import { transform } from '../graph/operations/arrays/unary.ts';
import { checkNumber, checkOptions } from '../validate.ts';
import { call } from './call.ts';
import { elementwise, type UnaryOperation, unary } from './elementwise.ts';
import type { Operand, OutOptions, Result } from './operand.ts';

/**
 * `-x`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.negate(tensor([2], [1, -2])); // -1, 2
 * ```
 * @function
 */
export const negate: UnaryOperation = /* @__PURE__ */ unary('negate', kinds.NEGATE);
/**
 * `x * x`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.square(tensor([2], [1, -2])); // 1, 4
 * ```
 * @function
 */
export const square: UnaryOperation = /* @__PURE__ */ unary('square', kinds.SQUARE);
/**
 * Square root of each element, correctly rounded.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sqrt(tensor([2], [4, 2])); // 2, 1.4142135
 * ```
 * @function
 */
export const sqrt: UnaryOperation = /* @__PURE__ */ unary('sqrt', kinds.SQRT, 'sqrt');
/**
 * `1 / x`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.reciprocal(tensor([2], [4, 2])); // 0.25, 0.5
 * ```
 * @function
 */
export const reciprocal: UnaryOperation = /* @__PURE__ */ unary('reciprocal', kinds.RECIPROCAL);
/**
 * `1 / sqrt(x)`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.rsqrt(tensor([2], [4, 16])); // 0.5, 0.25
 * ```
 * @function
 */
export const rsqrt: UnaryOperation = /* @__PURE__ */ elementwise('rsqrt', (x) =>
  transform('rsqrt', kinds.RECIPROCAL, transform('rsqrt', kinds.SQRT, x)),
);
/**
 * e to the power of each element: within 1 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.exp(tensor([2], [0, 1])); // 1, 2.7182817
 * ```
 * @function
 */
export const exp: UnaryOperation = /* @__PURE__ */ unary('exp', kinds.EXP, 'exp');
/**
 * Natural logarithm of each element: within 1 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.log(tensor([2], [1, 2])); // 0, 0.6931472
 * ```
 * @function
 */
export const log: UnaryOperation = /* @__PURE__ */ unary('log', kinds.LOG, 'log');
/**
 * `log(1 + x)`, accurate for small x.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.log1p(tensor([2], [0, 1])); // 0, 0.6931472
 * ```
 * @function
 */
export const log1p: UnaryOperation = /* @__PURE__ */ unary('log1p', kinds.LOG1P);
/**
 * `exp(x) - 1`, accurate for small x.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.expm1(tensor([2], [0, 1])); // 0, 1.7182818
 * ```
 * @function
 */
export const expm1: UnaryOperation = /* @__PURE__ */ unary('expm1', kinds.EXPM1);
/**
 * The absolute value. The gradient at 0 is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.abs(tensor([2], [1, -2])); // 1, 2
 * ```
 * @function
 */
export const abs: UnaryOperation = /* @__PURE__ */ unary('abs', kinds.ABS);
/**
 * 1 above 0, -1 below, 0 at 0. The gradient is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sign(tensor([3], [1, -2, 0])); // 1, -1, 0
 * ```
 * @function
 */
export const sign: UnaryOperation = /* @__PURE__ */ unary('sign', kinds.SIGN);
/**
 * The largest integer that is not above x. The gradient is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.floor(tensor([2], [1.5, -1.5])); // 1, -2
 * ```
 * @function
 */
export const floor: UnaryOperation = /* @__PURE__ */ unary('floor', kinds.FLOOR);
/**
 * The smallest integer that is not below x. The gradient is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.ceil(tensor([2], [1.5, -1.5])); // 2, -1
 * ```
 * @function
 */
export const ceil: UnaryOperation = /* @__PURE__ */ unary('ceil', kinds.CEIL);
/**
 * The nearest integer; halves round to the even one. The gradient is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.round(tensor([3], [0.5, 1.5, 1.2])); // 0, 2, 1
 * ```
 * @function
 */
export const round: UnaryOperation = /* @__PURE__ */ unary('round', kinds.ROUND);
/**
 * Sine of radians up to 2^27; NaN beyond.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sin(tensor([2], [0, 1])); // 0, 0.84147096
 * ```
 * @function
 */
export const sin: UnaryOperation = /* @__PURE__ */ unary('sin', kinds.SIN);
/**
 * Cosine of radians up to 2^27; NaN beyond.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.cos(tensor([2], [0, 1])); // 1, 0.5403023
 * ```
 * @function
 */
export const cos: UnaryOperation = /* @__PURE__ */ unary('cos', kinds.COS);
/**
 * Error function of each element: within 3 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.erf(tensor([2], [0, 1])); // 0, 0.8427008
 * ```
 * @function
 */
export const erf: UnaryOperation = /* @__PURE__ */ unary('erf', kinds.ERF, 'erf');

/**
 * `x` clipped to `low` to `high`. The gradient passes through inside this range and is 0 outside.
 *
 * @throws RangeError if `low` is above `high`.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.clip(tensor([3], [-2, 0.5, 2]), -1, 1); // -1, 0.5, 1
 * ```
 */
export function clip<X extends Operand>(x: X, low: number, high: number, options: OutOptions = {}): Result<X> {
  checkNumber('low', low, Number.NEGATIVE_INFINITY);
  checkNumber('high', high, low);
  checkOptions('clip', options, ['out']);
  return call('clip', { x }, (value) => transform('clip', kinds.CLIP, value, low, high), options);
}
