/**
 * y = x kernel + bias (0: none), then relu if `relu` is 1. x [rows * times, inputs], kernel [inputs, units], y [rows * times,
 * units].
 */
export const code = 3;
export const y = 1;
export const x = 2;
export const kernel = 3;
export const bias = 4;
export const inputs = 5;
export const units = 6;
export const times = 7;
export const relu = 8;
