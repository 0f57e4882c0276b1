/** The direction of a step of L-BFGS, from the gradients and what is known of the steps before (assembly/optimizers/full/lbfgs.ts). */
export const code = 81;
export const state = 1;
export const g = 2;
export const n = 3;
/** The direction, the gradients of the step before, and pairs of the latest changes of the weights and of the gradients. */
export const slots = 4;
export const slotStride = 5;
/** The state of the search (assembly/optimizers/full/search.ts), and behind it a float64 for each pair. */
export const search = 6;
/** The loss: a total, which is taken and set to zero, or 0. */
export const total = 7;
/** The loss as a float32, where there is no total. */
export const value = 8;
