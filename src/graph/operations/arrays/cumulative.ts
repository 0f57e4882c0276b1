import * as words from '../../../../assembly/words/cumulative-sum.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation } from '../../operation.ts';

const cumulative = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'cumulativeSum',
    needs: full,
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: ({ outer, count, inner, perRow }, rows) => (perRow ? rows : 1) * outer * count * inner,
    gradient: ({ graph, label, attributes, dy: { y: dy } }): Gradients<'x'> => ({
      x: dy && graph.add(cumulative, label, { x: dy }, { ...attributes, reverse: 1 - attributes.reverse }).y,
    }),
  },
);

/** The running sum along `axis`, from its end if `reverse`. */
export function cumulativeSum(label: string, x: Value, axis: number, reverse: boolean): Value {
  const { graph, shape } = x;
  const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  const numbers = { outer, count: shape[axis] ?? 1, inner, perRow: x.rows ? 1 : 0, reverse: reverse ? 1 : 0 };
  return graph.add(cumulative, label, { x }, numbers).y;
}
