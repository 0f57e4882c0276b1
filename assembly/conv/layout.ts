/**
 * The sizes of a convolution or a pooling, a block of int32 of which these are the indices. Compiled by both sides.
 *
 * Images are [height, width, channels], row-major. Output pixel (i, j) sees the input pixels (i strideY - top + u dilationY,
 * j strideX - left + v dilationX) for u < kernelHeight, v < kernelWidth; those outside of the image count as zero, and not at all in
 * a pooling.
 */
export const height = 0;
export const width = 1;
export const channels = 2;
export const outHeight = 3;
export const outWidth = 4;
/** Channels of the output. */
export const filters = 5;
export const kernelHeight = 6;
export const kernelWidth = 7;
export const strideY = 8;
export const strideX = 9;
/** Rows of padding above, columns on the left. */
export const top = 10;
export const left = 11;
export const dilationY = 12;
export const dilationX = 13;
/** Output channels of a group see the input channels of this group alone. */
export const groups = 14;
export const length = 15;
