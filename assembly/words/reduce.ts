/**
 * y[o, i] = REDUCE over c < count of x[o, c, i] for o < outer (outer * rows where `perRow` is 1) and i < inner.
 *
 * `kind` is SUM, MEAN, MAX, MIN, PRODUCT or ARG_MAX in codes.ts. Sums, means and products are computed in float64
 * and rounded once; a sum adds the same numbers in the same order whatever `inner` is. MAX and MIN of NaN are NaN. ARG_MAX is the
 * first index of the largest number, and a NaN counts as the largest. y does not overlap x.
 *
 * Nanoseconds a number of x. SUM, MEAN: 0.2 with inner 1 (0.7 where count is 10), 0.25 to 0.4 with a larger inner, and 30 for each
 * 16 numbers of y where count is small. MAX, MIN, ARG_MAX: 0.2 to 0.5 (1.0 where count is 10 and inner 1). PRODUCT: 0.6.
 */
export const code = 35;
export const y = 1;
export const x = 2;
export const kind = 3;
export const outer = 4;
export const count = 5;
export const inner = 6;
export const perRow = 7;
