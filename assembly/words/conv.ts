/**
 * y = x * kernel + bias (0: none), then relu if `relu` is 1: a cross-correlation of `times` images, of each row if `perRow` is 1.
 * x [height, width, channels], kernel [kernelHeight, kernelWidth, channels / groups, filters], y [outHeight, outWidth, filters];
 * `sizes` as in conv/layout.ts. Each output is one chain of additions over kernel rows, columns and channels, ascending, then the bias.
 */
export const code = 48;
export const y = 1;
export const x = 2;
export const kernel = 3;
export const bias = 4;
export const sizes = 5;
export const times = 6;
export const perRow = 7;
export const relu = 8;
/** Thousands of multiply-adds for an image, for the plan of threads. */
export const work = 9;
