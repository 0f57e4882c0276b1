/** The kernels as plain functions over tensors. Results go to a new tensor, or to `out`, which must have the right shape. */
import { RECTIFY, TRANSPOSE_A, TRANSPOSE_B } from '../assembly/opcodes.ts';
import { type ActivationName, type ActivationSpec, activationOf } from './activations.ts';
import { reserve, runNow } from './engine/now.ts';
import type { Engine } from './engine/runtime.ts';
import { encode } from './graph/operation.ts';
import { matmul as product } from './graph/operations/matmul.ts';
import { allocate, Tensor } from './tensor.ts';
import { checkBoolean, checkKind, checkOptions, isObject, sameShape, show, showShape } from './validate.ts';

/** Multiplications from which a product may be worth several threads; for a small one, asking would take longer than the product. */
const LARGE = 2 ** 21;

/** A tensor of float32. */
export type FloatTensor = Tensor<'float32'>;

/** Options of every operation. */
export interface OutOptions {
  /**
   * Where the result goes: an existing float32 tensor of the result's shape. Of element-by-element operations it may be an input; nowhere may it
   * overlap one in part, nor an input of `matmul` or `transpose` at all. Default: a new tensor, the caller's to dispose of.
   */
  readonly out?: FloatTensor;
}

/** Options of {@link matmul}. */
export interface MatmulOptions extends OutOptions {
  /** Use the transpose of `a`, given as [k, m]. Default false. */
  readonly transposeA?: boolean;
  /** Use the transpose of `b`, given as [n, k]. Default false. */
  readonly transposeB?: boolean;
  /** Added to every row: [n]. Default none. */
  readonly bias?: FloatTensor;
  /** Applied to the sum. Default `'linear'`. */
  readonly activation?: 'linear' | 'relu';
}

function check(name: string, value: unknown, rank?: number): FloatTensor {
  checkKind(value instanceof Tensor, name, 'a tensor', value);
  if (value.dtype !== 'float32') throw new TypeError(`${name} must be a float32 tensor, got ${value.dtype}`);
  if (rank !== undefined && value.shape.length !== rank) {
    throw new RangeError(`${name} must have ${rank} axes, got ${showShape(value.shape)}`);
  }
  return value as FloatTensor;
}

function sameEngine(a: Tensor, ...others: readonly Tensor[]): Engine {
  for (const other of others) {
    if (other.engine !== a.engine) throw new Error('tensors of different runtimes cannot be combined');
  }
  return a.engine;
}

/** Where the result goes: not over an input, or, `inPlace`, over all of one. */
function output(
  name: string,
  engine: Engine,
  shape: readonly number[],
  out: FloatTensor | undefined,
  inputs: readonly FloatTensor[],
  inPlace = true,
): FloatTensor {
  if (out === undefined) return allocate(engine, 'float32', shape);
  check('out', out);
  if (out.engine !== engine) throw new Error('tensors of different runtimes cannot be combined');
  if (!sameShape(out.shape, shape))
    throw new RangeError(`out must have shape ${showShape(shape)}, got ${showShape(out.shape)}`);
  const from = out.address;
  const overlaps = ({ address, size }: Tensor): boolean =>
    from < address + 4 * size && address < from + 4 * out.size && !(inPlace && address === from);
  if (inputs.some(overlaps)) throw new Error(`${name}: out overlaps an input`);
  return out;
}

/**
 * Matrix product `a [m, k] · b [k, n]`, either operand transposed if asked for, plus bias, through an activation.
 * Sums run along ascending k; the same bits on every machine.
 *
 * @throws RangeError when the inner sizes differ (both are named).
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const a = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
 * const b = tensor([2, 3], [1, 0, 1, 0, 1, 0]);
 * const c = ops.matmul(a, b, { transposeB: true }); // [2, 2]: 4 2 10 5
 * ```
 */
export function matmul(a: FloatTensor, b: FloatTensor, options: MatmulOptions = {}): FloatTensor {
  check('a', a, 2);
  check('b', b, 2);
  checkOptions('matmul', options, ['transposeA', 'transposeB', 'bias', 'activation', 'out']);
  const { transposeA = false, transposeB = false, bias, activation = 'linear' } = options;
  checkBoolean('transposeA', transposeA);
  checkBoolean('transposeB', transposeB);
  if (activation !== 'linear' && activation !== 'relu') {
    throw new RangeError(`activation of matmul must be 'linear' or 'relu', got ${show(activation)}`);
  }
  const [a0 = 0, a1 = 0] = a.shape;
  const [b0 = 0, b1 = 0] = b.shape;
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const [kb, n] = transposeB ? [b1, b0] : [b0, b1];
  if (k !== kb) {
    const shown = (name: string, shape: readonly number[], flag: boolean) =>
      `${name} ${showShape(shape)}${flag ? ' transposed' : ''}`;
    throw new RangeError(
      `matmul: ${shown('a', a.shape, transposeA)} does not fit ${shown('b', b.shape, transposeB)}: ${k} is not ${kb}`,
    );
  }
  const engine = sameEngine(a, b);
  if (bias !== undefined) {
    check('bias', bias);
    sameEngine(a, bias);
    if (!sameShape(bias.shape, [n])) throw new RangeError(`bias must have shape [${n}], got ${showShape(bias.shape)}`);
  }
  const addresses = [a.address, b.address, bias?.address ?? 0] as const;
  reserve(engine); // before there is an output to lose
  const out = output('matmul', engine, [m, n], options.out, [a, b], false);
  const [aAt, bAt, biasAt] = addresses;
  const relu = activation === 'relu';
  if (engine.threads > 1 && m * n * k > LARGE) {
    const flags = (transposeA ? TRANSPOSE_A : 0) | (transposeB ? TRANSPOSE_B : 0) | (relu ? RECTIFY : 0);
    const words = { c: out.address, a: aAt, b: bAt, bias: biasAt, m, n, k, flags };
    runNow(engine, encode(product, words), product.cost(words, 1));
  } else {
    const { core, scratch } = engine;
    core.gemm(out.address, n, aAt, a1, transposeA, bAt, b1, transposeB, m, n, k, biasAt, relu, 0, scratch);
  }
  return out;
}

/** An operation on two tensors of equal shapes, element by element. */
export type BinaryOperation = (a: FloatTensor, b: FloatTensor, options?: OutOptions) => FloatTensor;
/** An operation on each element of a tensor. */
export type UnaryOperation = (x: FloatTensor, options?: OutOptions) => FloatTensor;

function binary(name: 'add' | 'subtract' | 'multiply' | 'divide'): BinaryOperation {
  return (a, b, options = {}) => {
    check('a', a);
    check('b', b);
    checkOptions(name, options, ['out']);
    if (!sameShape(a.shape, b.shape))
      throw new RangeError(`${name}: a ${showShape(a.shape)} and b ${showShape(b.shape)} differ in shape`);
    const engine = sameEngine(a, b);
    const [aAt, bAt] = [a.address, b.address];
    const out = output(name, engine, a.shape, options.out, [a, b]);
    engine.core[name](out.address, aAt, bAt, a.size);
    return out;
  };
}

function unary(name: 'exp' | 'log' | 'tanh' | 'erf' | 'sigmoid' | 'softplus' | 'sqrt'): UnaryOperation {
  return (x, options = {}) => {
    check('x', x);
    checkOptions(name, options, ['out']);
    const at = x.address;
    const out = output(name, x.engine, x.shape, options.out, [x]);
    x.engine.core[name](out.address, at, x.size);
    return out;
  };
}

/**
 * `a + b`, element by element, of equal shapes.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.add(tensor([2], [6, 8]), tensor([2], [3, 2])); // 9, 10
 * ```
 */
export const add: BinaryOperation = /* @__PURE__ */ binary('add');
/**
 * `a - b`, element by element, of equal shapes.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.subtract(tensor([2], [6, 8]), tensor([2], [3, 2])); // 3, 6
 * ```
 */
export const subtract: BinaryOperation = /* @__PURE__ */ binary('subtract');
/**
 * `a * b`, element by element, of equal shapes.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.multiply(tensor([2], [6, 8]), tensor([2], [3, 2])); // 18, 16
 * ```
 */
export const multiply: BinaryOperation = /* @__PURE__ */ binary('multiply');
/**
 * `a / b`, element by element, of equal shapes.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const c = ops.divide(tensor([2], [6, 8]), tensor([2], [3, 2])); // 2, 4
 * ```
 */
export const divide: BinaryOperation = /* @__PURE__ */ binary('divide');
/**
 * e to the power of each element: within 1 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.exp(tensor([2], [0, 1])); // 1, 2.7182817
 * ```
 */
export const exp: UnaryOperation = /* @__PURE__ */ unary('exp');
/**
 * Natural logarithm of each element: within 1 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.log(tensor([2], [1, 2])); // 0, 0.6931472
 * ```
 */
export const log: UnaryOperation = /* @__PURE__ */ unary('log');
/**
 * Hyperbolic tangent of each element: within 2 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.tanh(tensor([2], [0, 1])); // 0, 0.7615942
 * ```
 */
export const tanh: UnaryOperation = /* @__PURE__ */ unary('tanh');
/**
 * Error function of each element: within 3 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.erf(tensor([2], [0, 1])); // 0, 0.8427008
 * ```
 */
export const erf: UnaryOperation = /* @__PURE__ */ unary('erf');
/**
 * Logistic function of each element: within 3 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sigmoid(tensor([2], [0, 1])); // 0.5, 0.7310586
 * ```
 */
export const sigmoid: UnaryOperation = /* @__PURE__ */ unary('sigmoid');
/**
 * `log(1 + e^x)` of each element: within 2 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.softplus(tensor([2], [0, 1])); // 0.6931472, 1.3132616
 * ```
 */
export const softplus: UnaryOperation = /* @__PURE__ */ unary('softplus');
/**
 * Square root of each element, correctly rounded.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sqrt(tensor([2], [4, 2])); // 2, 1.4142135
 * ```
 */
export const sqrt: UnaryOperation = /* @__PURE__ */ unary('sqrt');

/**
 * Any activation by name: `ops.activation(x, 'gelu')`; softmax runs over the last axis.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.activation(tensor([1, 3], [1, 2, 3]), 'softmax');
 * ```
 */
export function activation(
  x: FloatTensor,
  name: ActivationName | ActivationSpec,
  options: OutOptions = {},
): FloatTensor {
  check('x', x);
  checkOptions('activation', options, ['out']);
  const { kind, alpha, name: plain } = activationOf(name);
  const cols = x.shape.at(-1) ?? 1;
  const at = x.address;
  const out = output('activation', x.engine, x.shape, options.out, [x]);
  if (plain === 'softmax') x.engine.core.softmax(out.address, at, cols === 0 ? 0 : x.size / cols, cols);
  else x.engine.core.activation(kind, out.address, at, x.size, alpha);
  return out;
}

/**
 * The transpose of a matrix: [m, n] gives [n, m]. `out` must not overlap `x`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const t = ops.transpose(tensor([2, 3], [1, 2, 3, 4, 5, 6])); // [3, 2]: 1 4 2 5 3 6
 * ```
 */
export function transpose(x: FloatTensor, options: OutOptions = {}): FloatTensor {
  check('x', x, 2);
  checkOptions('transpose', options, ['out']);
  const [rows = 0, cols = 0] = x.shape;
  const at = x.address;
  const out = output('transpose', x.engine, [cols, rows], options.out, [x], false);
  x.engine.core.transpose(out.address, at, rows, cols);
  return out;
}

/**
 * The sum of all elements, added in float64 in a fixed order.
 *
 * @throws TypeError for options: there is no axis to sum along
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.sum(tensor([3], [1, 2, 3])); // 6
 * ```
 */
export function sum(x: FloatTensor): number {
  check('x', x);
  // biome-ignore lint/complexity/noArguments: JavaScript may pass what the declaration does not have
  if (isObject(arguments[1])) throw new TypeError('sum: there are no options, it adds all elements');
  return x.engine.core.sum(x.address, x.size);
}

/**
 * The Euclidean norm of all elements, from a float64 sum of squares in a fixed order.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.norm(tensor([2], [3, 4])); // 5
 * ```
 */
export function norm(x: FloatTensor): number {
  check('x', x);
  return x.engine.core.sqrt64(x.engine.core.sumSquares(x.address, x.size));
}
