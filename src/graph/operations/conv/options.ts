/** How the edge of an image is treated: `valid` leaves out what is not whole, `same` gives an output of ceil(size / stride). */
export type Padding = 'valid' | 'same';

/** A size of each axis: one for all, or one for each. */
export type PerAxis = number | readonly number[];
