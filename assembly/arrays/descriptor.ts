/**
 * The layout of a strided copy (words/copy-strided.ts): a block of int32, of which these are the indices. Compiled by both sides.
 *
 *   rank (at most 8), yOffset, xOffset, yRow, xRow, size[rank], yStride[rank], xStride[rank]
 *
 * Offsets, strides and the steps from row to row of the batch count floats.
 */
export const MOST_DIMENSIONS = 8;
export const rank = 0;
export const yOffset = 1;
export const xOffset = 2;
export const yRow = 3;
export const xRow = 4;
/** The first size; the strides of y follow `rank` words after it, those of x after these. */
export const sizes = 5;
