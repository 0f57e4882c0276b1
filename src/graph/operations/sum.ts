import * as words from '../../../assembly/words/sum.ts';
import type { Graph, Value } from '../graph.ts';
import { operation } from '../operation.ts';

/** The sum of two gradients of one value; without b, a copy. */
const sum = /* @__PURE__ */ operation(
  words,
  { inputs: ['a'], optional: ['b'], outputs: ['y'] },
  {
    name: 'sum',
    overwrites: { y: 'a' },
    shape: ({ a }) => ({ y: a }),
    cost: ({ n, perRow }, rows) => (perRow ? rows : 1) * n * 0.2,
    gradient: ({ dy: { y } }) => ({ a: y, b: y }),
  },
);

/** a + b, of equal shapes. */
export function add(graph: Graph, label: string, a: Value, b: Value): Value {
  return graph.add(sum, `${label} sum`, { a, b }, { n: a.size, perRow: a.rows ? 1 : 0 }).y;
}

/** The same numbers in separate memory. */
export function copy(graph: Graph, label: string, a: Value): Value {
  return graph.add(sum, `${label} copy`, { a }, { n: a.size, perRow: a.rows ? 1 : 0 }).y;
}
