/** One step of the optimizer over n parameters w with gradients g; slots lie `slotStride` bytes apart. */
export const code = 19;
export const state = 1;
export const w = 2;
export const g = 3;
export const slots = 4;
export const slotStride = 5;
export const n = 6;
/** 1 without weight decay. */
export const undecayed = 7;
