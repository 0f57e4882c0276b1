/** total: sum += rows * (lossScale * sum of weights * values + penalty), count += rows. */
export const code = 12;
export const total = 1;
export const values = 2;
export const weights = 3;
export const times = 4;
