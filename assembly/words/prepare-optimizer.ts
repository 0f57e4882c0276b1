/** This step's scalars, into the optimizer's state. */
export const code = 18;
export const state = 1;
