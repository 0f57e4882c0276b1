/**
 * Looks at the loss and the gradients of the weights that the step has come to, and chooses the next step length: then the program goes back
 * to the operation behind the direction's (assembly/optimizers/full/search.ts).
 */
export const code = 83;
export const state = 1;
export const g = 2;
/** The direction. */
export const d = 3;
export const n = 4;
export const search = 5;
/** As in lbfgs-direction.ts. */
export const total = 6;
export const value = 7;
