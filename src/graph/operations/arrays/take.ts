import * as words from '../../../../assembly/words/take.ts';
import * as gradientWords from '../../../../assembly/words/take-gradient.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation, type Shape } from '../../operation.ts';

/** y[i] = table[indices[i]]: rows of a table that does not depend on the batch. */
const take = /* @__PURE__ */ operation(
  words,
  { inputs: ['table', 'indices'], outputs: ['y'] },
  {
    name: 'take',
    needs: full,
    shape: ({ indices }, { n, width }) => ({ y: { shape: [n, width], rows: indices.rows } }),
    cost: ({ n, width, perRow }, rows) => (perRow ? rows : 1) * n * (5 + width * 0.2),
    gradient: ({ graph, label, inputs: { indices }, attributes, dy: { y: dy }, wants }): Gradients<'table'> => ({
      table: dy && wants('table') ? graph.add(takeGradient, label, { dy, indices }, attributes).dtable : undefined,
    }),
  },
);

/** dtable = 0, then adds the rows of dy to the rows they came from, in the order of the indices. */
const takeGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dy', 'indices'], outputs: ['dtable'] },
  {
    name: 'takeGradient',
    needs: full,
    shape: (_, { width, count }) => ({ dtable: { shape: [count, width], rows: false } }),
    cost: ({ n, width, perRow }, rows) => (perRow ? rows : 1) * n * (5 + width * 0.3),
    gradient: ({ graph, label, inputs: { indices }, attributes, dy: { dtable }, wants }): Gradients<'dy'> => ({
      dy: dtable && wants('dy') ? graph.add(take, label, { table: dtable, indices }, attributes).y : undefined,
    }),
  },
);

/** `table[index]` for each of `indices`; `shape` is the shape of one entry of the table. */
export function takeRows(label: string, table: Value, indices: Value, shape: Shape): Value {
  const { graph } = indices;
  const width = sizeOf(shape);
  const numbers = { n: indices.size, perRow: indices.rows ? 1 : 0, width, count: table.size / width };
  // the gradient has the type of the table
  const rows = graph.view(table, [numbers.count, width]);
  return graph.view(graph.add(take, label, { table: rows, indices }, numbers).y, [...indices.shape, ...shape]);
}
