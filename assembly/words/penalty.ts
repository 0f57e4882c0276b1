/** The header's penalty += l1 (f) |w| + l2 (f) w², and gradient (0: none) += its derivative. */
export const code = 14;
export const w = 1;
export const gradient = 2;
export const n = 3;
export const l1 = 4;
export const l2 = 5;
