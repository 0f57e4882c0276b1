/** The operations of words/reduce.ts and reduce-rows.ts. */
import { ARG_MAX, MAX, MEAN, MIN, PRODUCT, SUM } from "../codes";
import { address, begin, end, offset, word } from "../operations/words";
import { sum } from "../reduce";
import * as w from "../words/reduce";
import * as rowsWords from "../words/reduce-rows";
import { argMaxOf, columnArgMax, columnLargest, columnSmallest, largestOf, smallestOf } from "./extremes";
import { counted } from "./share";
import { columnProducts, columnTotals } from "./sums";

/** The reduction of x[count]. */
function reduceLine(kind: i32, x: usize, count: i32): f32 {
  switch (kind) {
    case SUM:
      return <f32>sum(x, count);
    case MEAN:
      return <f32>(sum(x, count) / <f64>count);
    case MAX:
      return largestOf(x, count);
    case MIN:
      return smallestOf(x, count);
    default:
      return argMaxOf(x, count);
  }
}

/** y[i] = the reduction of x[count, i], for i < n, rows `stride` floats apart. */
function reduceColumns(kind: i32, y: usize, x: usize, count: i32, stride: i32, n: i32, scratch: usize): void {
  switch (kind) {
    case SUM:
      return columnTotals(y, x, count, stride, n, 1, scratch);
    case MEAN:
      return columnTotals(y, x, count, stride, n, <f64>count, scratch);
    case MAX:
      return columnLargest(y, x, count, stride, n);
    case MIN:
      return columnSmallest(y, x, count, stride, n);
    case PRODUCT:
      return columnProducts(y, x, count, stride, n);
    case ARG_MAX:
      return columnArgMax(y, x, count, stride, n);
  }
}

/** A share of y[outer, inner]. */
function reducePart(
  kind: i32,
  y: usize,
  x: usize,
  outer: i32,
  count: i32,
  inner: i32,
  scratch: usize,
  part: i32,
  parts: i32,
): void {
  const total = outer * inner;
  const granule = inner == 1 ? 1 : 16;
  const to = end(total, granule, part, parts);
  for (let i = begin(total, granule, part, parts); i < to;) {
    if (inner == 1 && kind != PRODUCT) {
      f32.store(offset(y, i), reduceLine(kind, offset(x, i * count), count));
      i++;
    } else {
      const o = i / inner;
      const column = i - o * inner;
      const n = min(inner - column, to - i);
      reduceColumns(kind, offset(y, i), offset(x, o * count * inner + column), count, inner, n, scratch);
      i += n;
    }
  }
}

export function reduce(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const outer = counted(op, w.outer, w.perRow, rows);
  reducePart(
    word(op, w.kind),
    address(op, w.y),
    address(op, w.x),
    outer,
    word(op, w.count),
    word(op, w.inner),
    scratch,
    part,
    parts,
  );
}

export function reduceRows(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const n = word(op, rowsWords.n);
  reducePart(
    word(op, rowsWords.kind),
    address(op, rowsWords.y),
    address(op, rowsWords.x),
    1,
    rows,
    n,
    scratch,
    part,
    parts,
  );
}
