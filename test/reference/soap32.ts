/**
 * SOAP as the core computes it, to the bit: products of matrices and passes over a weight round to float32, the eigenvectors are float64 until they are stored. soap.ts beside
 * it is the definition, with other methods for the eigenvectors.
 */
import { matmulOracle } from './matmul.ts';
import { type Arithmetic, float32, type Numbers } from './optimizers-full.ts';

const { abs, fround, max, sqrt } = Math;
const { kept, squarable } = float32 satisfies Arithmetic;

/** A square matrix as its columns. */
type Columns = Float64Array[];
const square = (n: number, at: (i: number, j: number) => number): Columns =>
  Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (_, i) => at(i, j)));
const of = (x: ArrayLike<number> | undefined, i: number): number => x?.[i] ?? Number.NaN;

/** The sum of x[i] y[i] from `from` on, in two lanes. */
function dot(x: Float64Array, y: Float64Array, from: number): number {
  let [even, odd] = [0, 0];
  let i = from;
  for (; i + 1 < x.length; i += 2) {
    even += of(x, i) * of(y, i);
    odd += of(x, i + 1) * of(y, i + 1);
  }
  return even + odd + (i < x.length ? of(x, i) * of(y, i) : 0);
}
/** y += a x from `from` on. */
function addScaled(y: Float64Array, x: Float64Array, a: number, from = 0): void {
  for (let i = from; i < y.length; i++) y[i] = of(y, i) + of(x, i) * a;
}
function turn(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (const [i, a] of [...x].entries()) {
    const b = of(y, i);
    x[i] = c * a - s * b;
    y[i] = s * a + c * b;
  }
}

/** Jacobi's method: the eigenvectors; `a` becomes diagonal. */
function jacobi(a: Columns): Columns {
  const n = a.length;
  const q = square(n, (i, j) => Number(i === j));
  const size = a.reduce((sum, column, i) => sum + abs(of(column, i)), 0);
  const least = max(size * 1e-16, 2 ** -1022);
  for (let sweep = 0; sweep < 30; sweep++) {
    let turned = false;
    for (let i = 0; i < n - 1; i++)
      for (let j = i + 1; j < n; j++) {
        const [ai, aj, qi, qj] = [a[i], a[j], q[i], q[j]];
        if (!(ai && aj && qi && qj)) continue;
        const aij = of(aj, i);
        if (!(abs(aij) > least)) continue;
        turned = true;
        const tau = (of(aj, j) - of(ai, i)) / (2 * aij);
        const t = (tau >= 0 ? 1 : -1) / (abs(tau) + sqrt(1 + tau * tau));
        const c = 1 / sqrt(1 + t * t);
        const s = t * c;
        turn(ai, aj, c, s);
        for (const column of a) {
          const [x, y] = [of(column, i), of(column, j)];
          column[i] = c * x - s * y;
          column[j] = s * x + c * y;
        }
        aj[i] = 0;
        ai[j] = 0;
        turn(qi, qj, c, s);
      }
    if (!turned) break;
  }
  return q;
}

/** The orthogonal factor by Householder's reflections; `p` gets them. */
function orthogonal(p: Columns): Columns {
  const n = p.length;
  const q = square(n, (i, j) => Number(i === j));
  const factors = p.map((x, k) => {
    const norm = sqrt(dot(x, x, k));
    if (!(norm > 1e-140)) return 0;
    x[k] = of(x, k) + (of(x, k) < 0 ? -norm : norm);
    const factor = 2 / dot(x, x, k);
    for (const y of p.slice(k + 1)) addScaled(y, x, -factor * dot(x, y, k), k);
    return factor;
  });
  for (const [k, x] of [...p.entries()].reverse()) {
    const factor = of(factors, k);
    if (factor !== 0) for (const y of q.slice(k)) addScaled(y, x, -factor * dot(x, y, k), k);
  }
  return q;
}

/** Columns of the largest keys first; equal ones stay as they are. */
const ordered = (keys: readonly number[]): number[] => keys.map((_, j) => j).sort((i, j) => of(keys, j) - of(keys, i));

interface Side {
  readonly across: boolean;
  readonly size: number;
  readonly covariance: Float32Array;
  basis: Float32Array;
}

/** A matrix after each step; without decay. */
export function followsSoap32(
  { beta1 = 0, beta2 = 0, beta3 = 0, epsilon = 0, learningRate = 0, preconditionFrequency = 1, ...o }: Numbers,
  [rows = 1, cols = 1]: readonly number[],
  start: Float32Array,
  gradients: readonly Float32Array[],
): Float32Array[] {
  const sides = [rows, cols].flatMap((size, i): Side[] => {
    if (size > (o.maxPreconditionDim ?? 0)) return [];
    const zeros = () => new Float32Array(size * size);
    return [{ across: i === 1, size, covariance: zeros(), basis: zeros() }];
  });
  /** x in the bases, or back: L'xR or LxR'. */
  const turned = (x: Float32Array, back: boolean): Float32Array =>
    sides.reduce(
      (y, { across, basis }) =>
        across
          ? matmulOracle(y, basis, rows, cols, cols, { transposeB: back })
          : matmulOracle(basis, y, rows, cols, rows, { transposeA: !back }),
      x,
    );
  const average = (slot: Float32Array, x: ArrayLike<number>, rest: number): void => {
    for (const [i, s] of slot.entries()) slot[i] = kept(fround(s + fround(fround(of(x, i) - s) * rest)));
  };
  const [rest1, rest2, eps] = [fround(1 - beta1), fround(1 - beta2), fround(epsilon)];
  let w = start.slice();
  const [m, v] = [w.map(() => 0), w.map(() => 0)];

  return gradients.map((g, k) => {
    if (k > 0) {
      average(m, g.map(sides.length > 0 ? kept : squarable), rest1);
      const gradient = turned(g, false).map(squarable);
      average(
        v,
        gradient.map((x) => x * x),
        rest2,
      );
      const quotient = turned(m, false).map((x, i) => x / fround(fround(sqrt(of(v, i))) + eps));
      const rate = fround((learningRate * sqrt(1 - beta2 ** k)) / (1 - beta1 ** k));
      const step = turned(quotient, true);
      w = w.map((x, i) => x - fround(of(step, i) * rate));
    }
    for (const side of sides) {
      const { across, size: n, covariance, basis } = side;
      const product = matmulOracle(g, g, n, n, across ? rows : cols, { transposeA: across, transposeB: !across });
      const rest = 1 - (beta3 === 0 ? beta2 : beta3);
      for (const [i, before] of covariance.entries()) covariance[i] = kept(before + (of(product, i) - before) * rest);
      if (k > 0 && k % preconditionFrequency !== 0) continue;
      const a = square(n, (i, j) => of(covariance, i + j * n));
      let q: Columns;
      if (k === 0) {
        const vectors = jacobi(a);
        q = ordered(a.map((column, j) => of(column, j))).map((j) => vectors[j] ?? new Float64Array(n));
      } else {
        const power = square(n, () => 0);
        const keys = power.map((column, j) => {
          for (let i = 0; i < n; i++) addScaled(column, a[i] ?? column, of(basis, i * n + j));
          return column.reduce((sum, x, i) => sum + of(basis, i * n + j) * x, 0);
        });
        const order = ordered(keys);
        const before = v.slice();
        for (const i of v.keys()) {
          const [row, col] = [Math.floor(i / cols), i % cols];
          v[i] = of(before, across ? row * cols + of(order, col) : of(order, row) * cols + col);
        }
        q = orthogonal(order.map((j) => power[j] ?? new Float64Array(n)));
      }
      side.basis = Float32Array.from({ length: n * n }, (_, i) => of(q[i % n], Math.floor(i / n)));
    }
    return w;
  });
}
