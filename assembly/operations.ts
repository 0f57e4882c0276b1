/**
 * What each operation of a program does with its words (opcodes.ts): which kernel, on which share of the outputs.
 *
 * An operation divides its outputs: `part` of `parts` computes a share of them that depends on the sizes alone, and reads only
 * what operations before it wrote. Which thread computes a share, and how many there are, never changes a bit. What sums over
 * rows or adds to a shared total is done by one part alone.
 */
import { activation, activationGradient, softmax, softmaxGradient } from "./activations/index";
import { SOFTMAX, SPARSE_ACCURACY, SPARSE_CROSSENTROPY, SPARSE_CROSSENTROPY_LOGITS, SUM_BLOCK } from "./codes";
import { gatherBytes, gatherFloats } from "./data";
import { clip, penaltyGradient, scale } from "./elementwise";
import { gemm } from "./gemm/gemm";
import { accuracy, loss as lossKernel } from "./losses/index";
import { reductionScale } from "./losses/reduction";
import {
  AT_CURSOR,
  AT_LOSS_SCALE,
  AT_ORDER,
  AT_PENALTY,
  AT_STEP,
  GATHER_BYTES,
  RECTIFY,
  TRANSPOSE_A,
  TRANSPOSE_B,
} from "./opcodes";
import { updateParameters } from "./optimizers/index";
import { dropout } from "./random";
import { columnSums, sumAbs, sumSquares, weightedSum } from "./reduce";

// @ts-ignore: decorator
@inline
export function word(op: usize, index: i32): i32 {
  return i32.load(op + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function address(op: usize, index: i32): usize {
  return <usize>load<u32>(op + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function scalar(op: usize, index: i32): f32 {
  return f32.load(op + ((<usize>index) << 2));
}

/** Where part `part` of `total` outputs begins, in multiples of `granule`; part `parts` begins at `total`. */
// @ts-ignore: decorator
@inline
function begin(total: i32, granule: i32, part: i32, parts: i32): i32 {
  const granules = (total + granule - 1) / granule;
  return min(total, <i32>((<i64>granules * part) / parts) * granule);
}

// @ts-ignore: decorator
@inline
function end(total: i32, granule: i32, part: i32, parts: i32): i32 {
  return begin(total, granule, part + 1, parts);
}

/** `address` + `floats` float32s, or 0 where there is nothing. */
// @ts-ignore: decorator
@inline
function offset(address: usize, floats: i32): usize {
  return address ? address + ((<usize>floats) << 2) : 0;
}

/** A share of a product: whole tiles of rows or of columns, whichever there are more of. */
function gemmPart(
  c: usize,
  a: usize,
  transposeA: bool,
  b: usize,
  transposeB: bool,
  m: i32,
  n: i32,
  k: i32,
  bias: usize,
  rectify: bool,
  mask: usize,
  scratch: usize,
  part: i32,
  parts: i32,
): void {
  const lda = transposeA ? m : k;
  const ldb = transposeB ? k : n;
  if (n > m) {
    const from = begin(n, 8, part, parts);
    const to = end(n, 8, part, parts);
    b += (<usize>(transposeB ? from * k : from)) << 2;
    gemm(
      offset(c, from),
      n,
      a,
      lda,
      transposeA,
      b,
      ldb,
      transposeB,
      m,
      to - from,
      k,
      offset(bias, from),
      rectify,
      mask,
      scratch,
    );
  } else {
    const from = begin(m, 4, part, parts);
    const to = end(m, 4, part, parts);
    a += (<usize>(transposeA ? from : from * k)) << 2;
    gemm(offset(c, from * n), n, a, lda, transposeA, b, ldb, transposeB, to - from, n, k, bias, rectify, mask, scratch);
  }
}

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

export function dense(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const m = rows * word(op, 7);
  const rectify = word(op, 8) != 0;
  const bias = address(op, 4);
  gemmPart(
    address(op, 1),
    address(op, 2),
    false,
    address(op, 3),
    false,
    m,
    word(op, 6),
    word(op, 5),
    bias,
    rectify,
    0,
    scratch,
    part,
    parts,
  );
}

export function kernelGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const dbias = address(op, 2);
  const dz = address(op, 4);
  const units = word(op, 6);
  const k = rows * word(op, 7);
  gemmPart(address(op, 1), address(op, 3), true, dz, false, word(op, 5), units, k, 0, false, 0, scratch, part, parts);
  if (dbias) columnSums(dbias, dz, k, units, begin(units, 4, part, parts), end(units, 4, part, parts));
}

export function inputGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const m = rows * word(op, 6);
  const dx = address(op, 1);
  const y = address(op, 7);
  gemmPart(
    dx,
    address(op, 2),
    false,
    address(op, 3),
    true,
    m,
    word(op, 4),
    word(op, 5),
    0,
    false,
    y ? y - dx : 0,
    scratch,
    part,
    parts,
  );
}

export function matmul(op: usize, scratch: usize, part: i32, parts: i32): void {
  const flags = word(op, 8);
  gemmPart(
    address(op, 1),
    address(op, 2),
    (flags & TRANSPOSE_A) != 0,
    address(op, 3),
    (flags & TRANSPOSE_B) != 0,
    word(op, 5),
    word(op, 6),
    word(op, 7),
    address(op, 4),
    (flags & RECTIFY) != 0,
    0,
    scratch,
    part,
    parts,
  );
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

export function lossScale(program: usize, op: usize, rows: i32): void {
  const n = rows * word(op, 4);
  f64.store(program, reductionScale(word(op, 1), address(op, 2), address(op, 3), n, word(op, 5)), AT_LOSS_SCALE);
  f64.store(program, 0, AT_PENALTY);
}

export function rowLosses(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const kind = word(op, 1);
  const n = rows * word(op, 8);
  const cols = word(op, 9);
  const from = begin(n, 1, part, parts);
  const first = from * cols;
  const sparse = kind == SPARSE_CROSSENTROPY || kind == SPARSE_CROSSENTROPY_LOGITS;
  lossKernel(
    kind,
    offset(address(op, 2), from),
    offset(address(op, 3), first),
    offset(address(op, 4), first),
    offset(address(op, 5), first),
    offset(address(op, 6), sparse ? from : first),
    offset(address(op, 7), from),
    end(n, 1, part, parts) - from,
    cols,
    <f32>f64.load(program, AT_LOSS_SCALE),
    scalar(op, 10),
    word(op, 11),
  );
}

export function rowAccuracies(op: usize, rows: i32, part: i32, parts: i32): void {
  const kind = word(op, 1);
  const n = rows * word(op, 5);
  const cols = word(op, 6);
  const from = begin(n, 1, part, parts);
  const first = from * cols;
  accuracy(
    kind,
    offset(address(op, 2), from),
    offset(address(op, 3), first),
    offset(address(op, 4), kind == SPARSE_ACCURACY ? from : first),
    end(n, 1, part, parts) - from,
    cols,
    scalar(op, 7),
  );
}

export function addLoss(program: usize, op: usize, rows: i32): void {
  const total = address(op, 1);
  const batch = weightedSum(address(op, 2), address(op, 3), rows * word(op, 4)) * f64.load(program, AT_LOSS_SCALE);
  f64.store(total, f64.load(total) + (batch + f64.load(program, AT_PENALTY)) * <f64>rows);
}

export function addMetric(op: usize, rows: i32): void {
  const total = address(op, 1);
  const times = word(op, 3);
  f64.store(total, f64.load(total) + weightedSum(address(op, 2), 0, rows * times) / <f64>times);
}

/** l1 * sum |x| + l2 * sum x^2, in float64. */
function penaltyOf(x: usize, n: i32, l1: f32, l2: f32): f64 {
  let total: f64 = 0;
  if (l1 != 0) total += <f64>l1 * sumAbs(x, n);
  if (l2 != 0) total += <f64>l2 * sumSquares(x, n);
  return total;
}

export function penalty(
  program: usize,
  x: usize,
  gradient: usize,
  n: i32,
  l1: f32,
  l2: f32,
  divisor: f64,
  part: i32,
  parts: i32,
): void {
  if (part == 0) f64.store(program, f64.load(program, AT_PENALTY) + penaltyOf(x, n, l1, l2) / divisor, AT_PENALTY);
  if (gradient) {
    const from = begin(n, 16, part, parts);
    const count = end(n, 16, part, parts) - from;
    penaltyGradient(offset(gradient, from), offset(x, from), count, <f32>(<f64>l1 / divisor), <f32>(<f64>l2 / divisor));
  }
}

export function clipByValue(op: usize, part: i32, parts: i32): void {
  const n = word(op, 2);
  const from = begin(n, 16, part, parts);
  const g = offset(address(op, 1), from);
  clip(g, g, end(n, 16, part, parts) - from, scalar(op, 3));
}

/** A share of the sums of squares of blocks, in which a sum over all of x may be taken apart. */
export function squares(op: usize, part: i32, parts: i32): void {
  const out = address(op, 1);
  const x = address(op, 2);
  const n = word(op, 3);
  const blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
  const to = end(blocks, 1, part, parts);
  for (let i = begin(blocks, 1, part, parts); i < to; i++) {
    const from = i * SUM_BLOCK;
    store<f64>(out + ((<usize>i) << 3), sumSquares(offset(x, from), min(SUM_BLOCK, n - from)));
  }
}

/**
 * What brings a norm down to `limit` where it is larger, from its square. As in Keras a NaN norm makes every gradient NaN, and an
 * infinite one does so when it is `global`; an array on its own keeps zeros where it was finite.
 */
// @ts-ignore: decorator
@inline
function clipFactor(square: f64, limit: f32, global: bool): f32 {
  if (square <= <f64>limit * <f64>limit) return 1;
  return global && square == f64.POSITIVE_INFINITY ? f32.NaN : <f32>(<f64>limit / sqrt<f64>(square));
}

/** g *= limit / norm where the norm is larger: the whole of it at once. */
export function clipByNorm(g: usize, n: i32, limit: f32, global: bool): void {
  const factor = clipFactor(sumSquares(g, n), limit, global);
  if (factor != 1) scale(g, g, n, factor);
}

/** A share of the same, with the sums that SQUARES has left. */
export function clipPart(op: usize, part: i32, parts: i32): void {
  const n = word(op, 2);
  const sums = address(op, 5);
  let square: f64 = 0;
  for (let i = 0; i * SUM_BLOCK < n; i++) square += load<f64>(sums + ((<usize>i) << 3));
  const factor = clipFactor(square, scalar(op, 3), word(op, 4) != 0);
  if (factor == 1) return;
  const from = begin(n, 16, part, parts);
  const g = offset(address(op, 1), from);
  scale(g, g, end(n, 16, part, parts) - from, factor);
}

export function update(op: usize, part: i32, parts: i32): void {
  const n = word(op, 6);
  const from = begin(n, 16, part, parts);
  const count = end(n, 16, part, parts) - from;
  updateParameters(
    address(op, 1),
    offset(address(op, 2), from),
    offset(address(op, 3), from),
    offset(address(op, 4), from),
    word(op, 5),
    count,
  );
}
