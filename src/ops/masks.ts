import { scalar } from '../graph/operations/arrays/arithmetic.ts';
import { showType } from '../graph/operations/arrays/broadcast.ts';
import { filled } from '../graph/operations/arrays/fill.ts';
import { choose } from '../graph/operations/arrays/select.ts';
import { stopped } from '../graph/operations/arrays/stop.ts';
import { checkInteger, checkOptions } from '../validate.ts';
import { call } from './call.ts';
import type { Operand, OutOptions, Result } from './operand.ts';

/**
 * The same numbers, through which no gradient passes.
 *
 * @example
 * ```ts
 * import { ops, tensor, valueAndGrad } from 'simdescent';
 * const f = valueAndGrad((x) => ops.sum(ops.multiply(x, ops.stopGradient(x))));
 * f(tensor([2], [3, 4])).gradients; // 3, 4 and not 6, 8
 * f.dispose();
 * ```
 */
export function stopGradient<X extends Operand>(x: X): Result<X> {
  return call('stopGradient', { x }, stopped);
}

const like = (name: string, number: number) => {
  return <X extends Operand>(x: X, options: OutOptions = {}): Result<X> => {
    checkOptions(name, options, ['out']);
    return call(name, { x }, (value) => filled(value.graph, name, value, number), options);
  };
};

/** Operations that read only the shape of their operand. */
export type LikeOperation = <X extends Operand>(x: X, options?: OutOptions) => Result<X>;

/**
 * Zeros in the shape of x.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.zerosLike(tensor([2], [1, 2])); // 0, 0
 * ```
 * @function
 */
export const zerosLike: LikeOperation = /* @__PURE__ */ like('zerosLike', 0);
/**
 * Ones in the shape of x.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.onesLike(tensor([2], [1, 2])); // 1, 1
 * ```
 * @function
 */
export const onesLike: LikeOperation = /* @__PURE__ */ like('onesLike', 1);

/** A matrix of ones where column - row is at most `k` (`lower`), or at least `k`. */
function triangle(name: string, lower: boolean) {
  return <X extends Operand>(x: X, options: TriangleOptions = {}): Result<X> => {
    checkOptions(name, options, ['k', 'out']);
    const { k = 0, out } = options;
    checkInteger(`${name}: k`, k, Number.MIN_SAFE_INTEGER);
    return call(
      name,
      { x },
      (value) => {
        const [rows, cols] = value.shape.slice(-2);
        if (rows === undefined || cols === undefined)
          throw new RangeError(`${name}: expected matrices in the last two axes, got ${showType(value)}`);
        const mask = Float32Array.from({ length: rows * cols }, (_, i) => {
          const distance = (i % cols) - Math.floor(i / cols);
          return (lower ? distance <= k : distance >= k) ? 1 : 0;
        });
        const { graph } = value;
        return choose(name, graph.constant([rows, cols], mask), value, scalar(graph, 0));
      },
      { out },
    );
  };
}

/** Options of {@link tril} and {@link triu}. */
export interface TriangleOptions extends OutOptions {
  /** The last diagonal to keep: 0 the main one, 1 the one above it. Default 0. */
  readonly k?: number;
}

/** Operations on triangles of matrices. */
export type TriangleOperation = <X extends Operand>(x: X, options?: TriangleOptions) => Result<X>;

/**
 * The lower triangle of matrices (the last two axes), zeros above the diagonal `k`. `tril` of ones is the mask of causal attention.
 *
 * @throws RangeError for fewer than two axes.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.tril(tensor([2, 2], [1, 2, 3, 4])); // 1 0 3 4
 * ```
 * @function
 */
export const tril: TriangleOperation = /* @__PURE__ */ triangle('tril', true);
/**
 * The upper triangle of matrices (the last two axes), zeros below the diagonal `k`.
 *
 * @throws RangeError for fewer than two axes.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.triu(tensor([2, 2], [1, 2, 3, 4])); // 1 2 0 4
 * ```
 * @function
 */
export const triu: TriangleOperation = /* @__PURE__ */ triangle('triu', false);
