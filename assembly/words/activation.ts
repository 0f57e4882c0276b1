/** y = activation(x), element by element; `cols` is the row of a softmax, `alpha` (f) the activation's parameter. */
export const code = 6;
export const y = 1;
export const x = 2;
export const perRow = 3;
export const kind = 4;
export const alpha = 5;
export const cols = 6;
