/** The operations of words/take.ts and take-gradient.ts. */
import { address, begin, end, offset, word } from "../operations/words";
import { LANES } from "../simd";
import * as w from "../words/take";
import * as gradient from "../words/take-gradient";
import { copyLine, fillLine } from "./line";
import { counted, rowAt } from "./share";

export function take(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = counted(op, w.n, w.perRow, rows);
  const width = word(op, w.width);
  const count = word(op, w.count);
  const table = address(op, w.table);
  const indices = address(op, w.indices);
  const to = end(total, 1, part, parts);
  for (let i = begin(total, 1, part, parts); i < to; i++) {
    const row = rowAt(offset(indices, i), count);
    const y = offset(address(op, w.y), i * width);
    if (row < 0) fillLine(y, f32.NaN, width);
    else copyLine(y, offset(table, row * width), width);
  }
}

/** y += x, n numbers. */
function addLine(y: usize, x: usize, n: i32): void {
  const end = y + ((<usize>n) << 2);
  for (const whole = y + ((<usize>(n & -LANES)) << 2); y < whole; y += 16, x += 16) {
    v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  }
  for (; y < end; y += 4, x += 4) f32.store(y, f32.load(y) + f32.load(x));
}

/**
 * Parts divide the columns if each gets whole vectors of them, else the rows of the table. So one part adds all rows that go to the same
 * place, in their order, whatever the number of parts.
 */
export function takeGradient(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = counted(op, gradient.n, gradient.perRow, rows);
  const width = word(op, gradient.width);
  const count = word(op, gradient.count);
  const dtable = address(op, gradient.dtable);
  const dy = address(op, gradient.dy);
  const indices = address(op, gradient.indices);
  const byColumns = width >= 16 * parts;
  const column = byColumns ? begin(width, 16, part, parts) : 0;
  const columns = byColumns ? end(width, 16, part, parts) - column : width;
  const first = byColumns ? 0 : begin(count, 1, part, parts);
  const last = byColumns ? count : end(count, 1, part, parts);
  for (let row = first; row < last; row++) fillLine(offset(dtable, row * width + column), 0, columns);
  for (let i = 0; i < total; i++) {
    const row = rowAt(offset(indices, i), count);
    if (row >= first && row < last) {
      addLine(offset(dtable, row * width + column), offset(dy, i * width + column), columns);
    }
  }
}
