/** The operation of words/binary.ts. */
import {
  ADD,
  DIVIDE,
  EQUAL,
  GREATER,
  GREATER_EQUAL,
  LESS,
  LESS_EQUAL,
  MAXIMUM,
  MINIMUM,
  MULTIPLY,
  NOT_EQUAL,
  POWER,
  SUBTRACT,
} from "../codes";
import { vpow } from "../math64";
import { address, begin, end, offset, word } from "../operations/words";
import { LANES, loadTail, storeTail } from "../simd";
import * as w from "../words/binary";
import { counted } from "./share";

/** Numbers of a broadcast operand to expand at a time, where it neither stays constant nor is contiguous for SHORT numbers. */
const CHUNK: i32 = 2048;
const SHORT: i32 = 64;

/** `kind` is a constant, so only one line of this remains. */
// @ts-ignore: decorator
@inline
function combine(kind: i32, a: v128, b: v128): v128 {
  if (kind == ADD) return f32x4.add(a, b);
  if (kind == SUBTRACT) return f32x4.sub(a, b);
  if (kind == MULTIPLY) return f32x4.mul(a, b);
  if (kind == DIVIDE) return f32x4.div(a, b);
  if (kind == POWER) return vpow(a, b);
  if (kind == MINIMUM) return f32x4.min(a, b);
  if (kind == MAXIMUM) return f32x4.max(a, b);
  const one = f32x4.splat(1);
  if (kind == EQUAL) return v128.and(one, f32x4.eq(a, b));
  if (kind == NOT_EQUAL) return v128.and(one, f32x4.ne(a, b));
  if (kind == GREATER) return v128.and(one, f32x4.gt(a, b));
  if (kind == GREATER_EQUAL) return v128.and(one, f32x4.ge(a, b));
  if (kind == LESS) return v128.and(one, f32x4.lt(a, b));
  return v128.and(one, f32x4.le(a, b));
}

/** y = a OP b for n numbers; an operand that does not move is one number for all. At most one of them is constant. */
// @ts-ignore: decorator
@inline
function span(kind: i32, y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  const end = (<usize>(n & -LANES)) << 2;
  const left = n & (LANES - 1);
  if (!bMoves) {
    const s = v128.load32_splat(b);
    for (let at: usize = 0; at < end; at += 16) v128.store(y + at, combine(kind, v128.load(a + at), s));
    if (left) storeTail(y + end, combine(kind, loadTail(a + end, left), s), left);
  } else if (!aMoves) {
    const s = v128.load32_splat(a);
    for (let at: usize = 0; at < end; at += 16) v128.store(y + at, combine(kind, s, v128.load(b + at)));
    if (left) storeTail(y + end, combine(kind, s, loadTail(b + end, left)), left);
  } else {
    for (let at: usize = 0; at < end; at += 16) v128.store(y + at, combine(kind, v128.load(a + at), v128.load(b + at)));
    if (left) storeTail(y + end, combine(kind, loadTail(a + end, left), loadTail(b + end, left)), left);
  }
}

// One function a kind, because an engine takes long to optimize a large one.
function spanAdd(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(ADD, y, a, aMoves, b, bMoves, n);
}
function spanSubtract(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(SUBTRACT, y, a, aMoves, b, bMoves, n);
}
function spanMultiply(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(MULTIPLY, y, a, aMoves, b, bMoves, n);
}
function spanDivide(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(DIVIDE, y, a, aMoves, b, bMoves, n);
}
function spanPower(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(POWER, y, a, aMoves, b, bMoves, n);
}
function spanMinimum(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(MINIMUM, y, a, aMoves, b, bMoves, n);
}
function spanMaximum(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(MAXIMUM, y, a, aMoves, b, bMoves, n);
}
function spanEqual(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(EQUAL, y, a, aMoves, b, bMoves, n);
}
function spanNotEqual(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(NOT_EQUAL, y, a, aMoves, b, bMoves, n);
}
function spanGreater(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(GREATER, y, a, aMoves, b, bMoves, n);
}
function spanGreaterEqual(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(GREATER_EQUAL, y, a, aMoves, b, bMoves, n);
}
function spanLess(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(LESS, y, a, aMoves, b, bMoves, n);
}
function spanLessEqual(y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  span(LESS_EQUAL, y, a, aMoves, b, bMoves, n);
}

function spanOf(kind: i32, y: usize, a: usize, aMoves: bool, b: usize, bMoves: bool, n: i32): void {
  switch (kind) {
    case ADD:
      return spanAdd(y, a, aMoves, b, bMoves, n);
    case SUBTRACT:
      return spanSubtract(y, a, aMoves, b, bMoves, n);
    case MULTIPLY:
      return spanMultiply(y, a, aMoves, b, bMoves, n);
    case DIVIDE:
      return spanDivide(y, a, aMoves, b, bMoves, n);
    case POWER:
      return spanPower(y, a, aMoves, b, bMoves, n);
    case MINIMUM:
      return spanMinimum(y, a, aMoves, b, bMoves, n);
    case MAXIMUM:
      return spanMaximum(y, a, aMoves, b, bMoves, n);
    case EQUAL:
      return spanEqual(y, a, aMoves, b, bMoves, n);
    case NOT_EQUAL:
      return spanNotEqual(y, a, aMoves, b, bMoves, n);
    case GREATER:
      return spanGreater(y, a, aMoves, b, bMoves, n);
    case GREATER_EQUAL:
      return spanGreaterEqual(y, a, aMoves, b, bMoves, n);
    case LESS:
      return spanLess(y, a, aMoves, b, bMoves, n);
    default:
      return spanLessEqual(y, a, aMoves, b, bMoves, n);
  }
}

/** Whether an operand stays the same number for a while. */
// @ts-ignore: decorator
@inline
function stands(period: i32, repeat: i32): bool {
  return period == 1 || repeat >= SHORT;
}

/** For how many numbers from `i` on an operand is constant or contiguous; 0 where that is never long. */
// @ts-ignore: decorator
@inline
function runFrom(i: i32, period: i32, repeat: i32): i32 {
  if (period == 1) return i32.MAX_VALUE;
  if (repeat > 1) return repeat >= SHORT ? repeat - (i % repeat) : 0;
  if (period == 0) return i32.MAX_VALUE;
  return period >= SHORT ? period - (i % period) : 0;
}

/** The address of number `i` of an operand. */
// @ts-ignore: decorator
@inline
function placeOf(x: usize, i: i32, period: i32, repeat: i32): usize {
  const index = i / repeat;
  return offset(x, period ? index % period : index);
}

/** Expands `n` numbers of an operand, from `i` on. */
function expand(out: usize, x: usize, i: i32, n: i32, period: i32, repeat: i32): void {
  let index = i / repeat;
  let phase = i - index * repeat;
  if (period) index %= period;
  for (const end = out + ((<usize>n) << 2); out < end; out += 4) {
    i32.store(out, i32.load(x + ((<usize>index) << 2)));
    if (++phase == repeat) {
      phase = 0;
      if (++index == period) index = 0;
    }
  }
}

/** Cuts the numbers into stretches on which each operand is constant, contiguous, or expanded in `scratch`. */
export function binary(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const total = counted(op, w.n, w.perRow, rows);
  const to = end(total, 16, part, parts);
  const y = address(op, w.y);
  const a = address(op, w.a);
  const aPeriod = word(op, w.aPeriod);
  const aRepeat = word(op, w.aRepeat);
  let kind = word(op, w.kind);
  let b = address(op, w.b);
  let bPeriod = word(op, w.bPeriod);
  let bRepeat = word(op, w.bRepeat);
  if (kind == POWER && bPeriod == 1 && load<f32>(b) == 2) {
    // what vpow computes for this exponent
    kind = MULTIPLY;
    b = a;
    bPeriod = aPeriod;
    bRepeat = aRepeat;
  }
  const aStands = stands(aPeriod, aRepeat);
  const bStands = stands(bPeriod, bRepeat) && !aStands;
  for (let i = begin(total, 16, part, parts); i < to;) {
    const aRun = runFrom(i, aPeriod, aRepeat);
    const bRun = aStands && stands(bPeriod, bRepeat) ? 0 : runFrom(i, bPeriod, bRepeat);
    const n = min(to - i, min(aRun ? aRun : CHUNK, bRun ? bRun : CHUNK));
    let aFrom = scratch;
    let bFrom = scratch + (CHUNK << 2);
    if (aRun) aFrom = placeOf(a, i, aPeriod, aRepeat);
    else expand(aFrom, a, i, n, aPeriod, aRepeat);
    if (bRun) bFrom = placeOf(b, i, bPeriod, bRepeat);
    else expand(bFrom, b, i, n, bPeriod, bRepeat);
    spanOf(kind, offset(y, i), aFrom, !aStands, bFrom, !bStands, n);
    i += n;
  }
}
