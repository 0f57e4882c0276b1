/**
 * Two sums for each channel, over the positions of a block: of x and of x²; or, where there is dy, of dy and of dy x̂ with
 * x̂ = (x - mean) inverse. x, dy [rows times, channels]; mean, inverse [channels].
 *
 * A block is `block` positions (the last one may be shorter). sums holds, block by block, two lists of float64 for the channels, each
 * padded to a multiple of eight; words/batch-moments.ts and words/channel-totals.ts add the blocks in index order. Threads divide the blocks.
 *
 * 0.45 ns a number of x; 0.7 ns with dy.
 */
export const code = 60;
export const sums = 1;
export const x = 2;
export const dy = 3;
export const mean = 4;
export const inverse = 5;
export const channels = 6;
export const times = 7;
export const block = 8;
