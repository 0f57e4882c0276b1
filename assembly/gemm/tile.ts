/**
 * The register tile of every matrix product, 4 rows by 8 columns of C in eight vectors, and a row of such tiles.
 *
 *   C[r, c] = (accumulate ? C[r, c] : 0) + sum over k ascending of A(r, k) * B(k, c)      r < rows <= 4, c < n
 *   then, if asked for:  C[r, c] = relu(C[r, c] + bias[c]), or C[r, c] = 0 where Y[r, c] is not above 0, as on the way back through
 *   a relu whose output is Y; `mask` is the distance of Y from C in memory, 0 for none.
 *
 * A is a panel: four consecutive floats each k. B is read as eight each k, `bStep` bytes apart, each tile's `bPanel` bytes behind
 * the previous one's. A sum is one chain of additions along ascending k that starts at zero, whatever the blocking around it: a block
 * of k continues from the C that the previous block stored. So tile, block and thread sizes never change a bit.
 *
 * Edges: all four rows and eight (or four) columns are always computed. Operands may be read past their edge (the arena
 * keeps 64 readable bytes behind every block); results past it are not stored. Rows past the edge are stored onto the last
 * valid row, from the bottom up, so that the valid one is written last.
 *
 * Four by eight with splatted loads is the largest tile that V8 keeps in its 15 vector registers when multiply and add are
 * two instructions; k is not unrolled because V8 does that itself (measured on x86-64).
 */
import { loadTail, madd, storeTail } from "../simd";

// @ts-ignore: decorator
@inline
function storeRow(c: usize, low: v128, high: v128, cols: i32, wide: bool): void {
  if (wide) {
    v128.store(c, low);
    if (cols == 8) v128.store(c, high, 16);
    else storeTail(c + 16, high, cols - 4);
  } else {
    if (cols == 4) v128.store(c, low);
    else storeTail(c, low, cols);
  }
}

// @ts-ignore: decorator
@inline
function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function masked(x: v128, y: usize): v128 {
  return v128.and(x, f32x4.gt(v128.load(y), f32x4.splat(0)));
}

/**
 * One tile. `wide` and `packs` are constants of the call: wide for 5 to 8 columns; for 1 to 4, the compiler drops the second
 * vector. With `packs`, B is also copied to `panel`, 32 bytes each k, while it passes through the registers.
 */
// @ts-ignore: decorator
@inline
function tile(
  wide: bool,
  packs: bool,
  c: usize,
  ldc: usize,
  a: usize,
  b: usize,
  bStep: usize,
  panel: usize,
  k: i32,
  rows: i32,
  cols: i32,
  accumulate: bool,
  bias: usize,
  rectify: bool,
  mask: usize,
): void {
  const c1 = rows > 1 ? c + ldc : c;
  const c2 = rows > 2 ? c1 + ldc : c1;
  const c3 = rows > 3 ? c2 + ldc : c2;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (accumulate) {
    c00 = v128.load(c);
    c10 = v128.load(c1);
    c20 = v128.load(c2);
    c30 = v128.load(c3);
    if (wide) {
      c01 = v128.load(c, 16);
      c11 = v128.load(c1, 16);
      c21 = v128.load(c2, 16);
      c31 = v128.load(c3, 16);
    }
  }
  for (const end = a + ((<usize>k) << 4); a != end; a += 16, b += bStep) {
    const b0 = v128.load(b);
    const b1 = wide ? v128.load(b, 16) : b0;
    if (packs) {
      v128.store(panel, b0);
      if (wide) v128.store(panel, b1, 16);
      panel += 32;
    }
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00);
    if (wide) c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10);
    if (wide) c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20);
    if (wide) c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30);
    if (wide) c31 = madd(x, b1, c31);
  }
  if (bias) {
    const b0 = cols >= 4 ? v128.load(bias) : loadTail(bias, cols);
    c00 = f32x4.add(c00, b0);
    c10 = f32x4.add(c10, b0);
    c20 = f32x4.add(c20, b0);
    c30 = f32x4.add(c30, b0);
    if (wide) {
      const b1 = cols == 8 ? v128.load(bias, 16) : loadTail(bias + 16, cols - 4);
      c01 = f32x4.add(c01, b1);
      c11 = f32x4.add(c11, b1);
      c21 = f32x4.add(c21, b1);
      c31 = f32x4.add(c31, b1);
    }
  }
  if (rectify) {
    c00 = relu(c00);
    c10 = relu(c10);
    c20 = relu(c20);
    c30 = relu(c30);
    if (wide) {
      c01 = relu(c01);
      c11 = relu(c11);
      c21 = relu(c21);
      c31 = relu(c31);
    }
  }
  if (mask) {
    c00 = masked(c00, c + mask);
    c10 = masked(c10, c1 + mask);
    c20 = masked(c20, c2 + mask);
    c30 = masked(c30, c3 + mask);
    if (wide) {
      c01 = masked(c01, c + mask + 16);
      c11 = masked(c11, c1 + mask + 16);
      c21 = masked(c21, c2 + mask + 16);
      c31 = masked(c31, c3 + mask + 16);
    }
  }
  storeRow(c3, c30, c31, cols, wide);
  storeRow(c2, c20, c21, cols, wide);
  storeRow(c1, c10, c11, cols, wide);
  storeRow(c, c00, c01, cols, wide);
}

/** The tiles of one row of C, from its first column to its last. */
// @ts-ignore: decorator
@inline
function row(
  packs: bool,
  c: usize,
  ldc: usize,
  a: usize,
  b: usize,
  bPanel: usize,
  bStep: usize,
  panel: usize,
  k: i32,
  rows: i32,
  n: i32,
  accumulate: bool,
  bias: usize,
  rectify: bool,
  mask: usize,
): void {
  for (; n >= 8; n -= 8) {
    tile(true, packs, c, ldc, a, b, bStep, panel, k, rows, 8, accumulate, bias, rectify, mask);
    c += 32;
    b += bPanel;
    if (packs) panel += (<usize>k) << 5;
    if (bias) bias += 32;
  }
  if (n > 4) tile(true, packs, c, ldc, a, b, bStep, panel, k, rows, n, accumulate, bias, rectify, mask);
  else if (n) tile(false, packs, c, ldc, a, b, bStep, panel, k, rows, n, accumulate, bias, rectify, mask);
}

/** A row of tiles. A separate function, because V8 optimizes it once it has been called often enough. */
export function tiles(
  c: usize,
  ldc: usize,
  a: usize,
  b: usize,
  bPanel: usize,
  bStep: usize,
  k: i32,
  rows: i32,
  n: i32,
  accumulate: bool,
  bias: usize,
  rectify: bool,
  mask: usize,
): void {
  row(false, c, ldc, a, b, bPanel, bStep, 0, k, rows, n, accumulate, bias, rectify, mask);
}

/** The same, and copies B to the panels at `panel` on the way; the other rows read it there. */
export function packingTiles(
  c: usize,
  ldc: usize,
  a: usize,
  b: usize,
  bPanel: usize,
  bStep: usize,
  panel: usize,
  k: i32,
  rows: i32,
  n: i32,
  accumulate: bool,
  bias: usize,
  rectify: bool,
  mask: usize,
): void {
  row(true, c, ldc, a, b, bPanel, bStep, panel, k, rows, n, accumulate, bias, rectify, mask);
}
