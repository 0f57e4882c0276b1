/**
 * gradient[i] = lossScale * weights[i] for i < times * rows, with the scale of the program's header and 1 where `weights` is 0: the
 * backward pass through a loss made of operations begins here. `gradient` may be `weights`.
 *
 * 0.1 ns a number.
 */
export const code = 44;
export const gradient = 1;
export const weights = 2;
export const times = 3;
