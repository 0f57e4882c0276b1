/**
 * dtable = 0, then dtable[indices[i], :] += dy[i, :] for i < n (n * rows where `perRow` is 1), ascending: the gradient of take.ts, whose words these
 * are. Indices outside of the table add nothing. dtable overlaps nothing.
 *
 * 0.5 ns a number of dy, 0.07 of dtable, and 3 ns a row of dy.
 */
export const code = 40;
export const dtable = 1;
export const dy = 2;
export const indices = 3;
export const n = 4;
export const perRow = 5;
export const width = 6;
export const count = 7;
