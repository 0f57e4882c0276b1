/**
 * The matrix product (gemm.ts) without the zeros of op(A), with its bits (skip.ts). Each row of op(A) becomes a list, panels of 32 columns of
 * op(B) pass by.
 *
 *   scratch  |  a panel  |  sums  |  lists of as many rows as there is room for  |  where they end  |
 */
import {
  append,
  appendColumns,
  COLUMNS,
  ENTRY,
  finishRow,
  finite,
  packPanel,
  packTransposedPanel,
  pays,
  ROW,
  skippingRow,
} from "./skip";

/** Longest sums, so that a panel stays in the L2 cache. */
const MOST_K: i32 = 1024;
const PANEL_BYTES: usize = (<usize>MOST_K + 4) * ROW;
const LIST_BYTES: usize = 500000;
/** Most rows whose lists are made at a time. */
const ROWS: i32 = 4096;

/**
 * Whether that takes less time: an estimate in nanoseconds for a row and an element of its sums, of lists, of products, and of the dense
 * tile, as in conv/forward.ts. It depends on A alone.
 */
export function worthSkipping(a: usize, lda: usize, transposeA: bool, m: i32, n: i32, k: i32): bool {
  if (m <= 8 || n <= 8 || k < 8 || k > MOST_K) return false;
  const panels = (n + COLUMNS - 1) / COLUMNS;
  const list: f32 = <f32>0.4 + (<f32>panels * 14) / <f32>k + (<f32>panels * 5.6) / <f32>m;
  const products: f32 = <f32>0.28 * <f32>((n + 3) >> 2);
  const dense: f32 = <f32>0.2 * <f32>(((n + 7) >> 3) << 1);
  return transposeA ? pays(list, products, dense, a, k, m, lda) : pays(list, products, dense, a, m, k, lda);
}

/** Parameters as in gemm.ts; rows are `cRow`, `aRow`, `bRow` bytes apart. False, with C unfinished, if op(B) is not finite. */
export function skippingGemm(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  transposeA: bool,
  b: usize,
  bRow: usize,
  transposeB: bool,
  m: i32,
  n: i32,
  k: i32,
  bias: usize,
  rectify: bool,
  mask: usize,
  scratch: usize,
): bool {
  const sums = scratch + PANEL_BYTES;
  const lists = sums + ROW;
  const ends = lists + LIST_BYTES;
  const distance = (<usize>k + 4) * ENTRY;
  const most = min(ROWS, (<i32>(LIST_BYTES / distance)) & ~3);
  for (let i0 = 0; i0 < m; i0 += most) {
    const mb = min(most, m - i0);
    if (transposeA) {
      for (let i = 0; i < mb; i += 4) {
        const at = a + ((<usize>(i0 + i)) << 2);
        appendColumns(lists + <usize>i * distance, distance, ends + ((<usize>i) << 2), at, aRow, k);
      }
    } else {
      for (let i = 0; i < mb; i++)
        store<u32>(
          ends + ((<usize>i) << 2),
          <u32>append(lists + <usize>i * distance, a + <usize>(i0 + i) * aRow, k, 0),
        );
    }
    for (let j = 0; j < n; j += COLUMNS) {
      const cols = min(COLUMNS, n - j);
      const across = (<usize>j) << 2;
      if (transposeB) packTransposedPanel(scratch, b + <usize>j * bRow, bRow, k, cols);
      else packPanel(scratch, b + across, bRow, k, cols);
      if (!finite(scratch, k * COLUMNS)) return false;
      let list = lists;
      let out = c + <usize>i0 * cRow + across;
      // two calls, or the compiler inlines the loops that must be functions of their own
      const plain = (cols & 7) == 0 && !bias && !rectify && !mask;
      for (let i = 0; i < mb; i++, list += distance, out += cRow) {
        const end = <usize>load<u32>(ends + ((<usize>i) << 2));
        if (plain) {
          skippingRow(out, list, end, scratch, cols);
        } else {
          skippingRow(sums, list, end, scratch, cols);
          finishRow(out, sums, cols, bias ? bias + across : 0, rectify, mask);
        }
      }
    }
  }
  return true;
}
