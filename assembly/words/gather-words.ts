/** out = 4-byte words of the batch's rows of `source`, each divided by `divisor` (f); with divisor 1 any words, labels too. */
export const code = 2;
export const out = 1;
export const source = 2;
export const perRow = 3;
export const divisor = 4;
