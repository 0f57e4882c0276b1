/** w = x + t d for n parameters, where t is the step length of a line search (assembly/optimizers/full/search.ts). */
export const code = 82;
export const w = 1;
export const x = 2;
export const d = 3;
export const n = 4;
export const search = 5;
/** 1 for the last time in a step: d becomes t d. */
export const last = 6;
