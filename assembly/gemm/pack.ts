/**
 * Panels: copies of a block of an operand in the order in which the tile reads it, so that it runs through memory once and
 * never conflicts with itself in the cache (rows a power of two apart share cache sets).
 *
 *   A panel of 4 rows:     a(0,0) a(1,0) a(2,0) a(3,0)   a(0,1) a(1,1) ...       16 bytes each k
 *   B panel of 8 columns:  b(0,0) ... b(0,7)   b(1,0) ... b(1,7)   ...           32 bytes each k
 *
 * The first row of tiles that reads an untransposed B makes its panels (tile.ts).
 *
 * Reading past the edge of the operand is harmless (see tile.ts); every function may write up to 128 bytes past the panels.
 */

/** Splits `total` into equal parts no longer than `most`, each a multiple of `granule`: 784 by 512 gives 392, not 512 and 272. */
// @ts-ignore: decorator
@inline
export function evenly(total: i32, most: i32, granule: i32): i32 {
  const parts = (total + most - 1) / most;
  const part = (total + parts - 1) / max(parts, 1);
  return (part + granule - 1) & -granule;
}

/** Four rows at `x0..x3` become four columns, `step` bytes apart at `out`. */
// @ts-ignore: decorator
@inline
export function transpose4(out: usize, step: usize, x0: usize, x1: usize, x2: usize, x3: usize): void {
  const r0 = v128.load(x0);
  const r1 = v128.load(x1);
  const r2 = v128.load(x2);
  const r3 = v128.load(x3);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(out + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(out + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(out + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** Panels of `width` (4 or 8) rows of the row-major x [count, k], whose rows are `ldx` bytes apart; past the last row it is repeated. */
// @ts-ignore: decorator
@inline
function packRows(out: usize, x: usize, ldx: usize, count: i32, k: i32, width: i32): void {
  const step = <usize>(width << 2);
  const panel = <usize>k * step;
  for (let i = 0; i < count; i += width) {
    for (let half = 0; half < width; half += 4) {
      const last = count - 1;
      const row = i + half;
      let x0 = x + <usize>min(row, last) * ldx;
      let x1 = x + <usize>min(row + 1, last) * ldx;
      let x2 = x + <usize>min(row + 2, last) * ldx;
      let x3 = x + <usize>min(row + 3, last) * ldx;
      let to = out + <usize>(half << 2);
      const whole = to + (panel & ~(4 * step - 1));
      for (const end = out + panel; to < end; to += 4 * step) {
        if (to < whole) {
          transpose4(to, step, x0, x1, x2, x3);
        } else {
          // the last one to three k, one at a time: the next panel's place may be filled already
          for (; to < end; to += step) {
            f32.store(to, f32.load(x0));
            f32.store(to, f32.load(x1), 4);
            f32.store(to, f32.load(x2), 8);
            f32.store(to, f32.load(x3), 12);
            x0 += 4;
            x1 += 4;
            x2 += 4;
            x3 += 4;
          }
          break;
        }
        x0 += 16;
        x1 += 16;
        x2 += 16;
        x3 += 16;
      }
    }
    out += panel;
  }
}

/** A panels of a [m, k]. */
export function packA(out: usize, a: usize, lda: usize, m: i32, k: i32): void {
  packRows(out, a, lda, m, k, 4);
}

/** A panels of the transpose of a [k, m]. */
export function packTransposedA(out: usize, a: usize, lda: usize, m: i32, k: i32): void {
  for (let i = 0; i < m; i += 4, a += 16) {
    let from = a;
    for (const end = out + ((<usize>k) << 4); out != end; out += 16, from += lda) v128.store(out, v128.load(from));
  }
}

/** B panels of the transpose of b [n, k]. */
export function packTransposedB(out: usize, b: usize, ldb: usize, n: i32, k: i32): void {
  packRows(out, b, ldb, n, k, 8);
}
