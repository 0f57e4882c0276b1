/** The operation of words/products.ts. */
import { TRANSPOSE_A, TRANSPOSE_B } from "../opcodes";
import { gemmPart } from "../operations/products";
import { address, begin, end, offset, word } from "../operations/words";
import * as w from "../words/products";
import { counted } from "./share";

/** Parts divide the products if there are enough of them, else the tiles of each. */
export function products(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const total = counted(op, w.times, w.perRow, rows);
  const m = word(op, w.m);
  const n = word(op, w.n);
  const k = word(op, w.k);
  const flags = word(op, w.flags);
  const transposeA = (flags & TRANSPOSE_A) != 0;
  const transposeB = (flags & TRANSPOSE_B) != 0;
  const aPeriod = word(op, w.aPeriod);
  const bPeriod = word(op, w.bPeriod);
  const whole = total >= parts;
  const to = whole ? end(total, 1, part, parts) : total;
  for (let p = whole ? begin(total, 1, part, parts) : 0; p < to; p++) {
    const c = offset(address(op, w.c), p * m * n);
    const a = offset(address(op, w.a), (aPeriod ? p % aPeriod : p) * m * k);
    const b = offset(address(op, w.b), (bPeriod ? p % bPeriod : p) * k * n);
    const share = whole ? 0 : part;
    gemmPart(c, a, transposeA, b, transposeB, m, n, k, 0, false, 0, scratch, share, whole ? 1 : parts);
  }
}
