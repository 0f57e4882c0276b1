/** Counts the step. */
export const code = 20;
export const state = 1;
