/**
 * dx: the gradient of pool.ts. Of a largest value it goes to the first in row-major order that equals it; windows that overlap add theirs in
 * the order of the output.
 */
export const code = 52;
export const dx = 1;
export const dy = 2;
/** The input and the output of the pooling; 0 of a mean. */
export const x = 3;
export const y = 4;
export const sizes = 5;
export const times = 6;
export const perRow = 7;
export const mean = 8;
export const work = 9;
