/** g *= min(1, limit (f) / norm(g)), from `squares`; with `global` 1 an infinite norm makes all of g NaN. */
export const code = 17;
export const g = 1;
export const n = 2;
export const limit = 3;
export const global = 4;
export const squares = 5;
