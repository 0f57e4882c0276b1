/**
 * y[o, i] = REDUCE over c < count of x[o, c, i] for o < outer (outer * rows where `perRow` is 1) and i < inner.
 *
 * `kind` is SUM, MEAN, MAX, MIN, PRODUCT or ARG_MAX in codes.ts. Sums, means and products are made in float64
 * and rounded once; a sum adds the same numbers in the same order whatever `inner` is. MAX and MIN of NaN are NaN. ARG_MAX is the
 * first index of the largest number, and a NaN counts as the largest. y does not overlap x.
 */
export const code = 35;
export const y = 1;
export const x = 2;
export const kind = 3;
export const outer = 4;
export const count = 5;
export const inner = 6;
export const perRow = 7;
