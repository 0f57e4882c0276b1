/**
 * y[yOffset + sum of i_r * yStride_r] = x[xOffset + sum of i_r * xStride_r] over all indices i_r < size_r: transposes, slices, pads,
 * repeats and joins.
 *
 * `descriptor` is the address of an int32 block, which arrays/descriptor.ts draws. Strides and offsets count floats; 0 repeats, negative
 * ones run backwards. Where `perRow` is 1 it repeats for each row of the batch, with y and x moved by yRow and xRow floats a row
 * (0: the same for every row). It is fast if the last strides of both are 1 or 0, and for a transpose of the last two dimensions;
 * merge the dimensions that can be merged. y does not overlap x, and no number of y is written twice.
 *
 * Nanoseconds a number: lines (the last dimension, both strides 1) of 200 numbers 0.13, of 10 0.6, of 3 1.9; repeats 0.1; transposes of
 * the last two dimensions 0.2 (small ones 0.7); other strides 0.6.
 */
export const code = 37;
export const y = 1;
export const x = 2;
export const descriptor = 3;
export const perRow = 4;
/** How many numbers are copied, for each row where `perRow` is 1: only for the cost, no kernel reads it. */
export const n = 5;
