/**
 * The matrix product (gemm.ts) without the zeros of op(A), with its bits (skip.ts). A block of k at a time, each row of op(A) becomes a list,
 * panels of 32 columns of op(B) pass by, and the sums in C go on.
 *
 *   scratch  |  a panel  |  sums  |  lists of as many rows as there is room for  |  where they end  |
 */
import { evenly } from "./pack";
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
  ZEROS,
} from "./skip";

/** Terms of the sums between two passes over C, so that a panel and a list stay in the L1 cache. */
const MOST_K: i32 = 200;
const PANEL_BYTES: usize = (<usize>MOST_K + 4) * ROW;
const LIST_BYTES: usize = 500000;
/** Most rows whose lists are made at a time. */
const ROWS: i32 = 4096;

/**
 * Whether that takes less time: an estimate in nanoseconds for a row and an element of its sums, of lists, of products, and of the dense
 * tile, as in conv/forward.ts. It depends on A alone.
 */
export function worthSkipping(a: usize, lda: usize, transposeA: bool, m: i32, n: i32, k: i32): bool {
  if (m <= 8 || n <= 8 || k < 8) return false;
  const panels = <f32>((n + COLUMNS - 1) / COLUMNS);
  const length = <f32>min(k, MOST_K);
  const list: f32 = <f32>0.4 + (panels * 9) / length + (panels * 4) / <f32>m;
  const products: f32 = <f32>0.24 * <f32>((n + 3) >> 2);
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
  const kc = evenly(k, MOST_K, 4);
  const distance = (<usize>kc + 4) * ENTRY;
  const most = min(ROWS, (<i32>(LIST_BYTES / distance)) & ~3);
  for (let i0 = 0; i0 < m; i0 += most) {
    const mb = min(most, m - i0);
    for (let k0 = 0; k0 < k; k0 += kc) {
      const kb = min(kc, k - k0);
      const last = k0 + kb == k;
      if (transposeA) {
        for (let i = 0; i < mb; i += 4) {
          const at = a + <usize>k0 * aRow + ((<usize>(i0 + i)) << 2);
          appendColumns(lists + <usize>i * distance, distance, ends + ((<usize>i) << 2), at, aRow, kb);
        }
      } else {
        for (let i = 0; i < mb; i++) {
          const at = a + <usize>(i0 + i) * aRow + ((<usize>k0) << 2);
          store<u32>(ends + ((<usize>i) << 2), <u32>append(lists + <usize>i * distance, at, kb, 0));
        }
      }
      for (let j = 0; j < n; j += COLUMNS) {
        const cols = min(COLUMNS, n - j);
        const across = (<usize>j) << 2;
        if (transposeB) {
          packTransposedPanel(scratch, b + <usize>j * bRow + ((<usize>k0) << 2), bRow, kb, cols);
          if (!finite(scratch, kb * COLUMNS)) return false;
        } else if (!packPanel(scratch, b + <usize>k0 * bRow + across, bRow, kb, cols)) {
          return false;
        }
        let list = lists;
        let out = c + <usize>i0 * cRow + across;
        const biasAt = last && bias ? bias + across : 0;
        const rectifies = last && rectify;
        const maskAt = last ? mask : 0;
        // two calls, or the compiler inlines the loops that must be functions of their own
        const plain = (cols & 7) == 0 && !biasAt && !rectifies && !maskAt;
        for (let i = 0; i < mb; i++, list += distance, out += cRow) {
          const end = <usize>load<u32>(ends + ((<usize>i) << 2));
          const start = k0 ? out : ZEROS;
          if (plain) {
            skippingRow(out, start, list, end, scratch, cols);
          } else {
            skippingRow(sums, start, list, end, scratch, cols);
            finishRow(out, sums, cols, biasAt, rectifies, maskAt);
          }
        }
      }
    }
  }
  return true;
}
