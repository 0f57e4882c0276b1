/** Sorts what the batch's rows of sparse x (sparse-dense.ts) have into groups by column, at `groups` (assembly/sparse/groups.ts draws it). */
export const code = 91;
export const groups = 1;
export const offsets = 2;
export const indices = 3;
export const values = 4;
export const most = 5;
