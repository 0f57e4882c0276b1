/** Adds the n gradients g to sums s; in the last call of an iteration g becomes their mean (assembly/optimizers/accumulate.ts). */
export const code = 24;
export const state = 1;
export const g = 2;
export const s = 3;
export const n = 4;
