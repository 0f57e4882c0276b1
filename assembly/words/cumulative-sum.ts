/**
 * y[o, c, i] = the sum over j <= c of x[o, j, i], or over j >= c where `reverse` is 1, for o < outer (outer * rows where `perRow` is 1), c < count
 * and i < inner. The running sum is float64. y may be x.
 *
 * 1.1 ns a number with inner 1, 0.3 from inner 4 on.
 */
export const code = 46;
export const y = 1;
export const x = 2;
export const outer = 3;
export const count = 4;
export const inner = 5;
export const perRow = 6;
export const reverse = 7;
