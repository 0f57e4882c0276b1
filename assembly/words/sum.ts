/** y = a + b, or a copy of a where b is 0: n numbers, of each row of the batch if `perRow` is 1. y may be a or b. */
export const code = 23;
export const y = 1;
export const a = 2;
export const b = 3;
export const n = 4;
export const perRow = 5;
