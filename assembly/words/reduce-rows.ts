/**
 * y[j] = REDUCE over the rows of the batch of x[r, j] for j < n: as reduce.ts with outer 1, count `rows` and inner n, so `kind` is the
 * same. A mean is divided by the rows of this batch. y does not overlap x.
 *
 * 0.3 ns a number of x (PRODUCT: 0.6).
 */
export const code = 36;
export const y = 1;
export const x = 2;
export const kind = 3;
export const n = 4;
