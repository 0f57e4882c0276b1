/**
 * dkernel (0: none) = xᵀ dz, with zeros in the rows of columns that the batch has not, dbias (0: none) = the sums of the columns of dz; x as groups
 * (sparse-groups.ts).
 */
export const code = 92;
export const dkernel = 1;
export const dbias = 2;
export const dz = 3;
export const groups = 4;
export const inputs = 5;
export const units = 6;
export const each = 7;
export const most = 8;
