/** Operations that are products: dense layers forward and backward, and `ops.matmul`. */
import { gemm } from "../gemm/gemm";
import { RECTIFY, TRANSPOSE_A, TRANSPOSE_B } from "../opcodes";
import { columnSums } from "../reduce";
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
