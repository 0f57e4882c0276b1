/** A pass of an optimizer over a weight (assembly/optimizers/full/passes.ts). */
export const code = 80;
export const state = 1;
export const pass = 2;
export const w = 3;
export const g = 4;
export const slots = 5;
export const slotStride = 6;
export const n = 7;
/** Of its last two axes; of a vector 1 and n. */
export const rows = 8;
export const cols = 9;
export const vector = 10;
export const undecayed = 11;
export const sums = 12;
/** From the sums of one pass to those of the next. */
export const sumsStride = 13;
/** Room for n numbers, of optimizers that have operations on the whole matrix between passes; 0 for a weight without. */
export const room = 14;
