/**
 * Products that leave out the zeros of their left operand: a row of C at a time, from a list of the values that are not zero.
 *
 *   C[0, c] = start[c] + sum over the list, in its order, of value * B(offset, c)      then bias, relu or the mask of one, as in tile.ts
 *
 * The bits are those of tile.ts. A sum begins at +0 and can only become -0 by adding two values that are -0, so adding a zero of either
 * sign never changes it, and a product by zero is a zero as long as the other factor is finite. Therefore callers skip only where B is
 * finite (`finite`) and otherwise compute every product: zero times infinity is NaN on every path.
 *
 * Eight vectors of C are as many sums as the dense tile has, so this computes as many products a second, and is ahead where enough of
 * them need not be computed.
 */
import { loadTail, madd, storeTail } from "../simd";
import { transpose4 } from "./pack";

/** Bytes of a list's entry: the offset of a row of B, the value. */
export const ENTRY: usize = 8;
/** Columns of a panel of B, and the bytes of one of its rows. */
export const COLUMNS: i32 = 32;
export const ROW: usize = 128;
/** Most vectors that `density` looks at. */
const SAMPLE: i32 = 4096;

/** Which of `rows` times n floats, `step` bytes from row to row, are not zero, as a share, by a sample that depends on these sizes alone. */
function density(x: usize, rows: i32, n: i32, step: usize): f32 {
  const vectors = n >>> 2;
  if (vectors == 0) return 1;
  // odd, so that it does not always meet the same channels; of short rows whole ones
  const every = (<i32>((<i64>rows * vectors) / SAMPLE)) | 1;
  const skipped = vectors > every ? 1 : every / vectors + 1;
  const across = (<usize>min(every, vectors)) << 4;
  let zeros = i32x4.splat(0);
  let seen = 0;
  for (let i = 0; i < rows; i += skipped) {
    const from = x + <usize>i * step;
    const end = from + ((<usize>vectors) << 4);
    for (let at = from; at < end; at += across, seen += 4)
      zeros = i32x4.sub(zeros, f32x4.eq(v128.load(at), f32x4.splat(0)));
  }
  const count =
    i32x4.extract_lane(zeros, 0) +
    i32x4.extract_lane(zeros, 1) +
    i32x4.extract_lane(zeros, 2) +
    i32x4.extract_lane(zeros, 3);
  return 1 - <f32>count / <f32>seen;
}

/**
 * Whether leaving out the zeros of `rows` times n floats at x takes less time: `list` for lists, and `products` for all products, of which
 * the zeros' are left out, are below `dense`, in the same unit. It depends on the data alone.
 */
export function pays(list: f32, products: f32, dense: f32, x: usize, rows: i32, n: i32, step: usize): bool {
  return list < dense && list + products * density(x, rows, n, step) < dense;
}

/** What a value leaves of itself: a zero, or NaN if it is infinite or NaN. */
// @ts-ignore: decorator
@inline
function remains(x: v128): v128 {
  return f32x4.sub(x, x);
}

/** No one of n floats at x is infinite or NaN. */
export function finite(x: usize, n: i32): bool {
  let left = f32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16) left = v128.or(left, remains(v128.load(x)));
  if (x < end) left = v128.or(left, remains(loadTail(x, <i32>((end - x) >> 2))));
  return !v128.any_true(left);
}

/** For each set of four lanes, the bytes that move them to the front. */
// prettier-ignore
const FRONT = memory.data<u8>([
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  4, 5, 6, 7, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 128, 128, 128, 128, 128, 128, 128, 128,
  8, 9, 10, 11, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 8, 9, 10, 11, 128, 128, 128, 128, 128, 128, 128, 128,
  4, 5, 6, 7, 8, 9, 10, 11, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 128, 128, 128, 128,
  12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128,
  4, 5, 6, 7, 12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 128, 128, 128, 128,
  8, 9, 10, 11, 12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 128, 128, 128, 128,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 128, 128, 128, 128,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
], 16);

/** Appends those of four values that are not zero and that `wanted`, four bits, names; returns the end of the list. Writes up to 32 bytes more. */
// @ts-ignore: decorator
@inline
export function append4(list: usize, values: v128, offsets: v128, wanted: i32): usize {
  const some = i32x4.bitmask(f32x4.ne(values, f32x4.splat(0))) & wanted;
  const front = v128.load(FRONT + ((<usize>some) << 4));
  const kept = v128.swizzle(values, front);
  const at = v128.swizzle(offsets, front);
  v128.store(list, v128.shuffle<f32>(at, kept, 0, 4, 1, 5));
  v128.store(list, v128.shuffle<f32>(at, kept, 2, 6, 3, 7), 16);
  return list + ((<usize>i32.popcnt(some)) << 3);
}

/** Appends those of n floats at x that are not zero; B's row of the first is at `at`. Returns the end of the list. */
export function append(list: usize, x: usize, n: i32, at: usize): usize {
  let offsets = i32x4.add(i32x4.splat(<i32>at), i32x4(0, <i32>ROW, 2 * <i32>ROW, 3 * <i32>ROW));
  const step = i32x4.splat(4 * <i32>ROW);
  for (; n >= 4; n -= 4, x += 16) {
    list = append4(list, v128.load(x), offsets, 15);
    offsets = i32x4.add(offsets, step);
  }
  return n > 0 ? append4(list, v128.load(x), offsets, (1 << n) - 1) : list;
}

/**
 * Lists of four columns at x, `distance` bytes apart, of `count` rows, `step` bytes apart; where they end is stored at `ends`. Row i of B
 * belongs to row i.
 */
export function appendColumns(lists: usize, distance: usize, ends: usize, x: usize, step: usize, count: i32): void {
  let l0 = lists;
  let l1 = l0 + distance;
  let l2 = l1 + distance;
  let l3 = l2 + distance;
  let offsets = i32x4(0, <i32>ROW, 2 * <i32>ROW, 3 * <i32>ROW);
  const next = i32x4.splat(4 * <i32>ROW);
  for (; count > 0; count -= 4, x += 4 * step) {
    const r0 = v128.load(x);
    const r1 = count > 1 ? v128.load(x + step) : f32x4.splat(0);
    const r2 = count > 2 ? v128.load(x + 2 * step) : f32x4.splat(0);
    const r3 = count > 3 ? v128.load(x + 3 * step) : f32x4.splat(0);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    l0 = append4(l0, v128.shuffle<f64>(low01, low23, 0, 2), offsets, 15);
    l1 = append4(l1, v128.shuffle<f64>(low01, low23, 1, 3), offsets, 15);
    l2 = append4(l2, v128.shuffle<f64>(high01, high23, 0, 2), offsets, 15);
    l3 = append4(l3, v128.shuffle<f64>(high01, high23, 1, 3), offsets, 15);
    offsets = i32x4.add(offsets, next);
  }
  store<u32>(ends, <u32>l0);
  store<u32>(ends, <u32>l1, 4);
  store<u32>(ends, <u32>l2, 8);
  store<u32>(ends, <u32>l3, 12);
}

/**
 * A panel of `cols` columns of b [k, n], whose rows are `step` bytes apart; behind them up to 15 more, whatever they are, and zeros. Returns
 * whether all of it is finite.
 */
export function packPanel(out: usize, b: usize, step: usize, k: i32, cols: i32): bool {
  let left = f32x4.splat(0);
  const bytes = (<usize>((cols + 15) & ~15)) << 2;
  for (const end = out + <usize>k * ROW; out < end; out += ROW, b += step) {
    for (let q: usize = 0; q < bytes; q += 64) {
      const x0 = v128.load(b + q);
      const x1 = v128.load(b + q, 16);
      const x2 = v128.load(b + q, 32);
      const x3 = v128.load(b + q, 48);
      v128.store(out + q, x0);
      v128.store(out + q, x1, 16);
      v128.store(out + q, x2, 32);
      v128.store(out + q, x3, 48);
      left = v128.or(left, v128.or(v128.or(remains(x0), remains(x1)), v128.or(remains(x2), remains(x3))));
    }
    for (let q = bytes; q < ROW; q += 16) v128.store(out + q, f32x4.splat(0));
  }
  return !v128.any_true(left);
}

/** The same of the transpose of b [n, k]; whether it is finite says `finite`. Writes up to 3 rows more. */
export function packTransposedPanel(out: usize, b: usize, step: usize, k: i32, cols: i32): void {
  const last = cols - 1;
  for (let j = 0; j < COLUMNS; j += 4) {
    let x0 = b + <usize>min(j, last) * step;
    let x1 = b + <usize>min(j + 1, last) * step;
    let x2 = b + <usize>min(j + 2, last) * step;
    let x3 = b + <usize>min(j + 3, last) * step;
    const to = out + ((<usize>j) << 2);
    for (let p = 0; p < k; p += 4) {
      transpose4(to + <usize>p * ROW, ROW, x0, x1, x2, x3);
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
    }
  }
}

/** Where sums start that nothing was added to. */
export const ZEROS = memory.data(<i32>ROW, 16);

/** Sums of 4 `vectors` columns; how many is a constant of the call. */
// @ts-ignore: decorator
@inline
function row(vectors: i32, out: usize, start: usize, list: usize, end: usize, b: usize): void {
  let c0 = v128.load(start);
  let c1 = v128.load(start, 16);
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  if (vectors > 2) c2 = v128.load(start, 32);
  if (vectors > 2) c3 = v128.load(start, 48);
  if (vectors > 4) c4 = v128.load(start, 64);
  if (vectors > 4) c5 = v128.load(start, 80);
  if (vectors > 6) c6 = v128.load(start, 96);
  if (vectors > 6) c7 = v128.load(start, 112);
  for (; list != end; list += ENTRY) {
    const x = v128.load32_splat(list, 4);
    const q = b + <usize>load<u32>(list);
    c0 = madd(x, v128.load(q), c0);
    c1 = madd(x, v128.load(q, 16), c1);
    if (vectors > 2) c2 = madd(x, v128.load(q, 32), c2);
    if (vectors > 2) c3 = madd(x, v128.load(q, 48), c3);
    if (vectors > 4) c4 = madd(x, v128.load(q, 64), c4);
    if (vectors > 4) c5 = madd(x, v128.load(q, 80), c5);
    if (vectors > 6) c6 = madd(x, v128.load(q, 96), c6);
    if (vectors > 6) c7 = madd(x, v128.load(q, 112), c7);
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
  if (vectors > 2) v128.store(out, c2, 32);
  if (vectors > 2) v128.store(out, c3, 48);
  if (vectors > 4) v128.store(out, c4, 64);
  if (vectors > 4) v128.store(out, c5, 80);
  if (vectors > 6) v128.store(out, c6, 96);
  if (vectors > 6) v128.store(out, c7, 112);
}

// Functions of their own with nothing else in them: more, and V8 no longer keeps the sums in registers, which takes twice as long.
function row2(out: usize, start: usize, list: usize, end: usize, b: usize): void {
  row(2, out, start, list, end, b);
}

function row4(out: usize, start: usize, list: usize, end: usize, b: usize): void {
  row(4, out, start, list, end, b);
}

function row6(out: usize, start: usize, list: usize, end: usize, b: usize): void {
  row(6, out, start, list, end, b);
}

function row8(out: usize, start: usize, list: usize, end: usize, b: usize): void {
  row(8, out, start, list, end, b);
}

/**
 * The sums of `cols`, at most 32, columns at `out`, where up to 7 more are written; they go on from those at `start`. `b` is a panel whose
 * rows are ROW bytes.
 */
// @ts-ignore: decorator
@inline
export function skippingRow(out: usize, start: usize, list: usize, end: usize, b: usize, cols: i32): void {
  if (cols > 24) row8(out, start, list, end, b);
  else if (cols > 16) row6(out, start, list, end, b);
  else if (cols > 8) row4(out, start, list, end, b);
  else row2(out, start, list, end, b);
}

/** `cols` columns of C from their sums. `bias` and `mask` as in tile.ts. */
export function finishRow(c: usize, sums: usize, cols: i32, bias: usize, rectify: bool, mask: usize): void {
  for (; cols > 0; cols -= 4, c += 16, sums += 16) {
    let x = v128.load(sums);
    if (bias) {
      x = f32x4.add(x, cols >= 4 ? v128.load(bias) : loadTail(bias, cols));
      bias += 16;
    }
    if (rectify) x = f32x4.pmax(x, f32x4.splat(0));
    if (mask) x = v128.and(x, f32x4.gt(v128.load(c + mask), f32x4.splat(0)));
    if (cols >= 4) v128.store(c, x);
    else storeTail(c, x, cols);
  }
}
