/**
 * One row of C = A * B, with the bits of tile.ts, whose tiles of four rows would compute three for nothing. Rows of B pass by, eight at a time, so
 * that memory is read in its order: a product of one row takes as long as reading B.
 *
 *   C[c] = sum over k ascending of A[k] * B(k, c)      then bias, relu or the mask of one, as in tile.ts
 *
 * `sums` holds as many floats as COLUMNS.
 */
import { madd } from "../simd";
import { finishRow } from "./skip";

/** Columns at a time. */
const COLUMNS: i32 = 4096;

function eightRows(sums: usize, end: usize, a: usize, b: usize, step: usize): void {
  const x0 = v128.load32_splat(a);
  const x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8);
  const x3 = v128.load32_splat(a, 12);
  const x4 = v128.load32_splat(a, 16);
  const x5 = v128.load32_splat(a, 20);
  const x6 = v128.load32_splat(a, 24);
  const x7 = v128.load32_splat(a, 28);
  const step3 = 3 * step;
  for (let low = b, high = b + 4 * step; sums != end; sums += 16, low += 16, high += 16) {
    let c = madd(x0, v128.load(low), v128.load(sums));
    c = madd(x1, v128.load(low + step), c);
    c = madd(x2, v128.load(low + 2 * step), c);
    c = madd(x3, v128.load(low + step3), c);
    c = madd(x4, v128.load(high), c);
    c = madd(x5, v128.load(high + step), c);
    c = madd(x6, v128.load(high + 2 * step), c);
    c = madd(x7, v128.load(high + step3), c);
    v128.store(sums, c);
  }
}

function oneRow(sums: usize, end: usize, a: usize, b: usize): void {
  const x = v128.load32_splat(a);
  for (; sums != end; sums += 16, b += 16) v128.store(sums, madd(x, v128.load(b), v128.load(sums)));
}

/** Rows of B are `step` bytes apart; other parameters as in gemm.ts. */
export function rowTimes(
  c: usize,
  a: usize,
  b: usize,
  step: usize,
  n: i32,
  k: i32,
  bias: usize,
  rectify: bool,
  mask: usize,
  sums: usize,
): void {
  for (let j = 0; j < n; j += COLUMNS) {
    const cols = min(COLUMNS, n - j);
    const across = (<usize>j) << 2;
    const end = sums + ((<usize>((cols + 3) & ~3)) << 2);
    memory.fill(sums, 0, end - sums);
    let i = 0;
    for (; i + 8 <= k; i += 8) eightRows(sums, end, a + ((<usize>i) << 2), b + across + <usize>i * step, step);
    for (; i < k; i++) oneRow(sums, end, a + ((<usize>i) << 2), b + across + <usize>i * step);
    finishRow(c + across, sums, cols, bias ? bias + across : 0, rectify, mask);
  }
}
