/** Operations that write given numbers: words/fill.ts, select.ts, one-hot.ts, divide-by-rows.ts and seed-loss.ts. */
import { AT_LOSS_SCALE } from "../opcodes";
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { LANES, loadTail, storeTail } from "../simd";
import * as divideWords from "../words/divide-by-rows";
import * as fillWords from "../words/fill";
import * as oneHotWords from "../words/one-hot";
import * as seedWords from "../words/seed-loss";
import * as selectWords from "../words/select";
import { fillLine } from "./line";
import { counted, rowAt } from "./share";

export function fill(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = counted(op, fillWords.n, fillWords.perRow, rows);
  const from = begin(total, 16, part, parts);
  fillLine(offset(address(op, fillWords.y), from), scalar(op, fillWords.value), end(total, 16, part, parts) - from);
}

export function select(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = counted(op, selectWords.n, selectWords.perRow, rows);
  const from = begin(total, 16, part, parts);
  const n = end(total, 16, part, parts) - from;
  const y = offset(address(op, selectWords.y), from);
  const condition = offset(address(op, selectWords.condition), from);
  const a = offset(address(op, selectWords.a), from);
  const b = offset(address(op, selectWords.b), from);
  const zero = f32x4.splat(0);
  const whole = (<usize>(n & -LANES)) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    const chosen = f32x4.ne(v128.load(condition + at), zero);
    v128.store(y + at, v128.bitselect(v128.load(a + at), v128.load(b + at), chosen));
  }
  const left = n & (LANES - 1);
  if (left) {
    const chosen = f32x4.ne(loadTail(condition + whole, left), zero);
    storeTail(y + whole, v128.bitselect(loadTail(a + whole, left), loadTail(b + whole, left), chosen), left);
  }
}

export function oneHot(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = counted(op, oneHotWords.n, oneHotWords.perRow, rows);
  const depth = word(op, oneHotWords.depth);
  const from = begin(total, 1, part, parts);
  const to = end(total, 1, part, parts);
  const y = address(op, oneHotWords.y);
  const indices = address(op, oneHotWords.indices);
  fillLine(offset(y, from * depth), 0, (to - from) * depth);
  for (let i = from; i < to; i++) {
    const d = rowAt(offset(indices, i), depth);
    if (d >= 0) f32.store(offset(y, i * depth + d), 1);
  }
}

/** y = x / number or x * number, as the constant `divides` says. */
// @ts-ignore: decorator
@inline
function withNumber(divides: bool, y: usize, x: usize, number: f32, n: i32): void {
  const by = f32x4.splat(number);
  const whole = (<usize>(n & -LANES)) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    const value = v128.load(x + at);
    v128.store(y + at, divides ? f32x4.div(value, by) : f32x4.mul(value, by));
  }
  const left = n & (LANES - 1);
  if (left) {
    const value = loadTail(x + whole, left);
    storeTail(y + whole, divides ? f32x4.div(value, by) : f32x4.mul(value, by), left);
  }
}

export function divideByRows(op: usize, rows: i32, part: i32, parts: i32): void {
  const total = word(op, divideWords.n);
  const from = begin(total, 16, part, parts);
  const n = end(total, 16, part, parts) - from;
  withNumber(true, offset(address(op, divideWords.y), from), offset(address(op, divideWords.x), from), <f32>rows, n);
}

export function seedLoss(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const total = rows * word(op, seedWords.times);
  const from = begin(total, 16, part, parts);
  const n = end(total, 16, part, parts) - from;
  const gradient = offset(address(op, seedWords.gradient), from);
  const weights = offset(address(op, seedWords.weights), from);
  const scale = <f32>f64.load(program, AT_LOSS_SCALE);
  if (weights) withNumber(false, gradient, weights, scale, n);
  else fillLine(gradient, scale, n);
}
