/** out = bytes of the batch's rows of `source`, each divided by `divisor` (f). */
export const code = 1;
export const out = 1;
export const source = 2;
export const perRow = 3;
export const divisor = 4;
