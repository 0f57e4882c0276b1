/**
 * total: sum += rows * (lossScale * sum of weights * values, and the penalty if `flags` has WITH_PENALTY), count += rows if it has
 * WITH_ROWS. Without values (0) their sum is 0.
 */
export const code = 12;
export const total = 1;
export const values = 2;
export const weights = 3;
export const times = 4;
export const flags = 5;
