import * as words from '../../../assembly/words/matmul.ts';
import { operation } from '../operation.ts';

/** The product of two matrices without a batch, by their addresses: `ops.matmul` of large tensors. */
export const matmul = /* @__PURE__ */ operation(
  words,
  {},
  {
    name: 'matmul',
    effect: true,
    shape: () => ({}),
    cost: ({ m, n, k }) => (m * n * k) / 20,
    gradient: null,
  },
);
