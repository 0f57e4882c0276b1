/** How operations on one or two operands, element by element, are made. */
import type { Core } from '../engine/load.ts';
import type { Value } from '../graph/graph.ts';
import { combine } from '../graph/operations/arrays/binary.ts';
import { transform } from '../graph/operations/arrays/unary.ts';
import { Tensor } from '../tensor.ts';
import { checkOptions, sameShape } from '../validate.ts';
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

/** An operation on two operands: `direct` is the kernel for tensors of equal shape. */
export function binary(name: string, kind: number, direct?: Direct2): BinaryOperation {
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

/** One of the functions of assembly/codes.ts, on each element. */
export const unary = (name: string, kind: number, direct?: Direct1): UnaryOperation =>
  elementwise(name, (x) => transform(name, kind, x), direct);
