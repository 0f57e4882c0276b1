/**
 * y = the largest (`mean` 0) or the mean (`mean` 1) of each channel of x in a window, of `times` images, of each row if `perRow` is 1;
 * padding counts for neither. NaN is the largest of all.
 *
 * 1 ns a number of x.
 */
export const code = 51;
export const y = 1;
export const x = 2;
export const sizes = 3;
export const times = 4;
export const perRow = 5;
export const mean = 6;
/** Thousands of numbers that the windows of an image see. */
export const work = 7;
