/** The operation of words/unary.ts. */
import {
  ABS,
  CEIL,
  CLIP,
  COS,
  ERF,
  EXP,
  EXPM1,
  FLOOR,
  LOG,
  LOG1P,
  LOGICAL_NOT,
  NEGATE,
  RECIPROCAL,
  ROUND,
  SIGN,
  SIN,
  SQRT,
  SQUARE,
} from "../codes";
import { verf, vexp, vlog } from "../math";
import { vcos, vsin } from "../math64";
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { LANES, loadTail, storeTail } from "../simd";
import * as w from "../words/unary";
import { vexpm1Anywhere, vlog1pAnywhere, vsign } from "./functions";
import { counted } from "./share";

/** `kind` is a constant, so only one line of this remains. */
// @ts-ignore: decorator
@inline
function evaluate(kind: i32, x: v128, low: v128, high: v128): v128 {
  if (kind == NEGATE) return f32x4.neg(x);
  if (kind == SQUARE) return f32x4.mul(x, x);
  if (kind == SQRT) return f32x4.sqrt(x);
  if (kind == RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  if (kind == EXP) return vexp(x);
  if (kind == LOG) return vlog(x);
  if (kind == LOG1P) return vlog1pAnywhere(x);
  if (kind == EXPM1) return vexpm1Anywhere(x);
  if (kind == ABS) return f32x4.abs(x);
  if (kind == SIGN) return vsign(x);
  if (kind == FLOOR) return f32x4.floor(x);
  if (kind == CEIL) return f32x4.ceil(x);
  if (kind == ROUND) return f32x4.nearest(x);
  if (kind == ERF) return verf(x);
  if (kind == SIN) return vsin(x);
  if (kind == COS) return vcos(x);
  // this order keeps NaN in both
  if (kind == CLIP) return f32x4.pmin(f32x4.pmax(x, low), high);
  return v128.and(f32x4.splat(1), f32x4.eq(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function map(kind: i32, y: usize, x: usize, n: i32, low: v128, high: v128): void {
  const end = (<usize>(n & -LANES)) << 2;
  for (let at: usize = 0; at < end; at += 16) v128.store(y + at, evaluate(kind, v128.load(x + at), low, high));
  const left = n & (LANES - 1);
  if (left) storeTail(y + end, evaluate(kind, loadTail(x + end, left), low, high), left);
}

// One function a kind, because an engine takes long to optimize a large one.
function mapNegate(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(NEGATE, y, x, n, low, high);
}
function mapSquare(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(SQUARE, y, x, n, low, high);
}
function mapSqrt(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(SQRT, y, x, n, low, high);
}
function mapReciprocal(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(RECIPROCAL, y, x, n, low, high);
}
function mapExp(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(EXP, y, x, n, low, high);
}
function mapLog(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(LOG, y, x, n, low, high);
}
function mapLog1p(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(LOG1P, y, x, n, low, high);
}
function mapExpm1(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(EXPM1, y, x, n, low, high);
}
function mapAbs(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(ABS, y, x, n, low, high);
}
function mapSign(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(SIGN, y, x, n, low, high);
}
function mapFloor(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(FLOOR, y, x, n, low, high);
}
function mapCeil(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(CEIL, y, x, n, low, high);
}
function mapRound(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(ROUND, y, x, n, low, high);
}
function mapErf(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(ERF, y, x, n, low, high);
}
function mapSin(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(SIN, y, x, n, low, high);
}
function mapCos(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(COS, y, x, n, low, high);
}
function mapClip(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(CLIP, y, x, n, low, high);
}
function mapLogicalNot(y: usize, x: usize, n: i32, low: v128, high: v128): void {
  map(LOGICAL_NOT, y, x, n, low, high);
}

export function unary(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = counted(op, w.n, w.perRow, rows);
  const from = begin(total, 16, part, parts);
  const n = end(total, 16, part, parts) - from;
  const y = offset(address(op, w.y), from);
  const x = offset(address(op, w.x), from);
  const low = f32x4.splat(scalar(op, w.parameter));
  const high = f32x4.splat(scalar(op, w.parameter2));
  switch (word(op, w.kind)) {
    case NEGATE:
      return mapNegate(y, x, n, low, high);
    case SQUARE:
      return mapSquare(y, x, n, low, high);
    case SQRT:
      return mapSqrt(y, x, n, low, high);
    case RECIPROCAL:
      return mapReciprocal(y, x, n, low, high);
    case EXP:
      return mapExp(y, x, n, low, high);
    case LOG:
      return mapLog(y, x, n, low, high);
    case LOG1P:
      return mapLog1p(y, x, n, low, high);
    case EXPM1:
      return mapExpm1(y, x, n, low, high);
    case ABS:
      return mapAbs(y, x, n, low, high);
    case SIGN:
      return mapSign(y, x, n, low, high);
    case FLOOR:
      return mapFloor(y, x, n, low, high);
    case CEIL:
      return mapCeil(y, x, n, low, high);
    case ROUND:
      return mapRound(y, x, n, low, high);
    case ERF:
      return mapErf(y, x, n, low, high);
    case SIN:
      return mapSin(y, x, n, low, high);
    case COS:
      return mapCos(y, x, n, low, high);
    case CLIP:
      return mapClip(y, x, n, low, high);
    default:
      return mapLogicalNot(y, x, n, low, high);
  }
}
