/**
 * y = activation(x), element by element: `perRow` numbers of each row of the batch, or in all where `fixed` is 1. `cols` is the row of
 * a softmax, `alpha` (f) the activation's parameter.
 */
export const code = 6;
export const y = 1;
export const x = 2;
export const perRow = 3;
export const kind = 4;
export const alpha = 5;
export const cols = 6;
export const fixed = 7;
