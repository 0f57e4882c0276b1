/** After a pass over all weights: what the optimizer makes of the sums of all blocks. */
export const code = 81;
export const state = 1;
export const pass = 2;
export const sums = 3;
export const blocks = 4;
