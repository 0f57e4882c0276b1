/**
 * The core of `simdescent/predict`: the operations of a forward pass, on one thread and in a memory that nobody shares. They are the functions
 * that the other cores run, so predictions have the same bits.
 */
import { binary } from "./arrays/binary";
import { copyStrided } from "./arrays/copy";
import { cumulativeSum } from "./arrays/cumulative";
import { fill, oneHot, select } from "./arrays/fill";
import { normalize } from "./arrays/normalize";
import { products } from "./arrays/products";
import { reduce } from "./arrays/reduce";
import { resample } from "./arrays/resample";
import { take } from "./arrays/take";
import { unary } from "./arrays/unary";
import { conv, convInputGradient } from "./conv/forward";
import { pool } from "./conv/pool";
import { AT_OPERATIONS, AT_SCRATCH, HEADER_BYTES, OPERATION_BYTES } from "./opcodes";
import { activate } from "./operations/layers";
import { dense, matmul } from "./operations/products";
import { accumulate } from "./operations/update";
import { word } from "./operations/words";
import * as activationWords from "./words/activation";
import * as binaryWords from "./words/binary";
import * as convWords from "./words/conv";
import * as convInputWords from "./words/conv-input-gradient";
import * as copyWords from "./words/copy-strided";
import * as cumulativeWords from "./words/cumulative-sum";
import * as denseWords from "./words/dense";
import * as fillWords from "./words/fill";
import * as matmulWords from "./words/matmul";
import * as normalizeWords from "./words/normalize";
import * as oneHotWords from "./words/one-hot";
import * as poolWords from "./words/pool";
import * as productsWords from "./words/products";
import * as reduceWords from "./words/reduce";
import * as resampleWords from "./words/resample";
import * as selectWords from "./words/select";
import * as sumWords from "./words/sum";
import * as takeWords from "./words/take";
import * as unaryWords from "./words/unary";

export { gemmScratchBytes } from "./gemm/gemm";
export { heapBase } from "./program";

function execute(op: usize, rows: i32, scratch: usize): void {
  switch (word(op, 0)) {
    case denseWords.code:
      return dense(op, rows, scratch, 0, 1);
    case matmulWords.code:
      return matmul(op, scratch, 0, 1);
    case activationWords.code:
      return activate(op, rows, 0, 1);
    case sumWords.code:
      return accumulate(op, rows, 0, 1);
    case binaryWords.code:
      return binary(op, rows, scratch, 0, 1);
    case unaryWords.code:
      return unary(op, rows, 0, 1);
    case selectWords.code:
      return select(op, rows, 0, 1);
    case reduceWords.code:
      return reduce(op, rows, scratch, 0, 1);
    case copyWords.code:
      return copyStrided(op, rows, scratch, 0, 1);
    case fillWords.code:
      return fill(op, rows, 0, 1);
    case takeWords.code:
      return take(op, rows, 0, 1);
    case productsWords.code:
      return products(op, rows, scratch, 0, 1);
    case oneHotWords.code:
      return oneHot(op, rows, 0, 1);
    case cumulativeWords.code:
      return cumulativeSum(op, rows, 0, 1);
    case resampleWords.code:
      return resample(op, rows, 0, 1);
    case normalizeWords.code:
      return normalize(op, rows, scratch, 0, 1);
    case convWords.code:
      return conv(op, rows, scratch, 0, 1);
    case convInputWords.code:
      return convInputGradient(op, rows, scratch, 0, 1);
    case poolWords.code:
      return pool(op, rows, 0, 1);
    default:
      unreachable();
  }
}

/** Runs all operations of `program` for `rows` samples. */
export function run(program: usize, rows: i32): void {
  const operations = i32.load(program, AT_OPERATIONS);
  const scratch = <usize>load<u32>(program, AT_SCRATCH);
  for (let index = 0; index < operations; index++)
    execute(program + HEADER_BYTES + <usize>index * OPERATION_BYTES, rows, scratch);
}
