/** Averages a of n parameters w after their update, which may overwrite them (assembly/optimizers/average.ts). */
export const code = 25;
export const state = 1;
export const w = 2;
export const a = 3;
export const n = 4;
/** (f) */
export const momentum = 5;
/** 0 for never. */
export const overwrite = 6;
/** 1 to average only where the average overwrites. */
export const sync = 7;
