/** The operation of words/random-fill.ts. */
import { NORMAL } from "../codes";
import { AT_STEP } from "../opcodes";
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { sampleNormal, sampleUniform } from "../random";
import * as w from "../words/random-fill";

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
  if (word(op, w.kind) == NORMAL) sampleNormal(y, n, from, low, high, index, step, mean, deviation);
  else sampleUniform(y, n, from, low, high, index, step, mean, deviation);
}
