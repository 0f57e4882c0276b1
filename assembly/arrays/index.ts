/** Operations on arrays, for models of more than dense layers: only in the `full` binaries (assembly/full.ts). */
import { conv, convInputGradient } from "../conv/forward";
import { convKernelGradient } from "../conv/kernel-gradient";
import { pool, poolGradient } from "../conv/pool";
import { word } from "../operations/words";
import { eigenbasis } from "../optimizers/full/eigen";
import { lbfgsDirection } from "../optimizers/full/lbfgs";
import { passParameters } from "../optimizers/full/passes";
import { lineSearch, moveAlong } from "../optimizers/full/search";
import { group } from "../sparse/groups";
import { sparseDense, sparseKernelGradient, sparseUpdate } from "../sparse/products";
import * as momentWords from "../words/batch-moments";
import * as binaryWords from "../words/binary";
import * as channelSumWords from "../words/channel-sums";
import * as channelTotalWords from "../words/channel-totals";
import * as convWords from "../words/conv";
import * as convInputWords from "../words/conv-input-gradient";
import * as convKernelWords from "../words/conv-kernel-gradient";
import * as copyWords from "../words/copy-strided";
import * as cumulativeWords from "../words/cumulative-sum";
import * as divideWords from "../words/divide-by-rows";
import * as eigenWords from "../words/eigenbasis";
import * as fillWords from "../words/fill";
import * as directionWords from "../words/lbfgs-direction";
import * as searchWords from "../words/line-search";
import * as moveWords from "../words/move-along";
import * as normalizeWords from "../words/normalize";
import * as normalizeGradientWords from "../words/normalize-gradient";
import * as oneHotWords from "../words/one-hot";
import * as passWords from "../words/pass-parameters";
import * as poolWords from "../words/pool";
import * as poolGradientWords from "../words/pool-gradient";
import * as productsWords from "../words/products";
import * as randomWords from "../words/random-fill";
import * as reduceWords from "../words/reduce";
import * as reduceRowsWords from "../words/reduce-rows";
import * as resampleWords from "../words/resample";
import * as resampleGradientWords from "../words/resample-gradient";
import * as seedWords from "../words/seed-loss";
import * as selectWords from "../words/select";
import * as sparseWords from "../words/sparse-dense";
import * as sparseGroupWords from "../words/sparse-groups";
import * as sparseGradientWords from "../words/sparse-kernel-gradient";
import * as sparseUpdateWords from "../words/sparse-update";
import * as takeWords from "../words/take";
import * as takeGradientWords from "../words/take-gradient";
import * as unaryWords from "../words/unary";
import { binary } from "./binary";
import { copyStrided } from "./copy";
import { cumulativeSum } from "./cumulative";
import { divideByRows, fill, oneHot, seedLoss, select } from "./fill";
import { batchMoments, channelSums, channelTotals, normalize, normalizeGradient } from "./normalize";
import { products } from "./products";
import { reduce, reduceRows } from "./reduce";
import { resample, resampleGradient } from "./resample";
import { randomFill } from "./sample";
import { take, takeGradient } from "./take";
import { unary } from "./unary";

/** Opcodes of arrays begin here. */
export const FIRST_ON_ARRAYS: i32 = binaryWords.code;

/** As `execute` in program.ts. */
export function executeOnArrays(program: usize, op: usize, rows: i32, part: i32, parts: i32, scratch: usize): void {
  switch (word(op, 0)) {
    case binaryWords.code:
      return binary(op, rows, scratch, part, parts);
    case unaryWords.code:
      return unary(op, rows, part, parts);
    case selectWords.code:
      return select(op, rows, part, parts);
    case reduceWords.code:
      return reduce(op, rows, scratch, part, parts);
    case reduceRowsWords.code:
      return reduceRows(op, rows, scratch, part, parts);
    case copyWords.code:
      return copyStrided(op, rows, scratch, part, parts);
    case fillWords.code:
      return fill(op, rows, part, parts);
    case takeWords.code:
      return take(op, rows, part, parts);
    case takeGradientWords.code:
      return takeGradient(op, rows, part, parts);
    case productsWords.code:
      return products(op, rows, scratch, part, parts);
    case oneHotWords.code:
      return oneHot(op, rows, part, parts);
    case divideWords.code:
      return divideByRows(op, rows, part, parts);
    case seedWords.code:
      return seedLoss(program, op, rows, part, parts);
    case randomWords.code:
      return randomFill(program, op, rows, part, parts);
    case cumulativeWords.code:
      return cumulativeSum(op, rows, part, parts);
    case resampleWords.code:
      return resample(op, rows, part, parts);
    case resampleGradientWords.code:
      return resampleGradient(op, rows, part, parts);
    case channelSumWords.code:
      return channelSums(op, rows, part, parts);
    case momentWords.code:
      return batchMoments(op, rows);
    case channelTotalWords.code:
      return channelTotals(op, rows);
    case normalizeWords.code:
      return normalize(op, rows, scratch, part, parts);
    case normalizeGradientWords.code:
      return normalizeGradient(op, rows, scratch, part, parts);
    case convWords.code:
      return conv(op, rows, scratch, part, parts);
    case convInputWords.code:
      return convInputGradient(op, rows, scratch, part, parts);
    case convKernelWords.code:
      return convKernelGradient(op, rows, scratch, part, parts);
    case poolWords.code:
      return pool(op, rows, part, parts);
    case poolGradientWords.code:
      return poolGradient(op, rows, part, parts);
    case passWords.code:
      return passParameters(op, part, parts);
    case eigenWords.code:
      return eigenbasis(op);
    case directionWords.code:
      return lbfgsDirection(program, op);
    case moveWords.code:
      return moveAlong(op, part, parts);
    case searchWords.code:
      return lineSearch(program, op);
    case sparseWords.code:
      return sparseDense(program, op, rows, scratch, part, parts);
    case sparseGroupWords.code:
      return group(program, op, rows);
    case sparseGradientWords.code:
      return sparseKernelGradient(op, rows, scratch, part, parts);
    case sparseUpdateWords.code:
      return sparseUpdate(op, scratch, part, parts);
    default:
      assert(false, "unknown opcode");
      unreachable();
  }
}
