/**
 * total: sum += sum of values / times, count += rows, where the reduction is MEAN_OF_ROWS; else sum += the values as the
 * reduction says (which may look at the targets), count += 1. With `weights` (0: none) of the values: sum += their weighted sum,
 * count += the sum of the weights W; else sum += W times the reduced values, count += W.
 */
export const code = 13;
export const total = 1;
export const values = 2;
export const times = 3;
export const reduction = 4;
export const targets = 5;
export const ignoreClass = 6;
export const weights = 7;
