/** Sums, means, extremes and norms, along axes or over everything; sums are computed in float64, in a fixed order. */
import * as kinds from '../../assembly/codes.ts';
import type { Value } from '../graph/graph.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { showType } from '../graph/operations/arrays/broadcast.ts';
import { cumulativeSum } from '../graph/operations/arrays/cumulative.ts';
import { reduceAxes } from '../graph/operations/arrays/reduce.ts';
import { stopped } from '../graph/operations/arrays/stop.ts';
import { Tensor } from '../tensor.ts';
import { checkBoolean, checkOptions } from '../validate.ts';
import { axesFrom, axisOf, inner, rankOf } from './axes.ts';
import { call, numberOf } from './call.ts';
import { checkTensor, type FloatTensor, type Operand, type OutOptions, type Result } from './operand.ts';
import type { SymbolicValue } from './symbolic.ts';

/** Options of reductions. */
export interface ReduceOptions extends OutOptions {
  /** The axis, or axes, to reduce; negative ones count from the end. Default: all. */
  readonly axis?: number | readonly number[];
  /** Keep them with size 1. Default false. */
  readonly keepdims?: boolean;
}

/** Options of {@link argMax}. */
export interface ArgMaxOptions extends OutOptions {
  /** The axis to reduce; negative ones count from the end. Default: all, and the index counts all elements, row-major. */
  readonly axis?: number;
  /** Keep it with size 1. Default false. */
  readonly keepdims?: boolean;
}

/** Options of {@link cumsum}. */
export interface CumsumOptions extends OutOptions {
  /** The axis; negative ones count from the end. Default: all elements, row-major, as one. */
  readonly axis?: number;
  /** Sum from the end. Default false. */
  readonly reverse?: boolean;
}

/** A reduction. A tensor without options gives a number, with options a tensor; a symbolic value always gives a symbolic value. */
export interface ReductionOperation {
  <X extends Operand>(x: X, options: ReduceOptions): Result<X>;
  (x: SymbolicValue): SymbolicValue;
  (x: Exclude<Operand, SymbolicValue>): number;
}

/** The axes of a reduction, counted as the value's. */
interface Axes {
  readonly axes: readonly number[];
  readonly batch: boolean;
  readonly keepdims: boolean;
}

/** Reduces by one kind of the kernel; a kept batch axis has size 1. */
function over(name: string, kind: number, x: Value, { axes, batch, keepdims }: Axes): Value {
  const y = reduceAxes(name, kind, x, axes, batch, keepdims);
  return batch && keepdims ? x.graph.view(y, [1, ...y.shape]) : y;
}

export function checkedAxes(name: string, x: Value, axis: unknown, keepdims: boolean): Axes {
  const all = axesFrom(name, axis, rankOf(x));
  const batch = x.rows && all[0] === 0;
  return { axes: inner(name, x, batch ? all.slice(1) : all), batch, keepdims };
}

/** Makes a reduction from the function that records it. */
function reduction(name: string, record: (x: Value, axes: Axes) => Value): ReductionOperation {
  const reduce = (x: Operand, options?: ReduceOptions): SymbolicValue | FloatTensor | number => {
    const { axis, keepdims = false, out } = options ?? {};
    if (options !== undefined) checkOptions(name, options, ['axis', 'keepdims', 'out']);
    checkBoolean('keepdims', keepdims);
    const result = call<SymbolicValue | FloatTensor>(
      name,
      { x },
      (value) => record(value, checkedAxes(name, value, axis, keepdims)),
      { out },
    );
    return options === undefined ? numberOf(result) : result;
  };
  // the overloads declare for each result what `call` decides
  return reduce as ReductionOperation;
}

const plain = (name: string, kind: number): ReductionOperation =>
  reduction(name, (x, axes) => over(name, kind, x, axes));

const sums = /* @__PURE__ */ plain('sum', kinds.SUM);
/**
 * The sum along axes, in float64 in a fixed order. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.sum(tensor([3], [1, 2, 3])); // 6
 * const columns = ops.sum(tensor([2, 2], [1, 2, 3, 4]), { axis: 0 }); // 4, 6
 * ```
 * @function
 */
export const sum: ReductionOperation = /* @__PURE__ */ (() => {
  const reduce = (x: Operand, options?: ReduceOptions): unknown => {
    // its own kernel: the sum of everything stays float64
    if (x instanceof Tensor && options === undefined) return x.engine.core.sum(checkTensor('x', x).address, x.size);
    return options === undefined ? sums(x as SymbolicValue) : sums(x, options);
  };
  return reduce as ReductionOperation;
})();

/**
 * The mean along axes; over the axis of the batch, it divides by the actual rows of the batch. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.mean(tensor([3], [1, 2, 3])); // 2
 * ```
 * @function
 */
export const mean: ReductionOperation = /* @__PURE__ */ plain('mean', kinds.MEAN);

function varianceOf(name: string, x: Value, axes: Axes): Value {
  const m = arithmetic(name);
  const centre = over(name, kinds.MEAN, x, { ...axes, keepdims: true });
  return over(name, kinds.MEAN, m.square(m.subtract(x, centre)), axes);
}

/**
 * The variance along axes: the mean of the squared distances from the mean. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.variance(tensor([2], [1, 3])); // 1
 * ```
 * @function
 */
export const variance: ReductionOperation = /* @__PURE__ */ reduction('variance', (x, axes) =>
  varianceOf('variance', x, axes),
);

/**
 * The standard deviation along axes, the square root of the variance. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.std(tensor([2], [1, 3])); // 1
 * ```
 * @function
 */
export const std: ReductionOperation = /* @__PURE__ */ reduction('std', (x, axes) =>
  arithmetic('std').sqrt(varianceOf('std', x, axes)),
);

/**
 * The largest element along axes; equal ones share the gradient. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.max(tensor([3], [1, 3, 2])); // 3
 * ```
 * @function
 */
export const max: ReductionOperation = /* @__PURE__ */ plain('max', kinds.MAX);

/**
 * The smallest element along axes; equal ones share the gradient. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.min(tensor([3], [1, 3, 2])); // 1
 * ```
 * @function
 */
export const min: ReductionOperation = /* @__PURE__ */ plain('min', kinds.MIN);

/**
 * The product along axes. Its gradient needs memory for the square of the axis' length. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.prod(tensor([3], [1, 3, 2])); // 6
 * ```
 * @function
 */
export const prod: ReductionOperation = /* @__PURE__ */ plain('prod', kinds.PRODUCT);

/** log Σ exp, minus the largest element, so that nothing overflows. */
export function logSumExpOf(name: string, x: Value, axes: Axes): Value {
  const m = arithmetic(name);
  const largest = stopped(over(name, kinds.MAX, x, { ...axes, keepdims: true }));
  const sum = over(name, kinds.SUM, m.exp(m.subtract(x, largest)), { ...axes, keepdims: true });
  const y = m.add(m.log(sum), largest);
  if (axes.keepdims) return y;
  const left = x.shape.filter((_, axis) => !axes.axes.includes(axis));
  return x.graph.view(y, left);
}

/**
 * `log(sum(exp(x)))` along axes, without overflow in exp. Of a tensor, without options, it is a number.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.logSumExp(tensor([2], [1000, 1000])); // 1000.69...
 * ```
 * @function
 */
export const logSumExp: ReductionOperation = /* @__PURE__ */ reduction('logSumExp', (x, axes) =>
  logSumExpOf('logSumExp', x, axes),
);

const norms = /* @__PURE__ */ reduction('norm', (x, axes) => {
  const m = arithmetic('norm');
  return m.sqrt(over('norm', kinds.SUM, m.square(x), axes));
});
/**
 * The Euclidean norm along axes. Of a tensor, without options, it is a number, from a float64 sum of squares in a fixed order. It has no gradient at 0.
 *
 * @throws RangeError for axes that do not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.norm(tensor([2], [3, 4])); // 5
 * ```
 * @function
 */
export const norm: ReductionOperation = /* @__PURE__ */ (() => {
  const reduce = (x: Operand, options?: ReduceOptions): unknown => {
    if (x instanceof Tensor && options === undefined) {
      const { core } = x.engine;
      return core.sqrt64(core.sumSquares(checkTensor('x', x).address, x.size));
    }
    return options === undefined ? norms(x as SymbolicValue) : norms(x, options);
  };
  return reduce as ReductionOperation;
})();

/**
 * The index of the largest element along an axis, the first of several; NaN counts as the largest. The gradient is 0.
 * Of a tensor, without options, it is a number.
 *
 * @throws RangeError for an axis that does not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.argMax(tensor([3], [1, 3, 2])); // 1
 * const classes = ops.argMax(tensor([2, 2], [0.9, 0.1, 0.2, 0.8]), { axis: -1 }); // 0, 1
 * ```
 * @function
 */
export const argMax: ReductionOperation = /* @__PURE__ */ reduction('argMax', (x, axes) => {
  const count = axes.axes.length + (axes.batch ? 1 : 0);
  if (count > 1 && (axes.batch || count < x.shape.length))
    throw new RangeError(`argMax: give one axis of ${showType(x)}, or none`);
  return over('argMax', kinds.ARG_MAX, x, axes);
});

/**
 * The running sum along an axis, in float64.
 *
 * @throws RangeError for an axis that does not exist.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.cumsum(tensor([3], [1, 2, 3])); // 1, 3, 6
 * ```
 */
export function cumsum<X extends Operand>(x: X, options: CumsumOptions = {}): Result<X> {
  checkOptions('cumsum', options, ['axis', 'reverse', 'out']);
  const { axis, reverse = false, out } = options;
  checkBoolean('reverse', reverse);
  return call(
    'cumsum',
    { x },
    (value) => {
      if (axis === undefined) {
        if (value.rows) inner('cumsum', value, [0]);
        return cumulativeSum('cumsum', value.graph.view(value, [value.size]), 0, reverse);
      }
      const [along = 0] = inner('cumsum', value, [axisOf('cumsum', axis, rankOf(value))]);
      return cumulativeSum('cumsum', value, along, reverse);
    },
    { out },
  );
}
