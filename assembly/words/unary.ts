/**
 * y[i] = f(x[i]) for i < n, or n * rows where `perRow` is 1. `kind` is one of NEGATE to LOGICAL_NOT in codes.ts; y may be x.
 *
 * CLIP keeps x within `parameter` and `parameter2` (float32 words). ROUND rounds halves to even. SIN and COS are NaN beyond 2^27, where
 * neighbouring floats are more than two turns apart. LOGICAL_NOT is 1 for 0 and else 0, SIGN of NaN is NaN.
 *
 * Nanoseconds a number: NEGATE, SQUARE, ABS, FLOOR, CEIL, ROUND, CLIP, LOGICAL_NOT 0.12; SIGN, RECIPROCAL 0.2; SQRT 0.35; EXP 1.0;
 * LOG, EXPM1 2.2; LOG1P, SIN, COS 2.7; ERF 2.9.
 */
export const code = 33;
export const y = 1;
export const x = 2;
export const kind = 3;
export const n = 4;
export const perRow = 5;
export const parameter = 6;
export const parameter2 = 7;
