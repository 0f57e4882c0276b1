/** The operation of words/random-fill.ts. */
import { NORMAL, PURPOSE_SAMPLE } from "../codes";
import { vlog } from "../math";
import { AT_STEP } from "../opcodes";
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { generate } from "../philox";
import { sampleUniform } from "../random";
import { LANES, madd, storeTail } from "../simd";
import * as w from "../words/random-fill";

const TWO_TO_MINUS_24: f32 = 1.0 / 16777216.0;

/** cos(2 pi t) of |t| < 2^21 turns, to 1e-7: subtracting the quarter turns is exact, the polynomials are those of Cephes' sinf and cosf. */
// @ts-ignore: decorator
@inline
function cosineOfTurns(t: v128): v128 {
  const round = f32x4.splat(12582912); // 1.5 * 2^23
  const rounded = f32x4.add(f32x4.mul(t, f32x4.splat(4)), round);
  const rest = f32x4.sub(t, f32x4.mul(f32x4.sub(rounded, round), f32x4.splat(0.25)));
  const x = f32x4.mul(rest, f32x4.splat(6.283185307));
  const z = f32x4.mul(x, x);
  let s = madd(z, f32x4.splat(-1.9515295891e-4), f32x4.splat(8.3321608736e-3));
  s = madd(s, z, f32x4.splat(-1.6666654611e-1));
  s = madd(f32x4.mul(s, z), x, x);
  let c = madd(z, f32x4.splat(2.443315711809948e-5), f32x4.splat(-1.388731625493765e-3));
  c = madd(c, z, f32x4.splat(4.166664568298827e-2));
  c = madd(f32x4.mul(c, z), z, madd(z, f32x4.splat(-0.5), f32x4.splat(1)));
  const quarter = i32x4.add(rounded, i32x4.splat(1));
  const odd = i32x4.neg(v128.and(quarter, i32x4.splat(1)));
  return v128.xor(v128.bitselect(c, s, odd), i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30));
}

/** Two normal numbers from two words (Box and Muller, 1958). Initial weights are quantiles (random.ts), which take six times as long. */
// @ts-ignore: decorator
@final @unmanaged
class Normal {
  /** Not inlined: `generate` would contain it sixteen times. */
  take(out: usize, x: usize, words: v128, mean: v128, deviation: v128, c: v128, count: i32): void {
    const unit = f32x4.splat(TWO_TO_MINUS_24);
    const k = f32x4.convert_i32x4_s(i32x4.shr_u(words, 8));
    const u = f32x4.mul(f32x4.add(i32x4.shuffle(k, k, 0, 0, 2, 2), f32x4.splat(0.5)), unit);
    const radius = f32x4.sqrt(f32x4.mul(vlog(u), f32x4.splat(-2)));
    const turns = f32x4.sub(f32x4.mul(i32x4.shuffle(k, k, 1, 1, 3, 3), unit), f32x4(0, 0.25, 0, 0.25));
    const z = madd(f32x4.mul(radius, cosineOfTurns(turns)), deviation, mean);
    if (count == LANES) v128.store(out, z);
    else storeTail(out, z, count);
  }
}

export function randomFill(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const total = rows * word(op, w.n);
  const from = begin(total, 16, part, parts);
  const n = end(total, 16, part, parts) - from;
  const y = offset(address(op, w.y), from);
  const low = word(op, w.seedLow);
  const high = word(op, w.seedHigh);
  const index = word(op, w.index);
  const step = load<u32>(program, AT_STEP);
  const mean = scalar(op, w.mean);
  const deviation = scalar(op, w.deviation);
  if (word(op, w.kind) == NORMAL) {
    const a = f32x4.splat(mean);
    const b = f32x4.splat(deviation);
    generate<Normal>(y, y, n, low, high, from >>> 2, step, index, PURPOSE_SAMPLE, a, b, b);
  } else {
    sampleUniform(y, n, from, low, high, index, step, mean, deviation);
  }
}
