/**
 * y = x kernel + bias (0: none), then relu if `relu` is 1, of the batch's rows of sparse x [rows, inputs]: row r has the columns `indices`[i] and their
 * `values`[i] (0: ones) for `offsets`[r] <= i < `offsets`[r + 1]. kernel [inputs, units], y [rows, units]. y overlaps nothing.
 *
 * A sum is one chain of additions in the order of the row, from zero: with ascending columns the bits of a dense product. `each` is the
 * mean number of a row's values, `most` the largest number in a batch: a power of two.
 */
export const code = 90;
export const y = 1;
export const kernel = 2;
export const bias = 3;
export const offsets = 4;
export const indices = 5;
export const values = 6;
export const inputs = 7;
export const units = 8;
export const relu = 9;
export const each = 10;
export const most = 11;
