import { LANES } from "./simd";

/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011), a counter-based
 * generator: four random words are a function of a key of two words and a counter of four. There is no state to carry,
 * so every element of every tensor has its own word, independent of who computes it and when.
 *
 *   key      (seed low, seed high)
 *   counter  (block, step, index, purpose)      element e has word e % 4 of block e / 4
 */

const MULTIPLIER0: u32 = 0xd2511f53;
const MULTIPLIER1: u32 = 0xcd9e8d57;
const WEYL0: u32 = 0x9e3779b9;
const WEYL1: u32 = 0xbb67ae85;

/** Elements that four counters make. */
const HALF: i32 = 16;

/**
 * Draws the words of elements 0 to n - 1, the first of them word 0 of block `block0`, and passes them to
 * `T.take(out, x, words, a, b, c, count)` four at a time, with the addresses of these elements; `count` is less than
 * four for the last. `a`, `b` and `c` are passed on.
 * Works at eight counters, as two times four: a lone chain of rounds waits for its multiplications (1.8 ns a word
 * instead of 1.4, Node 20).
 */
// @ts-ignore: decorator
@inline
export function generate<T>(
  out: usize,
  x: usize,
  n: i32,
  seedLow: u32,
  seedHigh: u32,
  block0: u32,
  step: u32,
  index: u32,
  purpose: u32,
  a: v128,
  b: v128,
  c: v128,
): void {
  const multiplier0 = i32x4.splat(MULTIPLIER0);
  const multiplier1 = i32x4.splat(MULTIPLIER1);
  for (let i = 0; i < n; i += 2 * HALF) {
    let p0 = i32x4.add(i32x4.splat(block0 + (i >>> 2)), i32x4(0, 1, 2, 3));
    let p1 = i32x4.splat(step);
    let p2 = i32x4.splat(index);
    let p3 = i32x4.splat(purpose);
    let q0 = i32x4.add(p0, i32x4.splat(4));
    let q1 = p1;
    let q2 = p2;
    let q3 = p3;
    let key0 = i32x4.splat(seedLow);
    let key1 = i32x4.splat(seedHigh);
    for (let round = 0; round < 10; round++) {
      const pLow0 = i64x2.extmul_low_i32x4_u(p0, multiplier0);
      const pHigh0 = i64x2.extmul_high_i32x4_u(p0, multiplier0);
      const pLow1 = i64x2.extmul_low_i32x4_u(p2, multiplier1);
      const pHigh1 = i64x2.extmul_high_i32x4_u(p2, multiplier1);
      p0 = v128.xor(v128.xor(i32x4.shuffle(pLow1, pHigh1, 1, 3, 5, 7), p1), key0);
      p1 = i32x4.shuffle(pLow1, pHigh1, 0, 2, 4, 6);
      p2 = v128.xor(v128.xor(i32x4.shuffle(pLow0, pHigh0, 1, 3, 5, 7), p3), key1);
      p3 = i32x4.shuffle(pLow0, pHigh0, 0, 2, 4, 6);
      const qLow0 = i64x2.extmul_low_i32x4_u(q0, multiplier0);
      const qHigh0 = i64x2.extmul_high_i32x4_u(q0, multiplier0);
      const qLow1 = i64x2.extmul_low_i32x4_u(q2, multiplier1);
      const qHigh1 = i64x2.extmul_high_i32x4_u(q2, multiplier1);
      q0 = v128.xor(v128.xor(i32x4.shuffle(qLow1, qHigh1, 1, 3, 5, 7), q1), key0);
      q1 = i32x4.shuffle(qLow1, qHigh1, 0, 2, 4, 6);
      q2 = v128.xor(v128.xor(i32x4.shuffle(qLow0, qHigh0, 1, 3, 5, 7), q3), key1);
      q3 = i32x4.shuffle(qLow0, qHigh0, 0, 2, 4, 6);
      key0 = i32x4.add(key0, i32x4.splat(WEYL0));
      key1 = i32x4.add(key1, i32x4.splat(WEYL1));
    }
    const at = (<usize>i) << 2;
    const left = n - i;
    hand<T>(out + at, x + at, left, p0, p1, p2, p3, a, b, c);
    if (left > HALF) hand<T>(out + at + 64, x + at + 64, left - HALF, q0, q1, q2, q3, a, b, c);
  }
}

/** Passes on the words of four counters, for the elements `left`. wJ holds word J of each. */
// @ts-ignore: decorator
@inline
function hand<T>(
  out: usize,
  x: usize,
  left: i32,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
  a: v128,
  b: v128,
  c: v128,
): void {
  const taker = changetype<T>(0);
  const low01 = i32x4.shuffle(w0, w1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(w2, w3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(w0, w1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(w2, w3, 2, 6, 3, 7);
  const block0 = i64x2.shuffle(low01, low23, 0, 2);
  const block1 = i64x2.shuffle(low01, low23, 1, 3);
  const block2 = i64x2.shuffle(high01, high23, 0, 2);
  const block3 = i64x2.shuffle(high01, high23, 1, 3);
  if (left >= HALF) {
    taker.take(out, x, block0, a, b, c, LANES);
    taker.take(out + 16, x + 16, block1, a, b, c, LANES);
    taker.take(out + 32, x + 32, block2, a, b, c, LANES);
    taker.take(out + 48, x + 48, block3, a, b, c, LANES);
  } else {
    taker.take(out, x, block0, a, b, c, min(left, LANES));
    if (left > 4) taker.take(out + 16, x + 16, block1, a, b, c, min(left - 4, LANES));
    if (left > 8) taker.take(out + 32, x + 32, block2, a, b, c, min(left - 8, LANES));
    if (left > 12) taker.take(out + 48, x + 48, block3, a, b, c, left - 12);
  }
}
