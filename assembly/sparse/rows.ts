/**
 * Weighted sums of rows of a matrix, which both products of a sparse operand are made of:
 *
 *   out[c] = sum over i < count, ascending, of value(i) * b[indices[i], c]      c < cols
 *
 * Rows of b are `stride` bytes apart. A sum starts at +0 and is one chain of additions, so it has the bits of tile.ts without the zeros (gemm/skip.ts).
 * b may be read past its edge, as everywhere.
 */
import { madd } from "../simd";

/** Columns that one call sums: eight vectors, which stay in registers. */
export const COLUMNS: i32 = 32;

/** The value of a list without values. */
const ONE = memory.data<f32>([1]);

/** Sums of eight columns, or of 32 if `wide`, a constant of the call. `step` is the bytes from one value to the next. */
// @ts-ignore: decorator
@inline
function sum(
  wide: bool,
  out: usize,
  b: usize,
  stride: usize,
  indices: usize,
  end: usize,
  values: usize,
  step: usize,
): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  for (; indices != end; indices += 4, values += step) {
    const x = v128.load32_splat(values);
    const q = b + <usize>load<u32>(indices) * stride;
    c0 = madd(x, v128.load(q), c0);
    c1 = madd(x, v128.load(q, 16), c1);
    if (wide) c2 = madd(x, v128.load(q, 32), c2);
    if (wide) c3 = madd(x, v128.load(q, 48), c3);
    if (wide) c4 = madd(x, v128.load(q, 64), c4);
    if (wide) c5 = madd(x, v128.load(q, 80), c5);
    if (wide) c6 = madd(x, v128.load(q, 96), c6);
    if (wide) c7 = madd(x, v128.load(q, 112), c7);
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
  if (wide) v128.store(out, c2, 32);
  if (wide) v128.store(out, c3, 48);
  if (wide) v128.store(out, c4, 64);
  if (wide) v128.store(out, c5, 80);
  if (wide) v128.store(out, c6, 96);
  if (wide) v128.store(out, c7, 112);
}

// Functions of their own, as in gemm/skip.ts: else V8 does not keep the sums in registers.
function sum8(out: usize, b: usize, stride: usize, indices: usize, end: usize, values: usize, step: usize): void {
  sum(false, out, b, stride, indices, end, values, step);
}

function sum32(out: usize, b: usize, stride: usize, indices: usize, end: usize, values: usize, step: usize): void {
  sum(true, out, b, stride, indices, end, values, step);
}

/** The sums of at most COLUMNS columns; up to COLUMNS are written at `out`. Without `values` each is 1. */
export function sumRows(
  out: usize,
  b: usize,
  stride: usize,
  indices: usize,
  values: usize,
  count: i32,
  cols: i32,
): void {
  const end = indices + ((<usize>count) << 2);
  const from = values ? values : ONE;
  const step: usize = values ? 4 : 0;
  if (cols > 16) return sum32(out, b, stride, indices, end, from, step);
  // not 32: b may be read up to 64 bytes past its edge
  sum8(out, b, stride, indices, end, from, step);
  if (cols > 8) sum8(out + 32, b + 32, stride, indices, end, from, step);
}
