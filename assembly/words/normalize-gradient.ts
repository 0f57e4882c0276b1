/**
 * dx = inverse gamma (dy - dbeta / n - x̂ dgamma / n) with x̂ = (x - mean) inverse and n = rows times: the gradient of words/normalize.ts where
 * mean and inverse are those of x; dx = inverse gamma dy where dbeta and dgamma are 0. x, dy, dx [n, channels], the others [channels]; gamma
 * may be 0: ones. dx may be dy.
 *
 * 0.3 ns a number for 32 channels or more.
 */
export const code = 64;
export const dx = 1;
export const dy = 2;
export const x = 3;
export const mean = 4;
export const inverse = 5;
export const gamma = 6;
export const dbeta = 7;
export const dgamma = 8;
export const channels = 9;
export const times = 10;
