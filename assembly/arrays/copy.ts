/** The operation of words/copy-strided.ts. */
import { address, begin, end, word } from "../operations/words";
import * as w from "../words/copy-strided";
import * as layout from "./descriptor";
import { copyLine, fillLine } from "./line";

/** The bytes of that many floats, negative too: addresses wrap around. */
// @ts-ignore: decorator
@inline
function bytes(floats: i32): usize {
  return <usize>(floats << 2);
}

/** A line of n numbers, `yStep` and `xStep` bytes apart. */
function line(y: usize, yStep: usize, x: usize, xStep: usize, n: i32): void {
  if (yStep == 4 && xStep == 4) return copyLine(y, x, n);
  if (yStep == 4 && xStep == 0) return fillLine(y, f32.load(x), n);
  for (let i = 0; i < n; i++) {
    i32.store(y, i32.load(x));
    y += yStep;
    x += xStep;
  }
}

/** Columns that a transpose handles before the next four rows: 64 cache lines of x then stay in L1. */
const COLUMNS: i32 = 64;

/** y[i, j] = x[j, i] for i < m, j < n, the rows `yRow` and `xRow` bytes apart: four by four in registers, the edges one by one. */
function transposed(y: usize, yRow: usize, x: usize, xRow: usize, m: i32, n: i32): void {
  for (let j0 = 0; j0 < n; j0 += COLUMNS) {
    const to = min(n, j0 + COLUMNS);
    for (let i = 0; i < m; i += 4) {
      let j = j0;
      if (i + 4 <= m) {
        for (; j + 4 <= to; j += 4) {
          const from = x + <usize>j * xRow + bytes(i);
          const out = y + <usize>i * yRow + bytes(j);
          const x0 = v128.load(from);
          const x1 = v128.load(from + xRow);
          const x2 = v128.load(from + 2 * xRow);
          const x3 = v128.load(from + 3 * xRow);
          const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
          const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
          const high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
          const high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
          v128.store(out, i64x2.shuffle(low01, low23, 0, 2));
          v128.store(out + yRow, i64x2.shuffle(low01, low23, 1, 3));
          v128.store(out + 2 * yRow, i64x2.shuffle(high01, high23, 0, 2));
          v128.store(out + 3 * yRow, i64x2.shuffle(high01, high23, 1, 3));
        }
      }
      const rows = min(m, i + 4);
      for (let r = i; r < rows; r++) {
        line(y + <usize>r * yRow + bytes(j), 4, x + <usize>j * xRow + bytes(r), xRow, to - j);
      }
    }
  }
}

/**
 * Counts the outer dimensions, with the rows of the batch first, like the wheels of an odometer, kept in `scratch`: size, y step, x step
 * and index, sixteen bytes a wheel. At each of its positions it copies a line, or transposes the last two dimensions.
 */
export function copyStrided(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const d = address(op, w.descriptor);
  const rank = word(d, layout.rank);
  const perRow = word(op, w.perRow) != 0;
  const yStrides = layout.sizes + rank;
  const xStrides = yStrides + rank;
  let y = address(op, w.y) + bytes(word(d, layout.yOffset));
  let x = address(op, w.x) + bytes(word(d, layout.xOffset));

  const last = layout.sizes + rank - 1;
  const n = rank ? word(d, last) : 1;
  const yStep = rank ? bytes(word(d, last + rank)) : 4;
  const xStep = rank ? bytes(word(d, last + 2 * rank)) : 4;
  const turned =
    rank > 1 && yStep == 4 && xStep != 4 && xStep != 0 && word(d, last + 2 * rank - 1) == 1 && word(d, last - 1) >= 4;
  const m = turned ? word(d, last - 1) : 1;
  const mStep = turned ? bytes(word(d, last + rank - 1)) : 0;

  const wheels = max(rank - (turned ? 2 : 1), 0) + 1;
  let positions = perRow ? rows : 1;
  i32.store(scratch, positions);
  i32.store(scratch, perRow ? word(d, layout.yRow) << 2 : 0, 4);
  i32.store(scratch, perRow ? word(d, layout.xRow) << 2 : 0, 8);
  for (let i = 1; i < wheels; i++) {
    const wheel = scratch + ((<usize>i) << 4);
    i32.store(wheel, word(d, layout.sizes + i - 1));
    i32.store(wheel, word(d, yStrides + i - 1) << 2, 4);
    i32.store(wheel, word(d, xStrides + i - 1) << 2, 8);
    positions *= word(d, layout.sizes + i - 1);
  }

  // parts divide the positions if there are enough of them, else the work at each
  const many = positions >= 4 * parts;
  const first = many ? begin(positions, 1, part, parts) : 0;
  const count = many ? end(positions, 1, part, parts) - first : positions;
  const inner = turned ? m : n;
  const from = many ? 0 : begin(inner, turned ? 4 : 16, part, parts);
  const share = many ? inner : end(inner, turned ? 4 : 16, part, parts) - from;
  y += <usize>from * (turned ? mStep : yStep);
  x += <usize>from * (turned ? 4 : xStep);

  let rest = first;
  for (let i = wheels - 1; i >= 0; i--) {
    const wheel = scratch + ((<usize>i) << 4);
    const size = max(i32.load(wheel), 1);
    const index = rest % size;
    rest /= size;
    i32.store(wheel, index, 12);
    y += <usize>(index * i32.load(wheel, 4));
    x += <usize>(index * i32.load(wheel, 8));
  }
  for (let position = 0; position < count; position++) {
    if (turned) transposed(y, mStep, x, xStep, share, n);
    else line(y, yStep, x, xStep, share);
    for (let wheel = scratch + ((<usize>(wheels - 1)) << 4); wheel >= scratch; wheel -= 16) {
      const size = i32.load(wheel);
      const index = i32.load(wheel, 12) + 1;
      y += <usize>i32.load(wheel, 4);
      x += <usize>i32.load(wheel, 8);
      if (index < size) {
        i32.store(wheel, index, 12);
        break;
      }
      i32.store(wheel, 0, 12);
      y -= <usize>(size * i32.load(wheel, 4));
      x -= <usize>(size * i32.load(wheel, 8));
    }
  }
}
