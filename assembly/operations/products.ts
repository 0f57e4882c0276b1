/** Operations that are products: dense layers forward and backward, and `ops.matmul`. */
import { gemm } from "../gemm/gemm";
import { RECTIFY, TRANSPOSE_A, TRANSPOSE_B } from "../opcodes";
import { columnSums } from "../reduce";
import * as denseWords from "../words/dense";
import * as inputWords from "../words/dense-input-gradient";
import * as kernelWords from "../words/dense-kernel-gradient";
import * as matmulWords from "../words/matmul";
import { address, begin, end, offset, word } from "./words";

/** A share of a product: whole tiles of rows or of columns, whichever there are more of. */
export function gemmPart(
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

export function dense(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const m = rows * word(op, denseWords.times);
  const rectify = word(op, denseWords.relu) != 0;
  const bias = address(op, denseWords.bias);
  gemmPart(
    address(op, denseWords.y),
    address(op, denseWords.x),
    false,
    address(op, denseWords.kernel),
    false,
    m,
    word(op, denseWords.units),
    word(op, denseWords.inputs),
    bias,
    rectify,
    0,
    scratch,
    part,
    parts,
  );
}

export function kernelGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const dbias = address(op, kernelWords.dbias);
  const dz = address(op, kernelWords.dz);
  const units = word(op, kernelWords.units);
  const k = rows * word(op, kernelWords.times);
  gemmPart(
    address(op, kernelWords.dkernel),
    address(op, kernelWords.x),
    true,
    dz,
    false,
    word(op, kernelWords.inputs),
    units,
    k,
    0,
    false,
    0,
    scratch,
    part,
    parts,
  );
  if (dbias) columnSums(dbias, dz, k, units, begin(units, 4, part, parts), end(units, 4, part, parts));
}

export function inputGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const m = rows * word(op, inputWords.times);
  const dx = address(op, inputWords.dx);
  const y = address(op, inputWords.y);
  gemmPart(
    dx,
    address(op, inputWords.dz),
    false,
    address(op, inputWords.kernel),
    true,
    m,
    word(op, inputWords.inputs),
    word(op, inputWords.units),
    0,
    false,
    y ? y - dx : 0,
    scratch,
    part,
    parts,
  );
}

export function matmul(op: usize, scratch: usize, part: i32, parts: i32): void {
  const flags = word(op, matmulWords.flags);
  gemmPart(
    address(op, matmulWords.c),
    address(op, matmulWords.a),
    (flags & TRANSPOSE_A) != 0,
    address(op, matmulWords.b),
    (flags & TRANSPOSE_B) != 0,
    word(op, matmulWords.m),
    word(op, matmulWords.n),
    word(op, matmulWords.k),
    address(op, matmulWords.bias),
    (flags & RECTIFY) != 0,
    0,
    scratch,
    part,
    parts,
  );
}
