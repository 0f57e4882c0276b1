/**
 * y[i, j] = x at a place between its pixels, for each row of the batch: x [height, width, channels], y [outHeight, outWidth, channels].
 *
 * Where `matrix` is 0, x is resized: the place is (i + 1/2) height / outHeight - 1/2, and so across. Otherwise matrix is [rows, 6], and the place is
 * (m3 j + m4 i + m5, m0 j + m1 i + m2). What lies outside is taken as `outside` says (codes.ts: OUTSIDE_...; resized pictures keep to their edge).
 * `smooth` 1: the four pixels around, by their distances; 0: the nearest one, of two the one further from 0.
 *
 * 20 ns a pixel and 0.8 ns a number, nearest ones 8 and 1.
 */
export const code = 70;
export const y = 1;
export const x = 2;
export const matrix = 3;
export const height = 4;
export const width = 5;
export const channels = 6;
export const outHeight = 7;
export const outWidth = 8;
export const smooth = 9;
export const outside = 10;
/** What lies outside, of OUTSIDE_CONSTANT: a float32 word. */
export const value = 11;
