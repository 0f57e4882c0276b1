import * as words from '../../../../assembly/words/one-hot.ts';
import { full } from '../../../engine/full.ts';
import type { Value } from '../../graph.ts';
import { operation } from '../../operation.ts';

/** y[i, d] = 1 where d is indices[i], else 0. */
const oneHot = /* @__PURE__ */ operation(
  words,
  { inputs: ['indices'], outputs: ['y'] },
  {
    name: 'oneHot',
    needs: full,
    shape: ({ indices: { shape, rows } }, { depth }) => ({ y: { shape: [...shape, depth], rows } }),
    cost: ({ n, depth, perRow }, rows) => (perRow ? rows : 1) * n * depth * 0.2,
    gradient: () => ({}),
  },
);

/** One more axis, of `depth`, with a 1 at the index. */
export function oneHotOf(label: string, indices: Value, depth: number): Value {
  const numbers = { n: indices.size, perRow: indices.rows ? 1 : 0, depth };
  return indices.graph.add(oneHot, label, { indices }, numbers).y;
}
