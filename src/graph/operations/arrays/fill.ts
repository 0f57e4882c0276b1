import * as words from '../../../../assembly/words/fill.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Graph, Value } from '../../graph.ts';
import { operation, type Type } from '../../operation.ts';

/** y = the same number everywhere. */
const fill = /* @__PURE__ */ operation(
  words,
  { outputs: ['y'] },
  {
    name: 'fill',
    needs: full,
    floats: ['value'],
    shape: (_, { n, perRow }) => ({ y: { shape: [n], rows: perRow === 1 } }),
    cost: ({ n, perRow }, rows) => (perRow ? rows : 1) * n * 0.1,
    gradient: () => ({}),
  },
);

/** `value` in every element of the type. */
export function filled(graph: Graph, label: string, { shape, rows }: Type, value: number): Value {
  const { y } = graph.add(fill, label, {}, { n: sizeOf(shape), perRow: rows ? 1 : 0, value });
  return graph.view(y, shape);
}
