/** Matrix products. */

import * as kinds from '../../assembly/codes.ts';
import { RECTIFY, TRANSPOSE_A, TRANSPOSE_B } from '../../assembly/opcodes.ts';
import { reserve, runNow } from '../engine/now.ts';
import type { Value } from '../graph/graph.ts';
import { encode } from '../graph/operation.ts';
import { activated } from '../graph/operations/arrays/activations.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { showType } from '../graph/operations/arrays/broadcast.ts';
import { multiplied } from '../graph/operations/arrays/products.ts';
import { matmul as product } from '../graph/operations/matmul.ts';
import { Tensor } from '../tensor.ts';
import { checkBoolean, checkOptions, sameShape, show, showShape } from '../validate.ts';
import { rankOf } from './axes.ts';
import { call, output } from './call.ts';
import { checkTensor, type FloatTensor, type Operand, type OutOptions, type Result, sameEngine } from './operand.ts';

/** Multiplications from which a product may be worth several threads; below, asking would take longer than the product. */
const LARGE = 2 ** 21;

/** Options of {@link matmul}. */
export interface MatmulOptions<B extends Operand = FloatTensor> extends OutOptions {
  /** Transpose `a`, given as [..., k, m]. Default false. */
  readonly transposeA?: boolean;
  /** Transpose `b`, given as [..., n, k]. Default false. */
  readonly transposeB?: boolean;
  /** Added to every row: [n]. Default none. */
  readonly bias?: B;
  /** Applied to the sum. Default `'linear'`. */
  readonly activation?: 'linear' | 'relu';
}

/**
 * Matrix product `a [..., m, k] · b [..., k, n]`, with either operand transposed if asked for, plus bias, through an activation. Leading axes are
 * broadcast; an operand of one axis is a row on the left, a column on the right, as in NumPy. Sums run along ascending k; the same bits on every machine.
 *
 * @throws RangeError if the inner sizes differ (it names both).
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const a = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
 * const b = tensor([2, 3], [1, 0, 1, 0, 1, 0]);
 * const c = ops.matmul(a, b, { transposeB: true }); // [2, 2]: 4 2 10 5
 * ```
 */
export function matmul<A extends Operand, B extends Operand, C extends Operand = FloatTensor>(
  a: A,
  b: B,
  options: MatmulOptions<C> = {},
): Result<A | B | C> {
  checkOptions('matmul', options, ['transposeA', 'transposeB', 'bias', 'activation', 'out']);
  const { transposeA = false, transposeB = false, bias, activation = 'linear', out } = options;
  checkBoolean('transposeA', transposeA);
  checkBoolean('transposeB', transposeB);
  if (activation !== 'linear' && activation !== 'relu') {
    throw new RangeError(`activation of matmul must be 'linear' or 'relu', got ${show(activation)}`);
  }
  const isMatrix = (x: unknown): x is Tensor => x instanceof Tensor && x.shape.length === 2;
  if (isMatrix(a) && isMatrix(b) && (bias === undefined || bias instanceof Tensor))
    return matrices(a, b, { ...options, bias }) as Result<A | B | C>;
  const flags = { transposeA, transposeB };
  return call(
    'matmul',
    bias === undefined ? { a, b } : { a, b, bias },
    (left, right, added) => {
      const y = vectors('matmul', left, right, flags);
      const sum = added === undefined ? y : arithmetic('matmul').add(y, added);
      return activation === 'relu' ? activated('matmul', kinds.RELU, 0, sum) : sum;
    },
    { out },
  );
}

/** A product in which an operand of one axis is a row or a column; drops that axis from the result. */
function vectors(
  name: string,
  a: Value,
  b: Value,
  flags: { readonly transposeA: boolean; readonly transposeB: boolean },
): Value {
  const { graph } = a;
  for (const [which, x] of [['a', a] as const, ['b', b] as const])
    if (rankOf(x) === 0 || (x.rows && x.shape.length === 0))
      throw new RangeError(`${name}: ${which} must have at least one axis beside the batch's, got ${showType(x)}`);
  const [row, column] = [rankOf(a) === 1, rankOf(b) === 1];
  if ((row && flags.transposeA) || (column && flags.transposeB))
    throw new RangeError(`${name}: an operand of one axis cannot be transposed`);
  const left = row ? graph.view(a, [1, ...a.shape]) : a;
  const right = column ? graph.view(b, [...b.shape, 1]) : b;
  const y = multiplied(name, left, right, flags);
  const shape = column ? y.shape.slice(0, -1) : y.shape;
  return graph.view(y, row ? shape.filter((_, axis) => axis !== shape.length - (column ? 1 : 2)) : shape);
}

/** The product of two matrices, directly by the kernel. */
function matrices(a: Tensor, b: Tensor, options: MatmulOptions): FloatTensor {
  const { transposeA = false, transposeB = false, bias, activation = 'linear' } = options;
  checkTensor('a', a);
  checkTensor('b', b);
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
    checkTensor('bias', bias);
    sameEngine(a, bias);
    if (!sameShape(bias.shape, [n])) throw new RangeError(`bias must have shape [${n}], got ${showShape(bias.shape)}`);
  }
  const addresses = [a.address, b.address, bias?.address ?? 0] as const;
  reserve(engine); // first, because it may fail
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

/**
 * NumPy's dot: for two vectors the sum of their products, else the matrix product of operands of at most two axes, or of more and a
 * vector or a matrix.
 *
 * @throws RangeError for sizes that do not fit, or a second operand of more than two axes.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.dot(tensor([2], [1, 2]), tensor([2], [3, 4])); // 11, of shape []
 * ```
 */
export function dot<A extends Operand, B extends Operand>(a: A, b: B, options: OutOptions = {}): Result<A | B> {
  checkOptions('dot', options, ['out']);
  return call(
    'dot',
    { a, b },
    (left, right) => {
      if (rankOf(left) === 0 || rankOf(right) === 0) return arithmetic('dot').multiply(left, right);
      if (rankOf(right) > 2)
        throw new RangeError(`dot: b may have at most two axes, got ${showType(right)}; use matmul`);
      return vectors('dot', left, right, { transposeA: false, transposeB: false });
    },
    options,
  );
}
