import * as words from '../../../assembly/words/dropout.ts';
import { type Gradients, operation } from '../operation.ts';

/** y = x with a share of the elements zero. The backward pass draws the same mask from the same counters instead of storing it. */
export const dropout = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'dropout',
    floats: ['rate'],
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: ({ perRow }, rows) => rows * perRow * 1.8,
    gradient: ({ graph, label, attributes, dy }): Gradients<'x'> => ({
      x: dy.y && graph.add(dropout, `${label} backward`, { x: dy.y }, attributes).y,
    }),
  },
);
