/**
 * y[i, :] = table[indices[i], :] for i < n, or n * rows where `perRow` is 1: rows of `width` floats of a table of `count` rows.
 *
 * Indices are float32; a fraction is cut off. One outside of 0 to count - 1, or NaN, gives a row of NaN. y overlaps nothing.
 *
 * 0.15 ns a number and 3 ns a row.
 */
export const code = 39;
export const y = 1;
export const table = 2;
export const indices = 3;
export const n = 4;
export const perRow = 5;
export const width = 6;
export const count = 7;
