/** Operations of the other layers, and the gathering of a batch. */
import { activation, activationGradient, softmax, softmaxGradient } from "../activations/index";
import { SOFTMAX } from "../codes";
import { gatherBytes, gatherFloats } from "../data";
import { AT_CURSOR, AT_ORDER, AT_STEP } from "../opcodes";
import { dropout } from "../random";
import * as activationWords from "../words/activation";
import * as gradientWords from "../words/activation-gradient";
import * as dropoutWords from "../words/dropout";
import * as gatherBytesWords from "../words/gather-bytes";
import * as gatherWords from "../words/gather-words";
import { address, begin, end, offset, scalar, word } from "./words";

export function gather(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const order = <usize>load<u32>(program, AT_ORDER);
  const perRow = word(op, gatherWords.perRow);
  const from = begin(rows, 1, part, parts);
  const count = end(rows, 1, part, parts) - from;
  const out = offset(address(op, gatherWords.out), from * perRow);
  const start = i32.load(program, AT_CURSOR) + from;
  if (word(op, 0) == gatherBytesWords.code)
    gatherBytes(out, address(op, gatherWords.source), order, start, count, perRow, scalar(op, gatherWords.divisor));
  else gatherFloats(out, address(op, gatherWords.source), order, start, count, perRow, scalar(op, gatherWords.divisor));
}

export function activate(op: usize, rows: i32, part: i32, parts: i32): void {
  const y = address(op, activationWords.y);
  const x = address(op, activationWords.x);
  const n = (word(op, activationWords.fixed) ? 1 : rows) * word(op, activationWords.perRow);
  const kind = word(op, activationWords.kind);
  if (kind == SOFTMAX) {
    const cols = word(op, activationWords.cols);
    const from = begin(n / cols, 1, part, parts);
    softmax(offset(y, from * cols), offset(x, from * cols), end(n / cols, 1, part, parts) - from, cols);
  } else {
    const from = begin(n, 16, part, parts);
    activation(
      kind,
      offset(y, from),
      offset(x, from),
      end(n, 16, part, parts) - from,
      scalar(op, activationWords.alpha),
    );
  }
}

export function activateBackward(op: usize, rows: i32, part: i32, parts: i32): void {
  const dx = address(op, gradientWords.dx);
  const dy = address(op, gradientWords.dy);
  const x = address(op, gradientWords.x);
  const y = address(op, gradientWords.y);
  const n = (word(op, gradientWords.fixed) ? 1 : rows) * word(op, gradientWords.perRow);
  const kind = word(op, gradientWords.kind);
  if (kind == SOFTMAX) {
    const cols = word(op, gradientWords.cols);
    const from = begin(n / cols, 1, part, parts);
    const count = end(n / cols, 1, part, parts) - from;
    softmaxGradient(offset(dx, from * cols), offset(dy, from * cols), offset(y, from * cols), count, cols);
  } else {
    const from = begin(n, 16, part, parts);
    const count = end(n, 16, part, parts) - from;
    activationGradient(
      kind,
      offset(dx, from),
      offset(dy, from),
      offset(x, from),
      offset(y, from),
      count,
      scalar(op, gradientWords.alpha),
    );
  }
}

export function drop(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const n = rows * word(op, dropoutWords.perRow);
  const from = begin(n, 16, part, parts);
  const step = load<u32>(program, AT_STEP);
  dropout(
    offset(address(op, dropoutWords.y), from),
    offset(address(op, dropoutWords.x), from),
    end(n, 16, part, parts) - from,
    from,
    word(op, dropoutWords.seedLow),
    word(op, dropoutWords.seedHigh),
    word(op, dropoutWords.index),
    step,
    scalar(op, dropoutWords.rate),
  );
}
