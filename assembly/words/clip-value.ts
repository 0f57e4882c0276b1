/** g = g clipped to ±limit (f). */
export const code = 16;
export const g = 1;
export const n = 2;
export const limit = 3;
