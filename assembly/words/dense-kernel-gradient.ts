/** dkernel = xᵀ dz, dbias (0: none) = sums of the columns of dz, both over rows * times. */
export const code = 4;
export const dkernel = 1;
export const dbias = 2;
export const x = 3;
export const dz = 4;
export const inputs = 5;
export const units = 6;
export const times = 7;
