/**
 * mean = Σ x / n and inverse = 1 / √(Σ x² / n - mean² + epsilon) for each channel, of the sums of words/channel-sums.ts over n = rows times
 * positions. Then, at the addresses movingMean and movingVariance (0: none), moving = momentum moving + rest statistic: in float64, rounded once.
 *
 * `epsilon`, `momentum` and `rest` are float32 words. One thread: it adds to what is there.
 */
export const code = 61;
export const mean = 1;
export const inverse = 2;
export const sums = 3;
export const channels = 4;
export const times = 5;
export const block = 6;
export const epsilon = 7;
export const momentum = 8;
export const rest = 9;
export const movingMean = 10;
export const movingVariance = 11;
