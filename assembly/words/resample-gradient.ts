/**
 * dx = 0, then each pixel of dy adds to the pixels that words/resample.ts took it from, line by line, by their weights. The other words are
 * those of resample. Threads divide the rows of the batch.
 *
 * 20 ns a pixel and 1 ns a number.
 */
export const code = 71;
export const dx = 1;
export const dy = 2;
export const matrix = 3;
export const height = 4;
export const width = 5;
export const channels = 6;
export const outHeight = 7;
export const outWidth = 8;
export const smooth = 9;
export const outside = 10;
export const value = 11;
