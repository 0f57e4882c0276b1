/** SOAP in float64, with eigenvectors by the QR method of its definition: Gram and Schmidt where the core has Jacobi and Householder. */
import type { Numbers } from './optimizers-full.ts';

type Matrix = number[][];
const { sqrt } = Math;

const transposed = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0));
const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, x, k) => sum + x * (column[k] ?? 0), 0)));
};
const mapped = (a: Matrix, f: (x: number, i: number, j: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, i, j)));
const at = (a: Matrix, i: number, j: number): number => a[i]?.[j] ?? 0;

/** The orthogonal factor of a, by columns, twice for the rounding. */
function orthogonal(a: Matrix): Matrix {
  const columns: number[][] = [];
  for (const column of transposed(a)) {
    let own = column;
    for (let pass = 0; pass < 2; pass++)
      for (const other of columns) {
        const share = own.reduce((sum, x, i) => sum + x * (other[i] ?? 0), 0);
        own = own.map((x, i) => x - share * (other[i] ?? 0));
      }
    const norm = sqrt(own.reduce((sum, x) => sum + x * x, 0));
    columns.push(own.map((x) => x / norm));
  }
  return transposed(columns);
}

/** Eigenvectors of a symmetric matrix of full rank: the power method with all vectors, until they stay. */
function eigenvectors(a: Matrix): Matrix {
  let q = mapped(a, (_, i, j) => Number(i === j));
  for (let step = 0; step < 5000; step++) q = orthogonal(product(a, q));
  return q;
}

interface Side {
  covariance: Matrix;
  basis: Matrix;
}

/** The weights of a matrix, or of an array that goes by Adam, after each step. */
export function followsSoap(
  { beta1 = 0, beta2 = 0, beta3 = 0, epsilon = 0, learningRate = 0, preconditionFrequency = 1, ...o }: Numbers,
  shape: readonly number[],
  start: readonly number[],
  gradients: readonly (readonly number[])[],
): number[][] {
  const { maxPreconditionDim = 0 } = o;
  const [rows = 1, cols = 1] = shape.length === 2 ? shape : [1, start.length];
  const matrix = (values: readonly number[]): Matrix =>
    Array.from({ length: rows }, (_, i) => values.slice(i * cols, (i + 1) * cols));
  const none = (size: number): Side | undefined =>
    shape.length === 2 && size <= maxPreconditionDim
      ? { covariance: Array.from({ length: size }, () => new Array<number>(size).fill(0)), basis: [] }
      : undefined;
  const [left, right] = [none(rows), none(cols)];
  const into = (x: Matrix): Matrix => {
    const y = left === undefined ? x : product(transposed(left.basis), x);
    return right === undefined ? y : product(y, right.basis);
  };
  const back = (x: Matrix): Matrix => {
    const y = left === undefined ? x : product(left.basis, x);
    return right === undefined ? y : product(y, transposed(right.basis));
  };
  let w = matrix(start);
  let m = mapped(w, () => 0);
  let v = mapped(w, () => 0);
  return gradients.map((values, k) => {
    const g = matrix(values);
    if (k > 0) {
      const turned = into(g);
      m = mapped(m, (x, i, j) => beta1 * x + (1 - beta1) * at(g, i, j));
      v = mapped(v, (x, i, j) => beta2 * x + (1 - beta2) * at(turned, i, j) ** 2);
      const step = back(mapped(into(m), (x, i, j) => x / (sqrt(at(v, i, j)) + epsilon)));
      const rate = (learningRate * sqrt(1 - beta2 ** k)) / (1 - beta1 ** k);
      w = mapped(w, (x, i, j) => x - rate * at(step, i, j));
    }
    for (const [side, square] of [
      [left, product(g, transposed(g))],
      [right, product(transposed(g), g)],
    ] as const) {
      if (side === undefined) continue;
      const decay = beta3 === 0 ? beta2 : beta3;
      side.covariance = mapped(side.covariance, (x, i, j) => decay * x + (1 - decay) * at(square, i, j));
      if (k === 0) {
        side.basis = eigenvectors(side.covariance);
      } else if (k % preconditionFrequency === 0) {
        const power = product(side.covariance, side.basis);
        const size = (j: number) => side.basis.reduce((sum, row, i) => sum + (row[j] ?? 0) * at(power, i, j), 0);
        const order = power.map((_, j) => j).sort((a, b) => size(b) - size(a));
        v = side === left ? order.map((j) => v[j] ?? []) : v.map((row) => order.map((j) => row[j] ?? 0));
        side.basis = orthogonal(power.map((row) => order.map((j) => row[j] ?? 0)));
      }
    }
    return w.flat();
  });
}
