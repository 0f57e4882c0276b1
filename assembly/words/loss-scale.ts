/** The header's lossScale of this batch, as `reduction` says; penalty = 0. */
export const code = 9;
export const reduction = 1;
export const targets = 2;
export const weights = 3;
export const times = 4;
export const ignoreClass = 5;
