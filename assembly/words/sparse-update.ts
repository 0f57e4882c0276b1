/**
 * One step of the optimizer over the rows of the kernel at `w` whose columns the batch has, with their rows of xᵀ dz, each cut to ±`limit` (f; 0: not
 * at all), as gradients. x as groups (sparse-groups.ts); slots lie `slotStride` bytes apart, `slots` is 0 if there are none.
 */
export const code = 93;
export const state = 1;
export const w = 2;
export const slots = 3;
export const slotStride = 4;
export const dz = 5;
export const groups = 6;
export const units = 7;
export const each = 8;
export const most = 9;
export const limit = 10;
