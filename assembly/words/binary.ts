/**
 * y[i] = a[(i / aRepeat) % aPeriod] OP b[(i / bRepeat) % bPeriod] for i < n, or n * rows where `perRow` is 1: two arrays, one of which
 * (or both) may be broadcast.
 *
 * A period of 0 means no modulo, a repeat of 1 no repetition: a full operand is (0, 1), a scalar (1, 1), a vector along the last axis
 * (its length, 1), one number for each of the rows (0, numbers in a row). `kind` is one of ADD to LESS_EQUAL in codes.ts. y may be a full
 * operand, and otherwise overlaps neither. A comparison gives 1 or 0; of NaN 0, but NOT_EQUAL 1. MINIMUM and MAXIMUM of NaN are NaN.
 * POWER is that of C and NumPy: x^0 = 1^y = 1 even of NaN, a negative base has integer exponents only (else NaN).
 *
 * Nanoseconds a number on one thread, both operands full (all costs here: 20,000 numbers, Node 20, the machine of docs/architecture.md):
 * ADD, SUBTRACT, MULTIPLY, comparisons 0.13; DIVIDE, MINIMUM, MAXIMUM 0.2; POWER 14 (0.12 where b is the scalar 2).
 * With a period or repeat of 64 or more, or a scalar, the same to 0.15 more; 0.7 more below 64.
 */
export const code = 32;
export const y = 1;
export const a = 2;
export const b = 3;
export const kind = 4;
export const n = 5;
export const perRow = 6;
export const aPeriod = 7;
export const aRepeat = 8;
export const bPeriod = 9;
export const bRepeat = 10;
