/** A seed as the two words that the random number generator takes. */
export type Seeds = readonly [low: number, high: number];

/** The words of an integer up to 2^53 - 1. */
export const seedsOf = (seed: number): Seeds => [seed >>> 0, Math.floor(seed / 4294967296)];
