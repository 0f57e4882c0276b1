/** Sums, means, products and extremes: along axes of a row or of a fixed value, and over the rows of the batch. */
import * as kinds from '../../../../assembly/codes.ts';
import * as divideWords from '../../../../assembly/words/divide-by-rows.ts';
import * as words from '../../../../assembly/words/reduce.ts';
import * as rowsWords from '../../../../assembly/words/reduce-rows.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation, type Type } from '../../operation.ts';
import { arithmetic } from './arithmetic.ts';
import { aligned } from './broadcast.ts';
import { expand, permute } from './copy.ts';

/** y[o, i] = REDUCE over c of x[o, c, i]. */
const reduce = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'reduce',
    needs: full,
    shape: ({ x }, { outer, inner }) => ({ y: { shape: [outer, inner], rows: x.rows } }),
    cost: ({ outer, count, inner, perRow }, rows) => (perRow ? rows : 1) * outer * count * inner * 0.4,
    gradient({ graph, label, inputs: { x }, outputs: { y }, attributes, dy: { y: dy } }): Gradients<'x'> {
      if (dy === undefined || y === undefined) return {};
      const { kind, outer, count, inner } = attributes;
      const m = arithmetic(label);
      const line = (value: Value): Value => graph.view(value, [outer, 1, inner]);
      const type: Type = { shape: [outer, count, inner], rows: x.rows };
      const lines = graph.view(x, type.shape);
      const back = (): Value | undefined => {
        switch (kind) {
          case kinds.SUM:
            return expand(label, line(dy), type);
          case kinds.MEAN:
            return expand(label, line(m.divide(dy, count)), type);
          case kinds.MAX:
          case kinds.MIN: {
            // equal ones share, as in TensorFlow, JAX and PyTorch
            const those = m.equal(lines, line(y));
            const share = m.divide(line(dy), reduceAxes(label, kinds.SUM, those, [1], false, true));
            return m.multiply(those, share);
          }
          case kinds.PRODUCT: {
            // the product of all others: right with zeros among them, and for further derivatives
            const others = expand(label, graph.view(lines, [outer, count, 1, inner]), {
              shape: [outer, count, count, inner],
              rows: x.rows,
            });
            const diagonal = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
            const own = graph.constant([count, count, 1], diagonal);
            const product = reduceAxes(label, kinds.PRODUCT, m.select(own, 1, others), [1]);
            return m.multiply(line(dy), product);
          }
          default:
            return undefined;
        }
      };
      const dx = back();
      return { x: dx && graph.view(dx, x.shape) };
    },
  },
);

/** y = x / rows: turns a sum over the batch into its mean. */
const divideByRows = /* @__PURE__ */ operation(
  divideWords,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'divideByRows',
    needs: full,
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: ({ n }) => n * 0.25,
    gradient: ({ graph, label, attributes, dy: { y: dy } }): Gradients<'x'> => ({
      x: dy && graph.add(divideByRows, label, { x: dy }, attributes).y,
    }),
  },
);

/** y = REDUCE over the rows of the batch. */
const reduceRows = /* @__PURE__ */ operation(
  rowsWords,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'reduceRows',
    needs: full,
    shape: ({ x: { shape } }) => ({ y: { shape, rows: false } }),
    cost: ({ n }, rows) => rows * n * 0.4,
    gradient({ graph, label, inputs: { x }, outputs: { y }, attributes: { kind, n }, dy: { y: dy } }): Gradients<'x'> {
      if (dy === undefined || y === undefined) return {};
      const m = arithmetic(label);
      switch (kind) {
        case kinds.SUM:
          return { x: expand(label, dy, x) };
        case kinds.MEAN:
          return { x: expand(label, graph.add(divideByRows, label, { x: dy }, { n }).y, x) };
        case kinds.MAX:
        case kinds.MIN: {
          const those = m.equal(x, y);
          return { x: m.multiply(those, m.divide(dy, overRows(label, kinds.SUM, those))) };
        }
        case kinds.PRODUCT:
          throw new Error(
            `${label}: a product over the batch has no gradient; use the exponential of a sum of logarithms`,
          );
        default:
          return {};
      }
    },
  },
);

/** Over the rows of the batch, to one fixed value. */
const overRows = (label: string, kind: number, x: Value): Value =>
  x.graph.add(reduceRows, label, { x }, { kind, n: x.size }).y;

/** Over `axes` of `x` (without the batch axis), and over the batch if `batch`. Kept axes have size 1; the batch's is dropped. */
export function reduceAxes(
  label: string,
  kind: number,
  x: Value,
  axes: readonly number[],
  batch = false,
  keepdims = false,
): Value {
  const { graph, shape } = x;
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const size = (of: readonly number[]): number => sizeOf(of.map((axis) => shape[axis] ?? 1));
  let y = x;
  if (axes.length > 0) {
    const [first = 0] = axes;
    const together = axes.every((axis, i) => axis === first + i);
    // brings axes that lie apart together, behind the others
    const from = together ? x : permute(label, x, [...kept, ...axes]);
    const outer = together ? size(kept.filter((axis) => axis < first)) : size(kept);
    const inner = together ? size(kept.filter((axis) => axis > first)) : 1;
    y = graph.add(reduce, label, { x: from }, { kind, outer, count: size(axes), inner, perRow: x.rows ? 1 : 0 }).y;
  }
  if (batch) y = overRows(label, kind, y);
  const left = keepdims
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : kept.map((axis) => shape[axis] ?? 1);
  return graph.view(y, left);
}

/** Adds up a broadcast: the gradient of an operand of the type `to`. */
export function sumTo(label: string, x: Value, to: Type): Value {
  const { graph, shape } = x;
  const own = aligned(to.shape.slice(-shape.length || to.shape.length), shape.length);
  const axes = shape.flatMap((size, axis) => (size !== 1 && own[axis] === 1 ? [axis] : []));
  const batch = x.rows && !to.rows;
  const sum = axes.length > 0 || batch ? reduceAxes(label, kinds.SUM, x, axes, batch) : x;
  return graph.view(sum, to.shape);
}
