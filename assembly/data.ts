import { LANES } from "./simd";

/**
 * Batches: rows of a data set, in the order given, one after the other.
 *
 *   out[r, c] = source[order[start + r], c] / divisor
 *
 * `order` is i32[], or 0 for the rows as they stand; `start` counts rows. `out` overlaps nothing. Threads split rows.
 * A division, not a product with a rounded 1 / 255: each byte becomes the float nearest to the quotient.
 */

/** The source row of row `r` of a batch. */
// @ts-ignore: decorator
@inline
function rowAt(order: usize, r: i32): usize {
  return order == 0 ? <usize>r : <usize>load<i32>(order + ((<usize>r) << 2));
}

/** Four bytes, the low half of a vector of i16, as floats divided by the divisor. */
// @ts-ignore: decorator
@inline
function toFloats(shorts: v128, divisor: v128): v128 {
  return f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(shorts)), divisor);
}

// @ts-ignore: decorator
@inline
function toFloatsHigh(shorts: v128, divisor: v128): v128 {
  return f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(shorts)), divisor);
}

function bytesToFloats(out: usize, x: usize, n: i32, divisor: f32): void {
  const by = f32x4.splat(divisor);
  let i = 0;
  for (; i <= n - 16; i += 16) {
    const bytes = v128.load(x + i);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    const to = out + ((<usize>i) << 2);
    v128.store(to, toFloats(low, by));
    v128.store(to, toFloatsHigh(low, by), 16);
    v128.store(to, toFloats(high, by), 32);
    v128.store(to, toFloatsHigh(high, by), 48);
  }
  for (; i <= n - LANES; i += LANES) {
    v128.store(out + ((<usize>i) << 2), toFloats(i16x8.extend_low_i8x16_u(v128.load32_zero(x + i)), by));
  }
  for (; i < n; i++) store<f32>(out + ((<usize>i) << 2), <f32>load<u8>(x + i) / divisor);
}

/** Rows of bytes. */
export function gatherBytes(
  out: usize,
  source: usize,
  order: usize,
  start: i32,
  rows: i32,
  perRow: i32,
  divisor: f32,
): void {
  for (let r = 0; r < rows; r++) {
    const row = source + rowAt(order, start + r) * perRow;
    bytesToFloats(out + ((<usize>r * perRow) << 2), row, perRow, divisor);
  }
}

function divideRow(out: usize, x: usize, n: i32, divisor: f32): void {
  const by = f32x4.splat(divisor);
  let i = 0;
  for (; i <= n - LANES; i += LANES) {
    const at = (<usize>i) << 2;
    v128.store(out + at, f32x4.div(v128.load(x + at), by));
  }
  for (; i < n; i++) store<f32>(out + ((<usize>i) << 2), load<f32>(x + ((<usize>i) << 2)) / divisor);
}

/** Rows of floats; with divisor 1 any 4-byte numbers, labels too, copied as they are. */
export function gatherFloats(
  out: usize,
  source: usize,
  order: usize,
  start: i32,
  rows: i32,
  perRow: i32,
  divisor: f32,
): void {
  const size = (<usize>perRow) << 2;
  for (let r = 0; r < rows; r++) {
    const row = source + rowAt(order, start + r) * size;
    if (divisor == 1) memory.copy(out + <usize>r * size, row, size);
    else divideRow(out + <usize>r * size, row, perRow, divisor);
  }
}
