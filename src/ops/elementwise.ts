/** Operations on one or two operands, element by element, with NumPy's broadcasting. */
import * as kinds from '../../assembly/codes.ts';
import type { Core } from '../engine/load.ts';
import type { Value } from '../graph/graph.ts';
import { combine } from '../graph/operations/arrays/binary.ts';
import { choose } from '../graph/operations/arrays/select.ts';
import { transform } from '../graph/operations/arrays/unary.ts';
import { Tensor } from '../tensor.ts';
import { checkNumber, checkOptions, sameShape } from '../validate.ts';
import { call, output } from './call.ts';
import { checkTensor, type FloatTensor, type Operand, type OutOptions, type Result, sameEngine } from './operand.ts';

/** An operation on two operands, element by element, broadcast to one shape. */
export type BinaryOperation = <A extends Operand, B extends Operand>(a: A, b: B, options?: OutOptions) => Result<A | B>;
/** An operation on each element. */
export type UnaryOperation = <X extends Operand>(x: X, options?: OutOptions) => Result<X>;

/** An operation on each element, or along an axis, with options of its own. */
export type OptionalOperation<O> = <X extends Operand>(x: X, options?: O) => Result<X>;

/** Gives a function the name that models are saved with where it is an activation: bundlers shorten names. */
export const named = <F extends (...args: never[]) => unknown>(name: string, fn: F): F =>
  Object.defineProperty(fn, 'name', { value: name });

/** Kernels that the core calls directly. */
type Direct2 = 'add' | 'subtract' | 'multiply' | 'divide';
type Direct1 = 'exp' | 'log' | 'erf' | 'sqrt' | 'tanh' | 'sigmoid' | 'softplus';

const isFloat = (x: unknown): x is FloatTensor => x instanceof Tensor && x.dtype === 'float32';

function binary(name: string, kind: number, direct?: Direct2): BinaryOperation {
  return <A extends Operand, B extends Operand>(a: A, b: B, options: OutOptions = {}): Result<A | B> => {
    checkOptions(name, options, ['out']);
    const { out } = options;
    if (direct !== undefined && isFloat(a) && isFloat(b) && sameShape(a.shape, b.shape)) {
      const engine = sameEngine(a, b);
      const [aAt, bAt] = [a.address, b.address];
      const y = output(name, engine, a.shape, out, [a, b]);
      engine.core[direct](y.address, aAt, bAt, a.size);
      return y as Result<A | B>;
    }
    return call(name, { a, b }, (x, y) => combine(name, kind, x, y), { out });
  };
}

/** An operation on each element: `direct` is the kernel for tensors, `record` makes it of other operations. */
export function elementwise(name: string, record: (x: Value) => Value, direct?: Direct1): UnaryOperation {
  return named(name, <X extends Operand>(x: X, options: OutOptions = {}): Result<X> => {
    checkOptions(name, options, ['out']);
    const { out } = options;
    if (direct !== undefined && x instanceof Tensor) {
      const float = checkTensor('x', x);
      const at = float.address;
      const y = output(name, float.engine, float.shape, out, [float]);
      const kernel: Core[Direct1] = float.engine.core[direct];
      kernel(y.address, at, float.size);
      return y as Result<X>;
    }
    return call(name, { x }, record, { out });
  });
}

const unary = (name: string, kind: number, direct?: Direct1): UnaryOperation =>
  elementwise(name, (x) => transform(name, kind, x), direct);

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
