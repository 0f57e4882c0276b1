/** How several values become one: the operations of the merge layers. Symbolic tensors bring them, so a chain of layers does without. */
import * as kinds from '../../assembly/codes.ts';
import type { Value } from '../graph/graph.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { combine } from '../graph/operations/arrays/binary.ts';
import { divide, maximum as larger, sqrt, square } from '../ops/elementwise.ts';
import { concatenate as concatenated } from '../ops/pieces.ts';
import { matmul } from '../ops/products.ts';
import { sum } from '../ops/reductions.ts';
import { reshape, transpose } from '../ops/shape.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { sizeOf } from '../validate.ts';

/** Samples of fewer axes get axes of 1 in front. */
function aligned(values: readonly Value[]): readonly Value[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return values.map((x) => {
    const missing = rank - x.shape.length;
    return missing === 0 ? x : x.graph.view(x, [...Array.from({ length: missing }, () => 1), ...x.shape]);
  });
}

/** The length of vectors along an axis, at least 1e-7 as in Keras. */
function length(x: SymbolicValue, axis: number): SymbolicValue {
  return sqrt(larger(sum(square(x), { axis, keepdims: true }), 1e-14));
}

/** Element by element, one operation after the other from the first input to the last. `kind` is one of assembly/codes.ts. */
const fold = (label: string, kind: number, values: readonly Value[]): Value =>
  aligned(values).reduce((a, b) => combine(label, kind, a, b));

/** @internal */
export const joins = {
  fold,

  average: (label: string, values: readonly Value[]): Value =>
    arithmetic(label).divide(fold(label, kinds.ADD, values), values.length),

  concatenate(values: readonly Value[], axis: number): Value {
    const xs = values.map((x) => new SymbolicValue(x));
    return concatenated(xs, { axis }).value;
  },

  /** `along` counts the axes of a sample from 0. */
  dot(inputs: readonly Value[], along: readonly [number, number], normalize: boolean): Value {
    const [a, b] = inputs.map((x, i) => {
      const axis = along[i] ?? 0;
      const value = new SymbolicValue(x);
      const unit = normalize ? divide(value, length(value, axis + 1)) : value;
      // the axis goes last, the others become one
      const rest = x.shape.map((_, at) => at + 1).filter((at) => at !== axis + 1);
      const moved = transpose(unit, { axes: [0, ...rest, axis + 1] });
      const size = x.shape[axis] ?? 1;
      return reshape(moved, [null, x.size / size, size]);
    }) as [SymbolicValue, SymbolicValue];
    const left = inputs.flatMap(({ shape }, i) => shape.filter((_, at) => at !== along[i]));
    const product = matmul(a, b, { transposeB: true });
    return reshape(product, [null, ...(left.length === 0 ? [sizeOf(left)] : left)]).value;
  },
};

/** @internal */
export type Joins = typeof joins;
