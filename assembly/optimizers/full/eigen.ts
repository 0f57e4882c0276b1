import { address, word } from "../../operations/words";
import * as words from "../../words/eigenbasis";
import { iterations, option, updates } from "../state";

/**
 * Eigenvectors of a symmetric matrix for SOAP (soap.ts), in float64, in one order, on one thread. The first ones come from Jacobi's method. Every so many steps
 * a step of the power method makes them better: Q = the orthogonal part of A Q, whose columns stand in the order of q'Aq, the largest first.
 * Source: pytorch-optimizer 4.1, SOAP, get_orthogonal_matrix and get_orthogonal_matrix_qr.
 *
 * Matrices are stored with a vector of n float64 for each column, so all loops go along memory.
 */

// Options, in the order of src/optimizers/facts/soap.ts.
const BETA2: i32 = 1;
const BETA3: i32 = 2;
const FREQUENCY: i32 = 4;

/** Sweeps of Jacobi's method: each squares the error, so eight are enough; more are for the worst case. */
const MOST_SWEEPS: i32 = 30;

// @ts-ignore: decorator
@inline
function at(x: usize, i: i32): usize {
  return x + ((<usize>i) << 3);
}

// @ts-ignore: decorator
@inline
function column(x: usize, j: i32, n: i32): usize {
  return x + ((<usize>j * <usize>n) << 3);
}

/** The sum of x[i] y[i], in two lanes. */
function dot(x: usize, y: usize, n: i32): f64 {
  let sum = f64x2.splat(0);
  let i = 0;
  for (; i <= n - 2; i += 2) sum = f64x2.add(sum, f64x2.mul(v128.load(at(x, i)), v128.load(at(y, i))));
  const rest = i < n ? load<f64>(at(x, i)) * load<f64>(at(y, i)) : 0;
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + rest;
}

/** y += a x */
function addScaled(y: usize, x: usize, a: f64, n: i32): void {
  const by = f64x2.splat(a);
  let i = 0;
  for (; i <= n - 2; i += 2) v128.store(at(y, i), f64x2.add(v128.load(at(y, i)), f64x2.mul(v128.load(at(x, i)), by)));
  if (i < n) store<f64>(at(y, i), load<f64>(at(y, i)) + load<f64>(at(x, i)) * a);
}

/** Turns two vectors: x = c x - s y, y = s x + c y. */
function turn(x: usize, y: usize, c: f64, s: f64, n: i32): void {
  const cc = f64x2.splat(c);
  const ss = f64x2.splat(s);
  let i = 0;
  for (; i <= n - 2; i += 2) {
    const a = v128.load(at(x, i));
    const b = v128.load(at(y, i));
    v128.store(at(x, i), f64x2.sub(f64x2.mul(cc, a), f64x2.mul(ss, b)));
    v128.store(at(y, i), f64x2.add(f64x2.mul(ss, a), f64x2.mul(cc, b)));
  }
  if (i < n) {
    const a = load<f64>(at(x, i));
    const b = load<f64>(at(y, i));
    store<f64>(at(x, i), c * a - s * b);
    store<f64>(at(y, i), s * a + c * b);
  }
}

/** q = the eigenvectors of the symmetric a, which becomes diagonal (Golub, Van Loan, Matrix Computations, 8.5: cyclic Jacobi). */
function jacobi(a: usize, q: usize, n: i32): void {
  memory.fill(q, 0, (<usize>n * <usize>n) << 3);
  let size: f64 = 0;
  for (let i = 0; i < n; i++) {
    store<f64>(at(column(q, i, n), i), 1);
    size += abs(load<f64>(at(column(a, i, n), i)));
  }
  // of vectors without an eigenvalue any basis will do
  const least = max<f64>(size * 1e-16, f64.MIN_NORMAL_VALUE);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let i = 0; i < n - 1; i++) {
      for (let j = i + 1; j < n; j++) {
        const aij = load<f64>(at(column(a, j, n), i));
        const aii = load<f64>(at(column(a, i, n), i));
        const ajj = load<f64>(at(column(a, j, n), j));
        // also where it is NaN
        if (!(abs(aij) > least)) continue;
        turned = true;
        const tau = (ajj - aii) / (2 * aij);
        const t = (tau >= 0 ? 1.0 : -1.0) / (abs(tau) + sqrt<f64>(1 + tau * tau));
        const c = 1 / sqrt<f64>(1 + t * t);
        const s = t * c;
        turn(column(a, i, n), column(a, j, n), c, s, n);
        for (let k = 0; k < n; k++) {
          const x = at(column(a, k, n), i);
          const y = at(column(a, k, n), j);
          const xi = load<f64>(x);
          const yi = load<f64>(y);
          store<f64>(x, c * xi - s * yi);
          store<f64>(y, s * xi + c * yi);
        }
        // as it would be without rounding
        store<f64>(at(column(a, j, n), i), 0);
        store<f64>(at(column(a, i, n), j), 0);
        turn(column(q, i, n), column(q, j, n), c, s, n);
      }
    }
    if (!turned) return;
  }
}

/** Householder's factors of p, whose columns become its reflectors; q = the orthogonal factor. */
function orthogonal(p: usize, q: usize, factors: usize, n: i32): void {
  for (let k = 0; k < n; k++) {
    const x = at(column(p, k, n), k);
    const m = n - k;
    const norm = sqrt<f64>(dot(x, x, m));
    const first = load<f64>(x);
    // what is left of a column that depends on those before it may be so small that its square is not
    if (!(norm > 1e-140)) {
      store<f64>(at(factors, k), 0);
      continue;
    }
    store<f64>(x, first + (first < 0 ? -norm : norm));
    const factor = 2 / dot(x, x, m);
    store<f64>(at(factors, k), factor);
    for (let j = k + 1; j < n; j++) {
      const y = at(column(p, j, n), k);
      addScaled(y, x, -factor * dot(x, y, m), m);
    }
  }
  memory.fill(q, 0, (<usize>n * <usize>n) << 3);
  for (let j = 0; j < n; j++) store<f64>(at(column(q, j, n), j), 1);
  for (let k = n - 1; k >= 0; k--) {
    const x = at(column(p, k, n), k);
    const factor = load<f64>(at(factors, k));
    if (factor == 0) continue;
    for (let j = k; j < n; j++) {
      const y = at(column(q, j, n), k);
      addScaled(y, x, -factor * dot(x, y, n - k), n - k);
    }
  }
}

/** order = 0, 1, ... by descending keys; equal ones, and NaN, stay as they are. */
function sort(keys: usize, order: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const key = load<f64>(at(keys, i));
    let j = i - 1;
    for (; j >= 0 && load<f64>(at(keys, <i32>load<f64>(at(order, j)))) < key; j--)
      store<f64>(at(order, j + 1), load<f64>(at(order, j)));
    store<f64>(at(order, j + 1), i);
  }
}

/** The new column of each old one of a matrix of float32 in rows, or of rows. */
function permute(v: usize, order: usize, rows: i32, cols: i32, across: bool, room: usize): void {
  const size = across ? cols : rows;
  const lines = across ? rows : cols;
  const step = (across ? 1 : <usize>cols) << 2;
  const next = (across ? <usize>cols : 1) << 2;
  for (let line = 0; line < lines; line++, v += next) {
    for (let i = 0; i < size; i++)
      store<f32>(room + ((<usize>i) << 2), load<f32>(v + <usize>load<f64>(at(order, i)) * step));
    for (let i = 0; i < size; i++) store<f32>(v + <usize>i * step, load<f32>(room + ((<usize>i) << 2)));
  }
}

export function eigenbasis(op: usize): void {
  const state = address(op, words.state);
  if (!updates(state)) return;
  const n = word(op, words.size);
  const covariance = address(op, words.covariance);
  const product = address(op, words.product);
  const basis = address(op, words.basis);
  const square = (<usize>n * <usize>n) << 3;
  const a = address(op, words.room);
  const q = a + square;
  const keys = q + square;
  const order = at(keys, n);
  const factors = at(order, n);
  const line = at(factors, n);

  const beta3 = option(state, BETA3);
  const rest = 1 - (beta3 == 0 ? option(state, BETA2) : beta3);
  for (let i = 0; i < n * n; i++) {
    const to = covariance + ((<usize>i) << 2);
    const before = <f64>load<f32>(to);
    const after = before + (<f64>load<f32>(product + ((<usize>i) << 2)) - before) * rest;
    store<f32>(to, abs(after) < 7.888609052210118e-31 ? 0 : <f32>after); // 2^-100
  }

  const k = iterations(state);
  if (k == 0) {
    for (let i = 0; i < n * n; i++) store<f64>(at(a, i), load<f32>(covariance + ((<usize>i) << 2)));
    jacobi(a, q, n);
    for (let j = 0; j < n; j++) store<f64>(at(keys, j), load<f64>(at(column(a, j, n), j)));
    sort(keys, order, n);
    // a has the sorted ones
    for (let j = 0; j < n; j++)
      memory.copy(column(a, j, n), column(q, <i32>load<f64>(at(order, j)), n), (<usize>n) << 3);
    return write(basis, a, n);
  }
  if (k % option(state, FREQUENCY) != 0) return;
  // q = A Q, column by column, where A is symmetric
  memory.fill(q, 0, square);
  for (let i = 0; i < n * n; i++) store<f64>(at(a, i), load<f32>(covariance + ((<usize>i) << 2)));
  for (let j = 0; j < n; j++) {
    let key: f64 = 0;
    for (let i = 0; i < n; i++) {
      const x = <f64>load<f32>(basis + ((<usize>(i * n + j)) << 2));
      if (x != 0) addScaled(column(q, j, n), column(a, i, n), x, n);
    }
    for (let i = 0; i < n; i++) {
      const x = <f64>load<f32>(basis + ((<usize>(i * n + j)) << 2));
      key += x * load<f64>(at(column(q, j, n), i));
    }
    store<f64>(at(keys, j), key);
  }
  sort(keys, order, n);
  for (let j = 0; j < n; j++) memory.copy(column(a, j, n), column(q, <i32>load<f64>(at(order, j)), n), (<usize>n) << 3);
  permute(address(op, words.v), order, word(op, words.rows), word(op, words.cols), word(op, words.across) != 0, line);
  orthogonal(a, q, factors, n);
  write(basis, q, n);
}

/** The columns of q as float32, in rows. */
function write(basis: usize, q: usize, n: i32): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) store<f32>(basis + ((<usize>(i * n + j)) << 2), <f32>load<f64>(at(column(q, j, n), i)));
}
