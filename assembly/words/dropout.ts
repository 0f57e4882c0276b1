/**
 * y = x with a share `rate` (f) of the elements zero, the others divided by 1 - rate. The mask follows from seed, index, step and
 * element, forward and backward alike.
 */
export const code = 8;
export const y = 1;
export const x = 2;
export const perRow = 3;
export const seedLow = 4;
export const seedHigh = 5;
export const index = 6;
export const rate = 7;
