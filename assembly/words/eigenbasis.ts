/** The mean of products of gradients along one axis of a matrix, and now and then its eigenvectors (assembly/optimizers/full/soap.ts). */
export const code = 84;
export const state = 1;
/** size x size: the mean; the product of this step; the eigenvectors as columns, the largest eigenvalue first. */
export const covariance = 2;
export const product = 3;
export const basis = 4;
export const size = 5;
/** The mean squares in the basis, rows x cols, whose rows or columns change places with the eigenvectors. */
export const v = 6;
export const rows = 7;
export const cols = 8;
/** 1 where columns do. */
export const across = 9;
/** Room for 2 size² + 3 size float64, and a row or column. */
export const room = 10;
