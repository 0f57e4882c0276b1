/**
 * dx: the gradient of conv.ts by its input, 0 where `y`, if it is there, is not above 0. Each element is one chain of additions over the
 * kernel's rows and columns that reach it, descending, and the filters of its group, ascending.
 */
export const code = 49;
export const dx = 1;
export const dz = 2;
export const kernel = 3;
export const y = 4;
export const sizes = 5;
export const times = 6;
export const perRow = 7;
export const work = 8;
