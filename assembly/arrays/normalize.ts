/** Batch normalization: the operations of words/channel-sums.ts, batch-moments.ts, channel-totals.ts, normalize.ts and normalize-gradient.ts. */
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { LANES, storeTail } from "../simd";
import * as momentWords from "../words/batch-moments";
import * as sumWords from "../words/channel-sums";
import * as totalWords from "../words/channel-totals";
import * as w from "../words/normalize";
import * as backWords from "../words/normalize-gradient";

/** Channels that are worked on at a time: what is kept of them stays in the L1 cache. */
const CHUNK: i32 = 256;

/** Bytes of a list of float64 for the channels. */
// @ts-ignore: decorator
@inline
function listBytes(channels: i32): usize {
  return (<usize>((channels + 7) & -8)) << 3;
}

// @ts-ignore: decorator
@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
}

/** The sums of x and x² of eight channels over n positions, `row` bytes apart. The last eight may read into the next position. */
function sumEight(first: usize, second: usize, x: usize, n: i32, row: usize): void {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let e = f64x2.splat(0);
  let f = f64x2.splat(0);
  let g = f64x2.splat(0);
  let h = f64x2.splat(0);
  for (let i = 0; i < n; i++, x += row) {
    const u = v128.load(x);
    const v = v128.load(x, 16);
    const u0 = low(u);
    const u1 = high(u);
    const v0 = low(v);
    const v1 = high(v);
    a = f64x2.add(a, u0);
    b = f64x2.add(b, u1);
    c = f64x2.add(c, v0);
    d = f64x2.add(d, v1);
    e = f64x2.add(e, f64x2.mul(u0, u0));
    f = f64x2.add(f, f64x2.mul(u1, u1));
    g = f64x2.add(g, f64x2.mul(v0, v0));
    h = f64x2.add(h, f64x2.mul(v1, v1));
  }
  v128.store(first, a);
  v128.store(first, b, 16);
  v128.store(first, c, 32);
  v128.store(first, d, 48);
  v128.store(second, e);
  v128.store(second, f, 16);
  v128.store(second, g, 32);
  v128.store(second, h, 48);
}

/** The sums of dy and dy x̂ of four channels. */
function sumFour(
  first: usize,
  second: usize,
  x: usize,
  dy: usize,
  mean: v128,
  inverse: v128,
  n: i32,
  row: usize,
): void {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (let i = 0; i < n; i++, x += row, dy += row) {
    const unit = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
    const g = v128.load(dy);
    const g0 = low(g);
    const g1 = high(g);
    a = f64x2.add(a, g0);
    b = f64x2.add(b, g1);
    c = f64x2.add(c, f64x2.mul(g0, low(unit)));
    d = f64x2.add(d, f64x2.mul(g1, high(unit)));
  }
  v128.store(first, a);
  v128.store(first, b, 16);
  v128.store(second, c);
  v128.store(second, d, 16);
}

export function channelSums(op: usize, rows: i32, part: i32, parts: i32): void {
  const channels = word(op, sumWords.channels);
  const positions = rows * word(op, sumWords.times);
  const block = word(op, sumWords.block);
  const x = address(op, sumWords.x);
  const dy = address(op, sumWords.dy);
  const mean = address(op, sumWords.mean);
  const inverse = address(op, sumWords.inverse);
  const bytes = listBytes(channels);
  const row = (<usize>channels) << 2;
  const blocks = (positions + block - 1) / block;
  const to = end(blocks, 1, part, parts);
  for (let b = begin(blocks, 1, part, parts); b < to; b++) {
    const n = min(block, positions - b * block);
    const first = address(op, sumWords.sums) + <usize>b * 2 * bytes;
    const from = <usize>(b * block) * row;
    for (let c = 0; c < channels; c += dy ? 4 : 8) {
      const at = from + ((<usize>c) << 2);
      const out = first + ((<usize>c) << 3);
      if (dy) {
        const m = v128.load(offset(mean, c));
        const i = v128.load(offset(inverse, c));
        sumFour(out, out + bytes, x + at, dy + at, m, i, n, row);
      } else sumEight(out, out + bytes, x + at, n, row);
    }
  }
}

/** A sum of channel c over all blocks, in index order; `step` bytes from block to block. */
// @ts-ignore: decorator
@inline
function total(sums: usize, blocks: i32, step: usize, c: i32): f64 {
  let at = sums + ((<usize>c) << 3);
  let sum: f64 = 0;
  for (let b = 0; b < blocks; b++, at += step) sum += f64.load(at);
  return sum;
}

/** moving = momentum moving + rest value. */
function follow(moving: usize, c: i32, value: f64, momentum: f64, rest: f64): void {
  if (!moving) return;
  const at = offset(moving, c);
  f32.store(at, <f32>(momentum * <f64>f32.load(at) + rest * value));
}

export function batchMoments(op: usize, rows: i32): void {
  const channels = word(op, momentWords.channels);
  const positions = rows * word(op, momentWords.times);
  const block = word(op, momentWords.block);
  const blocks = (positions + block - 1) / block;
  const sums = address(op, momentWords.sums);
  const bytes = listBytes(channels);
  const epsilon = <f64>scalar(op, momentWords.epsilon);
  const momentum = <f64>scalar(op, momentWords.momentum);
  const rest = <f64>scalar(op, momentWords.rest);
  for (let c = 0; c < channels; c++) {
    const mean = total(sums, blocks, 2 * bytes, c) / <f64>positions;
    const square = total(sums + bytes, blocks, 2 * bytes, c) / <f64>positions;
    // a sum of squares may round to less than the square of the mean; NaN stays
    const spread = square - mean * mean;
    const variance = spread < 0 ? 0 : spread;
    f32.store(offset(address(op, momentWords.mean), c), <f32>mean);
    f32.store(offset(address(op, momentWords.inverse), c), <f32>(1 / Math.sqrt(variance + epsilon)));
    follow(address(op, momentWords.movingMean), c, mean, momentum, rest);
    follow(address(op, momentWords.movingVariance), c, variance, momentum, rest);
  }
}

export function channelTotals(op: usize, rows: i32): void {
  const channels = word(op, totalWords.channels);
  const positions = rows * word(op, totalWords.times);
  const block = word(op, totalWords.block);
  const blocks = (positions + block - 1) / block;
  const sums = address(op, totalWords.sums);
  const bytes = listBytes(channels);
  const first = address(op, totalWords.first);
  const second = address(op, totalWords.second);
  for (let c = 0; c < channels; c++) {
    if (first) f32.store(offset(first, c), <f32>total(sums, blocks, 2 * bytes, c));
    if (second) f32.store(offset(second, c), <f32>total(sums + bytes, blocks, 2 * bytes, c));
  }
}

/** The four numbers of channels c to c + 3 at `list`; `other` where there is no list. */
// @ts-ignore: decorator
@inline
function four(list: usize, c: i32, other: f32): v128 {
  return list ? v128.load(offset(list, c)) : f32x4.splat(other);
}

// @ts-ignore: decorator
@inline
function store(at: usize, x: v128, count: i32): void {
  if (count < LANES) storeTail(at, x, count);
  else v128.store(at, x);
}

export function normalize(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const channels = word(op, w.channels);
  const positions = rows * word(op, w.times);
  const from = begin(positions, 16, part, parts);
  const to = end(positions, 16, part, parts);
  const relu = word(op, w.relu) == 1;
  const row = (<usize>channels) << 2;
  const zero = f32x4.splat(0);
  for (let start = 0; start < channels; start += CHUNK) {
    const n = min(CHUNK, channels - start);
    for (let c = 0; c < n; c += LANES) {
      const at = scratch + <usize>c * 12;
      v128.store(at, four(address(op, w.mean), start + c, 0));
      const scale = f32x4.mul(four(address(op, w.inverse), start + c, 1), four(address(op, w.gamma), start + c, 1));
      v128.store(at, scale, 16);
      v128.store(at, four(address(op, w.beta), start + c, 0), 32);
    }
    let x = offset(<usize>from * row + address(op, w.x), start);
    let y = offset(<usize>from * row + address(op, w.y), start);
    for (let i = from; i < to; i++, x += row, y += row) {
      let at = scratch;
      for (let c = 0; c < n; c += LANES, at += 48) {
        const place = (<usize>c) << 2;
        const centred = f32x4.sub(v128.load(x + place), v128.load(at));
        let value = f32x4.add(f32x4.mul(centred, v128.load(at, 16)), v128.load(at, 32));
        if (relu) value = f32x4.pmax(value, zero);
        store(y + place, value, n - c);
      }
    }
  }
}

export function normalizeGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const channels = word(op, backWords.channels);
  const positions = rows * word(op, backWords.times);
  const from = begin(positions, 16, part, parts);
  const to = end(positions, 16, part, parts);
  const dbeta = address(op, backWords.dbeta);
  const dgamma = address(op, backWords.dgamma);
  const row = (<usize>channels) << 2;
  const share = f32x4.splat(<f32>(1 / <f64>positions));
  for (let start = 0; start < channels; start += CHUNK) {
    const n = min(CHUNK, channels - start);
    for (let c = 0; c < n; c += LANES) {
      const at = scratch + <usize>c * 20;
      const inverse = v128.load(offset(address(op, backWords.inverse), start + c));
      v128.store(at, four(address(op, backWords.mean), start + c, 0));
      v128.store(at, inverse, 16);
      v128.store(at, f32x4.mul(inverse, four(address(op, backWords.gamma), start + c, 1)), 32);
      v128.store(at, f32x4.mul(four(dbeta, start + c, 0), share), 48);
      v128.store(at, f32x4.mul(four(dgamma, start + c, 0), share), 64);
    }
    let x = offset(<usize>from * row + address(op, backWords.x), start);
    let dy = offset(<usize>from * row + address(op, backWords.dy), start);
    let dx = offset(<usize>from * row + address(op, backWords.dx), start);
    for (let i = from; i < to; i++, x += row, dy += row, dx += row) {
      let at = scratch;
      for (let c = 0; c < n; c += LANES, at += 80) {
        const place = (<usize>c) << 2;
        let g = v128.load(dy + place);
        if (dgamma) {
          const unit = f32x4.mul(f32x4.sub(v128.load(x + place), v128.load(at)), v128.load(at, 16));
          g = f32x4.sub(f32x4.sub(g, v128.load(at, 48)), f32x4.mul(unit, v128.load(at, 64)));
        }
        store(dx + place, f32x4.mul(g, v128.load(at, 32)), n - c);
      }
    }
  }
}
