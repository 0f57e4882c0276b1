/**
 * Matrix product, all four orientations, all sizes:
 *
 *   C [m, n] = op(A) [m, k] * op(B) [k, n]      then + bias [n], then relu or the mask of one (tile.ts), if asked for
 *
 * op(A) is A [m, k] or the transpose of A [k, m]; op(B) is B [k, n] or the transpose of B [n, k]. Row-major, rows `lda`, `ldb`,
 * `ldc` floats apart. C must not overlap A or B. Bits depend on the operands alone, not on blocks, packing or threads (tile.ts).
 *
 * Blocks: KC of k at a time, so that an A panel (4 x KC) stays in the L1 cache beside the B panels (8 x KC) that pass it; NC columns and
 * MC rows, so that both packed blocks stay in L2. `scratch` holds them: SCRATCH_BYTES, one for each thread.
 *
 *   scratch  |  A block: MC x KC floats  | B block: NC x KC floats  |
 */
import { evenly, packA, packTransposedA, packTransposedB } from "./pack";
import { rowTimes } from "./row";
import { skippingGemm, worthSkipping } from "./skipping";
import { packingTiles, tiles } from "./tile";

const KC: i32 = 512;
const MC: i32 = 64;
const NC: i32 = 256;
const SLACK: i32 = 128;
/** Most rows that are computed one after the other: four at a time take as long as these. */
const FEW_ROWS: i32 = 2;
const A_BLOCK: i32 = MC * KC * 4 + SLACK;
const B_BLOCK: i32 = NC * KC * 4 + SLACK;

/** Bytes of scratch memory that one call of `gemm` needs. */
export function gemmScratchBytes(): i32 {
  return A_BLOCK + B_BLOCK;
}

export function gemm(
  c: usize,
  ldc: i32,
  a: usize,
  lda: i32,
  transposeA: bool,
  b: usize,
  ldb: i32,
  transposeB: bool,
  m: i32,
  n: i32,
  k: i32,
  bias: usize,
  rectify: bool,
  mask: usize,
  scratch: usize,
): void {
  const cRow = (<usize>ldc) << 2;
  const aRow = (<usize>lda) << 2;
  const bRow = (<usize>ldb) << 2;
  if (
    worthSkipping(a, aRow, transposeA, m, n, k) &&
    skippingGemm(c, cRow, a, aRow, transposeA, b, bRow, transposeB, m, n, k, bias, rectify, mask, scratch)
  )
    return;
  if (m <= FEW_ROWS && !transposeA && !transposeB) {
    for (let i = 0; i < m; i++)
      rowTimes(c + <usize>i * cRow, a + <usize>i * aRow, b, bRow, n, k, bias, rectify, mask, scratch);
    return;
  }
  const aScratch = scratch;
  const bScratch = scratch + A_BLOCK;
  const kc = evenly(k, KC, 4);
  const mc = evenly(m, MC, 4);
  const nc = evenly(n, NC, 8);
  // A is always copied, which costs little; B only if its panels are read often enough to pay for it
  const copiesB = transposeB || m > 8;
  let k0 = 0;
  do {
    const kb = min(kc, k - k0);
    const last = k0 + kb >= k;
    const panel = (<usize>kb) << 5;
    for (let j0 = 0; j0 < n; j0 += nc) {
      const nb = min(nc, n - j0);
      const bFrom = transposeB ? b + <usize>j0 * bRow + ((<usize>k0) << 2) : b + <usize>k0 * bRow + ((<usize>j0) << 2);
      const biasFrom = last && bias ? bias + ((<usize>j0) << 2) : 0;
      if (transposeB) packTransposedB(bScratch, bFrom, bRow, nb, kb);
      // where the first row of tiles copies B
      let fresh = copiesB && !transposeB;
      for (let i0 = 0; i0 < m; i0 += mc) {
        const mb = min(mc, m - i0);
        const aFrom = transposeA
          ? a + <usize>k0 * aRow + ((<usize>i0) << 2)
          : a + <usize>i0 * aRow + ((<usize>k0) << 2);
        if (transposeA) packTransposedA(aScratch, aFrom, aRow, mb, kb);
        else packA(aScratch, aFrom, aRow, mb, kb);
        let ai = aScratch;
        let ci = c + <usize>i0 * cRow + ((<usize>j0) << 2);
        // along the rows of C: an A panel stays in L1 while the B panels pass by
        for (let i = 0; i < mb; i += 4) {
          const rows = min(4, mb - i);
          if (fresh) {
            packingTiles(
              ci,
              cRow,
              ai,
              bFrom,
              32,
              bRow,
              bScratch,
              kb,
              rows,
              nb,
              k0 > 0,
              biasFrom,
              last && rectify,
              last ? mask : 0,
            );
            fresh = false;
          } else if (copiesB) {
            tiles(ci, cRow, ai, bScratch, panel, 32, kb, rows, nb, k0 > 0, biasFrom, last && rectify, last ? mask : 0);
          } else {
            tiles(ci, cRow, ai, bFrom, 32, bRow, kb, rows, nb, k0 > 0, biasFrom, last && rectify, last ? mask : 0);
          }
          ai += (<usize>kb) << 4;
          ci += 4 * cRow;
        }
      }
    }
    k0 += kc;
  } while (k0 < k);
}
