/**
 * y[i] = value for i < n, or n * rows where `perRow` is 1. `value` is a float32 word.
 *
 * 0.07 ns a number.
 */
export const code = 38;
export const y = 1;
export const n = 2;
export const perRow = 3;
export const value = 4;
