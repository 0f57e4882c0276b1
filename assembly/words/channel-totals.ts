/**
 * first = the first sums of words/channel-sums.ts and second = the second ones, over all blocks, for each channel: the gradients of beta and of
 * gamma. Either may be 0.
 */
export const code = 63;
export const first = 1;
export const second = 2;
export const sums = 3;
export const channels = 4;
export const times = 5;
export const block = 6;
