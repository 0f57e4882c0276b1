/**
 * y[i] = condition[i] != 0 ? a[i] : b[i] for i < n, or n * rows where `perRow` is 1. NaN counts as true. y may be any of the three.
 *
 * 0.2 ns a number.
 */
export const code = 34;
export const y = 1;
export const condition = 2;
export const a = 3;
export const b = 4;
export const n = 5;
export const perRow = 6;
