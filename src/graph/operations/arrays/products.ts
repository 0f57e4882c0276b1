/** Matrix products with leading axes, which are broadcast. */
import { TRANSPOSE_A, TRANSPOSE_B } from '../../../../assembly/opcodes.ts';
import * as words from '../../../../assembly/words/products.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation, type Type } from '../../operation.ts';
import { dense, inputGradient, kernelGradient } from '../products.ts';
import { axesOf, broadcast, layoutOf, showType } from './broadcast.ts';
import { expand } from './copy.ts';
import { sumTo } from './reduce.ts';

/** c[p] = op(a[p % aPeriod]) op(b[p % bPeriod]). */
const products = /* @__PURE__ */ operation(
  words,
  { inputs: ['a', 'b'], outputs: ['c'] },
  {
    name: 'products',
    needs: full,
    shape: (_, { times, m, n, perRow }) => ({ c: { shape: [times, m, n], rows: perRow === 1 } }),
    cost: ({ times, m, n, k, perRow }, rows) => (perRow ? rows : 1) * times * (50 + (m * n * k) / 15),
    gradient({ graph, label, inputs: { a, b }, attributes, dy: { c: dc }, wants }): Gradients<'a' | 'b'> {
      if (dc === undefined) return {};
      const { m, n, k, flags, aPeriod, bPeriod } = attributes;
      const [ta, tb] = [(flags & TRANSPOSE_A) !== 0, (flags & TRANSPOSE_B) !== 0];
      const flagsOf = (first: boolean, second: boolean): number =>
        (first ? TRANSPOSE_A : 0) | (second ? TRANSPOSE_B : 0);
      /** One product for each matrix of c; `periods` counts the matrices of the operand that is not the gradient. */
      const each = (
        left: Value,
        right: Value,
        sizes: { readonly m: number; readonly n: number; readonly k: number },
        flags: number,
        periods: { readonly aPeriod: number; readonly bPeriod: number },
      ) => graph.add(products, label, { a: left, b: right }, { ...attributes, ...sizes, flags, ...periods }).c;
      const da = (): Value =>
        ta
          ? each(b, dc, { m: k, n: m, k: n }, flagsOf(tb, true), { aPeriod: bPeriod, bPeriod: 0 })
          : each(dc, b, { m, n: k, k: n }, flagsOf(false, !tb), { aPeriod: 0, bPeriod });
      const db = (): Value =>
        tb
          ? each(dc, a, { m: n, n: k, k: m }, flagsOf(true, ta), { aPeriod: 0, bPeriod: aPeriod })
          : each(a, dc, { m: k, n, k: m }, flagsOf(!ta, false), { aPeriod, bPeriod: 0 });
      /** Adds up the gradients of a matrix that was used more than once. */
      const to = (x: Value, gradient: Value): Value => {
        const size = gradient.size / attributes.times;
        const matrices = x.size / size;
        const lined = graph.view(gradient, [attributes.times / matrices, matrices * size]);
        return graph.view(sumTo(label, lined, { shape: [1, matrices * size], rows: x.rows }), x.shape);
      };
      return { a: wants('a') ? to(a, da()) : undefined, b: wants('b') ? to(b, db()) : undefined };
    },
  },
);

/** Options of `matmul`. */
export interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** op(a) op(b), of operands of at least two axes, the batch's included. */
export function multiplied(label: string, a: Value, b: Value, { transposeA, transposeB }: Transposes): Value {
  const { graph } = a;
  const shown = (x: Type, flag: boolean): string => `${showType(x)}${flag ? ' transposed' : ''}`;
  const refuse = (why: string): never => {
    throw new RangeError(`${label}: a ${shown(a, transposeA)} does not fit b ${shown(b, transposeB)}: ${why}`);
  };
  const sizes = (x: Value, flag: boolean) => {
    const [first, second] = axesOf(x).slice(-2);
    return flag ? ([second, first] as const) : ([first, second] as const);
  };
  const [m, k] = sizes(a, transposeA);
  const [kb, n] = sizes(b, transposeB);
  if (k !== kb) refuse(`${k ?? 'the batch'} is not ${kb ?? 'the batch'}`);
  // a matrix with a row for each row of the batch, times a weight
  const isRows = (x: Value): boolean => x.rows && x.shape.length === 1;
  if (a.rows && !transposeA && !b.rows && b.shape.length === 2) {
    const [inputs, units] = [a.shape.at(-1) ?? 1, n ?? 1];
    const times = a.size / inputs;
    return transposeB
      ? graph.add(inputGradient, label, { dz: a, kernel: b }, { inputs: units, units: inputs, times }).dx
      : graph.add(dense, label, { x: a, kernel: b }, { inputs, units, times, relu: 0 }).y;
  }
  if (isRows(a) && isRows(b) && transposeA && !transposeB)
    return graph.add(kernelGradient, label, { x: a, dz: b }, { inputs: a.size, units: b.size, times: 1 }, ['dkernel'])
      .dkernel;
  if (m === undefined || n === undefined || k === undefined || m === null || n === null || k === null)
    return refuse(
      'the batch axis can be the first of a, or of both with transposeA, and no other axis; use expandDims',
    );
  const front = (x: Value): Type => ({ shape: x.shape.slice(0, -2), rows: x.rows });
  const batch = broadcast(label, [front(a), front(b)]);
  // with one matrix on the right, all those on the left count as one
  if (!transposeA && front(b).shape.length === 0 && !batch.rows && a.shape.length > 2) {
    const tall = graph.view(a, [a.size / k, k]);
    return graph.view(multiplied(label, tall, b, { transposeA, transposeB }), [...batch.shape, m, n]);
  }
  const operand = (x: Value) => {
    const layout = layoutOf(front(x), batch);
    if (layout?.repeat === 1) return { x, period: layout.period };
    return { x: expand(label, x, { shape: [...batch.shape, ...x.shape.slice(-2)], rows: batch.rows }), period: 0 };
  };
  const [left, right] = [operand(a), operand(b)];
  const flags = (transposeA ? TRANSPOSE_A : 0) | (transposeB ? TRANSPOSE_B : 0);
  const { c } = graph.add(
    products,
    label,
    { a: left.x, b: right.x },
    {
      m,
      n,
      k,
      flags,
      times: sizeOf(batch.shape),
      perRow: batch.rows ? 1 : 0,
      aPeriod: left.period,
      bPeriod: right.period,
    },
  );
  return graph.view(c, [...batch.shape, m, n]);
}
