/**
 * y[yOffset + sum of i_r * yStride_r] = x[xOffset + sum of i_r * xStride_r] over all indices i_r < size_r: transposes, slices, pads, repeats and
 * joins.
 *
 * `descriptor` is the address of an int32 block. Strides and offsets count floats; 0 repeats, negative ones run backwards. Where
 * `perRow` is 1 it happens once for each row of the batch, y and x moved on by yRow and xRow floats a row (0: the same for every row).
 * Where the last strides of both are 1 or 0 it is fast, and so is a transpose of the last two; dimensions that can be merged should be. y does not overlap x,
 * and no number of y is written twice.
 *
 *   rank (at most 8), yOffset, xOffset, yRow, xRow, size[rank], yStride[rank], xStride[rank]
 */
export const code = 37;
export const y = 1;
export const x = 2;
export const descriptor = 3;
export const perRow = 4;

// Int32 words of the descriptor; from `sizes` on three times `rank` numbers.
export const rank = 0;
export const yOffset = 1;
export const xOffset = 2;
export const yRow = 3;
export const xRow = 4;
export const sizes = 5;
