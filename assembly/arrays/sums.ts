/**
 * Sums and products over an axis. A sum is that of reduce.ts: within a block of SUM_BLOCK, element c goes to lane c % 8, those
 * after the last whole eight to lane c % 4, and the lanes are added in the same pairs. So a sum has the same bits however the
 * axis lies in memory.
 */
import { SUM_BLOCK } from "../codes";
import { LANES, storeTail } from "../simd";

/** Columns to sum at a time: their accumulators, 64 x 9 float64, stay in the L1 cache. */
const COLUMNS: i32 = 64;
const LANE_BYTES: usize = COLUMNS << 3;

// @ts-ignore: decorator
@inline
function clear(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 16) v128.store(at, i32x4.splat(0));
}

/** y[i] = the sum over c < count of x[c, i], over `divisor`, for i < n; rows `stride` floats apart. n <= COLUMNS; `scratch` holds the accumulators. */
function sumChunk(y: usize, x: usize, count: i32, stride: i32, n: i32, divisor: f64, scratch: usize): void {
  const row = (<usize>stride) << 2;
  // the last vector may read past the edge, into columns that are not stored
  const bytes = (<usize>((n + LANES - 1) & -LANES)) << 3;
  const totals = scratch + 8 * LANE_BYTES;
  clear(totals, bytes);
  for (let from = 0; from < count; from += SUM_BLOCK) {
    const block = min(SUM_BLOCK, count - from);
    const whole = block & ~7;
    const lanes = whole ? 8 : 4;
    for (let lane = 0; lane < lanes; lane++) clear(scratch + <usize>lane * LANE_BYTES, bytes);
    for (let c = 0; c < block; c++, x += row) {
      const sums = scratch + <usize>(c < whole ? c & 7 : c & 3) * LANE_BYTES;
      let at = x;
      for (let to: usize = 0; to < bytes; to += 32, at += 16) {
        const four = v128.load(at);
        v128.store(sums + to, f64x2.add(v128.load(sums + to), f64x2.promote_low_f32x4(four)));
        const high = f64x2.promote_low_f32x4(i32x4.shuffle(four, four, 2, 3, 2, 3));
        v128.store(sums + to, f64x2.add(v128.load(sums + to, 16), high), 16);
      }
    }
    for (let to: usize = 0; to < bytes; to += 16) {
      const at = scratch + to;
      let a = v128.load(at);
      let b = v128.load(at, LANE_BYTES);
      let c = v128.load(at, 2 * LANE_BYTES);
      let d = v128.load(at, 3 * LANE_BYTES);
      if (lanes == 8) {
        a = f64x2.add(a, v128.load(at, 4 * LANE_BYTES));
        b = f64x2.add(b, v128.load(at, 5 * LANE_BYTES));
        c = f64x2.add(c, v128.load(at, 6 * LANE_BYTES));
        d = f64x2.add(d, v128.load(at, 7 * LANE_BYTES));
      }
      const sum = f64x2.add(f64x2.add(a, c), f64x2.add(b, d));
      v128.store(totals + to, f64x2.add(v128.load(totals + to), sum));
    }
  }
  const by = f64x2.splat(divisor);
  for (let i = 0; i < n; i += LANES) {
    const at = totals + ((<usize>i) << 3);
    const low = f32x4.demote_f64x2_zero(f64x2.div(v128.load(at), by));
    const high = f32x4.demote_f64x2_zero(f64x2.div(v128.load(at, 16), by));
    const four = i32x4.shuffle(low, high, 0, 1, 4, 5);
    const out = y + ((<usize>i) << 2);
    if (n - i < LANES) storeTail(out, four, n - i);
    else v128.store(out, four);
  }
}

/** The same for any n. */
export function columnTotals(y: usize, x: usize, count: i32, stride: i32, n: i32, divisor: f64, scratch: usize): void {
  for (let i = 0; i < n; i += COLUMNS) {
    const at = (<usize>i) << 2;
    sumChunk(y + at, x + at, count, stride, min(COLUMNS, n - i), divisor, scratch);
  }
}

/** y[i] = the product over c < count, ascending, of x[c, i], in float64, for i < n. */
export function columnProducts(y: usize, x: usize, count: i32, stride: i32, n: i32): void {
  for (let i = 0; i < n; i++) {
    let at = x + ((<usize>i) << 2);
    let product: f64 = 1;
    for (let c = 0; c < count; c++, at += (<usize>stride) << 2) product *= <f64>f32.load(at);
    f32.store(y + ((<usize>i) << 2), <f32>product);
  }
}
