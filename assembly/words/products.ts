/**
 * c[p] = op(a[p % aPeriod]) op(b[p % bPeriod]) for p < times, or times * rows where `perRow` is 1: many matrix products of one size.
 *
 * Each c is [m, n]; op(a) is [m, k], or the transpose of [k, m] with TRANSPOSE_A in `flags`; op(b) is [k, n], or the transpose of
 * [n, k] with TRANSPOSE_B (opcodes.ts). Matrices lie one behind the other. A period of 0 means no modulo, 1 one matrix for all. c overlaps nothing.
 *
 * 0.05 ns a multiply-add, 0.08 where m, n and k are 16, 0.17 where they are 8, and 50 ns a product.
 */
export const code = 41;
export const c = 1;
export const a = 2;
export const b = 3;
export const m = 4;
export const n = 5;
export const k = 6;
export const flags = 7;
export const times = 8;
export const perRow = 9;
export const aPeriod = 10;
export const bPeriod = 11;
