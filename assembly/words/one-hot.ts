/**
 * y[i, d] = 1 where d is indices[i], else 0, for d < depth and i < n, or n * rows where `perRow` is 1. Indices are float32; one outside
 * of 0 to depth - 1, or NaN, gives zeros. y does not overlap `indices`.
 *
 * 0.1 ns a number of y and 1.5 ns an index.
 */
export const code = 42;
export const y = 1;
export const indices = 2;
export const n = 3;
export const perRow = 4;
export const depth = 5;
