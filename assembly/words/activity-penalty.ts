/** As penalty.ts, of a layer's output y and divided by the rows of the batch; dy (0: none) += its derivative. */
export const code = 15;
export const y = 1;
export const dy = 2;
export const perRow = 3;
export const l1 = 4;
export const l2 = 5;
