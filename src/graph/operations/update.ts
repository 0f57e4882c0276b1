/** Between the gradients and the weights: clipping and the update, on whole blocks given by their addresses. */
import { SUM_BLOCK } from '../../../assembly/codes.ts';
import * as accumulateWords from '../../../assembly/words/accumulate-gradients.ts';
import * as advanceWords from '../../../assembly/words/advance-optimizer.ts';
import * as averageWords from '../../../assembly/words/average-weights.ts';
import * as clipNormWords from '../../../assembly/words/clip-norm.ts';
import * as clipValueWords from '../../../assembly/words/clip-value.ts';
import * as passWords from '../../../assembly/words/pass-parameters.ts';
import * as prepareWords from '../../../assembly/words/prepare-optimizer.ts';
import * as squaresWords from '../../../assembly/words/squares.ts';
import * as updateWords from '../../../assembly/words/update-parameters.ts';
import type { Graph } from '../graph.ts';
import { operation } from '../operation.ts';

const rules = { effect: true, shape: () => ({}), gradient: null } as const;

export const clipValue = /* @__PURE__ */ operation(
  clipValueWords,
  {},
  {
    name: 'clipValue',
    ...rules,
    floats: ['limit'],
    cost: ({ n }) => n * 0.15,
  },
);

const squares = /* @__PURE__ */ operation(squaresWords, {}, { name: 'squares', ...rules, cost: ({ n }) => n * 0.25 });

const clipNorm = /* @__PURE__ */ operation(
  clipNormWords,
  {},
  {
    name: 'clipNorm',
    ...rules,
    floats: ['limit'],
    cost: ({ n }) => n * 0.1,
  },
);

/** Scales the `n` numbers at `g` down to the norm `limit`: first their squares, which threads share. */
export function clipByNorm(graph: Graph, label: string, g: number, n: number, limit: number, global: boolean): void {
  const sums = graph.block(Math.ceil(n / SUM_BLOCK) * 8);
  graph.add(squares, label, {}, { squares: sums, x: g, n });
  graph.add(clipNorm, label, {}, { g, n, limit, global: global ? 1 : 0, squares: sums });
}

export const prepareOptimizer = /* @__PURE__ */ operation(
  prepareWords,
  {},
  { name: 'prepareOptimizer', ...rules, cost: () => 0 },
);

/** SGD takes half as long, Adam a quarter longer. */
export const updateParameters = /* @__PURE__ */ operation(
  updateWords,
  {},
  {
    name: 'updateParameters',
    ...rules,
    cost: ({ n }) => n * 0.4,
  },
);

export const passParameters = /* @__PURE__ */ operation(
  passWords,
  {},
  { name: 'passParameters', ...rules, cost: ({ n }) => n * 0.5 },
);

export const accumulateGradients = /* @__PURE__ */ operation(
  accumulateWords,
  {},
  { name: 'accumulateGradients', ...rules, cost: ({ n }) => n * 0.3 },
);

export const averageWeights = /* @__PURE__ */ operation(
  averageWords,
  {},
  { name: 'averageWeights', ...rules, floats: ['momentum'], cost: ({ n }) => n * 0.3 },
);

export const advanceOptimizer = /* @__PURE__ */ operation(
  advanceWords,
  {},
  { name: 'advanceOptimizer', ...rules, cost: () => 0 },
);
