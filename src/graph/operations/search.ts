/** The steps of L-BFGS: a direction, and a search along it that evaluates the loss several times. On whole blocks given by their addresses. */
import * as directionWords from '../../../assembly/words/lbfgs-direction.ts';
import * as searchWords from '../../../assembly/words/line-search.ts';
import * as moveWords from '../../../assembly/words/move-along.ts';
import { operation } from '../operation.ts';

export const lbfgsDirection = /* @__PURE__ */ operation(
  directionWords,
  {},
  { name: 'lbfgsDirection', effect: true, shape: () => ({}), gradient: null, cost: () => 0 },
);

export const moveAlong = /* @__PURE__ */ operation(
  moveWords,
  {},
  { name: 'moveAlong', effect: true, shape: () => ({}), gradient: null, cost: ({ n }) => n * 0.2 },
);

export const lineSearch = /* @__PURE__ */ operation(
  searchWords,
  {},
  { name: 'lineSearch', effect: true, shape: () => ({}), gradient: null, repeatsFrom: 'lbfgsDirection', cost: () => 0 },
);
