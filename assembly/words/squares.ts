/** squares (f64) = the sum of the squares of each block of n numbers x; clip-norm adds them up. */
export const code = 21;
export const squares = 1;
export const x = 2;
export const n = 3;
