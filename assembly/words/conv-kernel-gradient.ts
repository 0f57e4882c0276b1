/**
 * dkernel and dbias (0: none), the gradients of conv.ts by its kernel and its bias, over all images. Sums over output pixels are made in
 * blocks of 512, row after row of all images, and these are added in order.
 */
export const code = 50;
export const dkernel = 1;
export const dbias = 2;
export const x = 3;
export const dz = 4;
export const sizes = 5;
export const times = 6;
export const perRow = 7;
export const work = 8;
