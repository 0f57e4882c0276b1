import { axesOf, showType } from '../graph/operations/arrays/broadcast.ts';
import { permute } from '../graph/operations/arrays/copy.ts';
import { Tensor } from '../tensor.ts';
import { checkOptions, show, showShape, sizeOf } from '../validate.ts';
import { axesFrom, axisOf, inner, integers, rankOf, refuseBatch } from './axes.ts';
import { call, output } from './call.ts';
import { checkTensor, type Operand, type OutOptions, type Result } from './operand.ts';
/** Options of {@link transpose}. */
export interface TransposeOptions extends OutOptions {
  /** Which axis of x comes first, second and so on. Default: reversed. */
  readonly axes?: readonly number[];
}

/**
 * The same elements, row-major, in another shape, of which one axis may be -1: whatever is left. The axis of a batch stays: give
 * null for it, or -1.
 *
 * @throws RangeError if the shape has another number of elements.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.reshape(tensor([2, 3], [1, 2, 3, 4, 5, 6]), [3, -1]); // [3, 2]
 * ```
 */
export function reshape<X extends Operand>(
  x: X,
  shape: readonly (number | null)[],
  options: OutOptions = {},
): Result<X> {
  checkOptions('reshape', options, ['out']);
  const given = integers('reshape', 'shape', shape);
  return call(
    'reshape',
    { x },
    (value) => {
      const refuse = (): never => {
        throw new RangeError(
          `reshape: ${showType(value)} does not fit ${showShape(given.map((size) => size ?? '..'))}${value.rows ? '; the axis of the batch stays the first, as null' : ''}`,
        );
      };
      const [first] = given;
      if (value.rows && first !== null && first !== -1) refuse();
      const target = value.rows ? given.slice(1) : given;
      const known = sizeOf(target.filter((size) => size !== -1));
      const sizes = target.map((size) => (size === -1 ? value.size / known : size));
      if (target.filter((size) => size === -1).length > 1 || sizes.some((size) => !Number.isInteger(size) || size < 0))
        refuse();
      if (sizeOf(sizes) !== value.size) refuse();
      return value.graph.view(value, sizes);
    },
    options,
  );
}

/**
 * The axes in another order, reversed by default. `out` must not overlap `x`.
 *
 * @throws RangeError unless `axes` names each axis of x once, or if the axis of a batch would move.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const t = ops.transpose(tensor([2, 3], [1, 2, 3, 4, 5, 6])); // [3, 2]: 1 4 2 5 3 6
 * ```
 */
export function transpose<X extends Operand>(x: X, options: TransposeOptions = {}): Result<X> {
  checkOptions('transpose', options, ['axes', 'out']);
  const { axes, out } = options;
  if (x instanceof Tensor && x.shape.length === 2 && axes === undefined) {
    const [rows = 0, cols = 0] = checkTensor('x', x).shape;
    const at = x.address;
    const y = output('transpose', x.engine, [cols, rows], out, [x], false);
    x.engine.core.transpose(y.address, at, rows, cols);
    return y as Result<X>;
  }
  return call(
    'transpose',
    { x },
    (value) => {
      const rank = rankOf(value);
      const order =
        axes === undefined
          ? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
          : integers('transpose', 'axes', axes, rank).map((axis) => axisOf('transpose', axis, rank, 'axes'));
      if (new Set(order).size < rank) throw new RangeError(`transpose: axes ${show(axes)} names an axis twice`);
      if (value.rows && order[0] !== 0) refuseBatch('transpose', value);
      return permute('transpose', value, value.rows ? order.slice(1).map((axis) => axis - 1) : order);
    },
    { out },
  );
}

/**
 * Inserts an axis of size 1 before axis `axis`; -1 appends it.
 *
 * @throws RangeError for an impossible axis.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.expandDims(tensor([3], [1, 2, 3]), 0); // [1, 3]
 * ```
 */
export function expandDims<X extends Operand>(x: X, axis: number, options: OutOptions = {}): Result<X> {
  checkOptions('expandDims', options, ['out']);
  return call(
    'expandDims',
    { x },
    (value) => {
      const [at = 0] = inner('expandDims', value, [axisOf('expandDims', axis, rankOf(value) + 1)]);
      return value.graph.view(value, [...value.shape.slice(0, at), 1, ...value.shape.slice(at)]);
    },
    options,
  );
}

/**
 * Drops axes of size 1: those of `axis`, by default all.
 *
 * @throws RangeError if such an axis has another size.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.squeeze(tensor([1, 3, 1], [1, 2, 3])); // [3]
 * ```
 */
export function squeeze<X extends Operand>(x: X, options: SqueezeOptions = {}): Result<X> {
  checkOptions('squeeze', options, ['axis', 'out']);
  const { axis, out } = options;
  return call(
    'squeeze',
    { x },
    (value) => {
      const sizes = axesOf(value);
      const ones = sizes.flatMap((size, at) => (size === 1 ? [at] : []));
      const axes = axis === undefined ? ones : axesFrom('squeeze', axis, sizes.length);
      const wrong = axes.find((at) => sizes[at] !== 1);
      if (wrong !== undefined)
        throw new RangeError(`squeeze: axis ${wrong} of ${showType(value)} has size ${sizes[wrong] ?? '..'}, not 1`);
      const gone = inner('squeeze', value, axes);
      return value.graph.view(
        value,
        value.shape.filter((_, at) => !gone.includes(at)),
      );
    },
    { out },
  );
}

/** Options of {@link squeeze}. */
export interface SqueezeOptions extends OutOptions {
  /** The axis, or axes; negative ones count from the end. Default: all of size 1. */
  readonly axis?: number | readonly number[];
}
