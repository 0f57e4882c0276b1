/**
 * values = losses of rows * times vectors of `cols`; gradient (0: none) = the derivative of the batch's loss by the
 * predictions; probabilities (0: none) for the kinds that take logits.
 */
export const code = 10;
export const kind = 1;
export const values = 2;
export const gradient = 3;
export const probabilities = 4;
export const predictions = 5;
export const targets = 6;
export const weights = 7;
export const times = 8;
export const cols = 9;
export const parameter = 10;
export const ignoreClass = 11;
