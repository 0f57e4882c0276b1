/** The operation of words/cumulative-sum.ts. */
import { address, begin, end, offset, word } from "../operations/words";
import * as w from "../words/cumulative-sum";
import { LANES, storeTail } from "../simd";
import { counted } from "./share";

/** y[c] = the sum of x[0] to x[c], `step` bytes from number to number, for four series side by side; stores the first `n`. */
function sumUp(y: usize, x: usize, count: i32, step: usize, n: i32): void {
  let low = f64x2.splat(0);
  let high = low;
  for (let c = 0; c < count; c++) {
    const four = v128.load(x);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(four, four, 2, 3, 2, 3)));
    const sums = i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    if (n == LANES) v128.store(y, sums);
    else storeTail(y, sums, n);
    x += step;
    y += step;
  }
}

/** Threads divide the series. May read 12 bytes past an edge. */
export function cumulativeSum(op: usize, rows: i32, part: i32, parts: i32): void {
  const outer = counted(op, w.outer, w.perRow, rows);
  const count = word(op, w.count);
  const inner = word(op, w.inner);
  const reverse = word(op, w.reverse) != 0;
  const first = reverse ? (count - 1) * inner : 0;
  const step = <usize>((reverse ? -inner : inner) << 2);
  const total = outer * inner;
  const to = end(total, 1, part, parts);
  for (let i = begin(total, 1, part, parts); i < to;) {
    const o = i / inner;
    const column = i - o * inner;
    const n = min(LANES, min(inner - column, to - i));
    const at = o * count * inner + column + first;
    sumUp(offset(address(op, w.y), at), offset(address(op, w.x), at), count, step, n);
    i += n;
  }
}
