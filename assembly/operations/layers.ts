/** Operations of the other layers, and the gathering of a batch. */
import { activation, activationGradient, softmax, softmaxGradient } from "../activations/index";
import { SOFTMAX } from "../codes";
import { gatherBytes, gatherFloats } from "../data";
import { AT_CURSOR, AT_ORDER, AT_STEP, GATHER_BYTES } from "../opcodes";
import { dropout } from "../random";
import { address, begin, end, offset, scalar, word } from "./words";

export function gather(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const order = <usize>load<u32>(program, AT_ORDER);
  const perRow = word(op, 3);
  const from = begin(rows, 1, part, parts);
  const count = end(rows, 1, part, parts) - from;
  const out = offset(address(op, 1), from * perRow);
  const start = i32.load(program, AT_CURSOR) + from;
  if (word(op, 0) == GATHER_BYTES) gatherBytes(out, address(op, 2), order, start, count, perRow, scalar(op, 4));
  else gatherFloats(out, address(op, 2), order, start, count, perRow, scalar(op, 4));
}

export function activate(op: usize, rows: i32, part: i32, parts: i32): void {
  const y = address(op, 1);
  const x = address(op, 2);
  const n = rows * word(op, 3);
  const kind = word(op, 4);
  if (kind == SOFTMAX) {
    const cols = word(op, 6);
    const from = begin(n / cols, 1, part, parts);
    softmax(offset(y, from * cols), offset(x, from * cols), end(n / cols, 1, part, parts) - from, cols);
  } else {
    const from = begin(n, 16, part, parts);
    activation(kind, offset(y, from), offset(x, from), end(n, 16, part, parts) - from, scalar(op, 5));
  }
}

export function activateBackward(op: usize, rows: i32, part: i32, parts: i32): void {
  const dx = address(op, 1);
  const dy = address(op, 2);
  const x = address(op, 3);
  const y = address(op, 4);
  const n = rows * word(op, 5);
  const kind = word(op, 6);
  if (kind == SOFTMAX) {
    const cols = word(op, 8);
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
      scalar(op, 7),
    );
  }
}

export function drop(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const n = rows * word(op, 3);
  const from = begin(n, 16, part, parts);
  const step = load<u32>(program, AT_STEP);
  dropout(
    offset(address(op, 1), from),
    offset(address(op, 2), from),
    end(n, 16, part, parts) - from,
    from,
    word(op, 4),
    word(op, 5),
    word(op, 6),
    step,
    scalar(op, 7),
  );
}
