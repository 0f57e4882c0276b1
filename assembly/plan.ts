/**
 * Which operations of a program threads divide: those that take one thread longer than `grain` nanoseconds. Estimates for a
 * full batch, good to a factor of two; no bit depends on them. Measured on the machine of docs/architecture.md, one thread.
 */
import { GELU, GELU_TANH, HARD_SIGMOID, LEAKY_RELU, LINEAR, RELU, SGD, SILU, SOFTPLUS, SOFTSIGN } from "./codes";
import {
  ACCURACY,
  ACTIVATION,
  ACTIVATION_GRADIENT,
  ACTIVITY_PENALTY,
  AT_BATCH_SIZE,
  AT_OPERATIONS,
  CLIP_NORM,
  CLIP_VALUE,
  DENSE,
  DENSE_INPUT_GRADIENT,
  DENSE_KERNEL_GRADIENT,
  DROPOUT,
  GATHER_BYTES,
  GATHER_WORDS,
  HEADER_BYTES,
  LOSS,
  MATMUL,
  OPERATION_BYTES,
  PENALTY,
  SHARED,
  SQUARES,
  UPDATE_PARAMETERS,
} from "./opcodes";
import { address, word } from "./operations/words";
import { kind } from "./optimizers/state";

/** Nanoseconds of an activation for one number. */
function activationCost(kind: i32): f64 {
  switch (kind) {
    case LINEAR:
    case RELU:
    case LEAKY_RELU:
    case HARD_SIGMOID:
    case SOFTSIGN:
      return 0.2;
    default:
      return 1.5;
  }
}

/** The same of its derivative, which for most is some arithmetic on the output. */
function derivativeCost(kind: i32): f64 {
  switch (kind) {
    case GELU:
    case GELU_TANH:
    case SILU:
    case SOFTPLUS:
      return 1.5;
    default:
      return 0.3;
  }
}

/** Nanoseconds that an operation takes one thread for `rows` rows; 0 for those that cannot be divided. */
function cost(op: usize, rows: i32): f64 {
  const n: f64 = rows;
  switch (word(op, 0)) {
    case GATHER_BYTES:
    case GATHER_WORDS:
      return n * <f64>word(op, 3) * 0.2;
    case DENSE:
    case DENSE_KERNEL_GRADIENT:
      return (n * <f64>word(op, 5) * <f64>word(op, 6) * <f64>word(op, 7)) / 20;
    case DENSE_INPUT_GRADIENT:
      return (n * <f64>word(op, 4) * <f64>word(op, 5) * <f64>word(op, 6)) / 20;
    case MATMUL:
      return (<f64>word(op, 5) * <f64>word(op, 6) * <f64>word(op, 7)) / 20;
    case ACTIVATION:
      return n * <f64>word(op, 3) * activationCost(word(op, 4));
    case ACTIVATION_GRADIENT:
      return n * <f64>word(op, 5) * derivativeCost(word(op, 6));
    case DROPOUT:
      return n * <f64>word(op, 3) * 1.8;
    case LOSS:
      return n * <f64>word(op, 8) * <f64>word(op, 9) * 3;
    case ACCURACY:
      return n * <f64>word(op, 5) * <f64>word(op, 6) * 0.7;
    case PENALTY:
      return word(op, 2) ? <f64>word(op, 3) * 0.2 : 0;
    case ACTIVITY_PENALTY:
      return word(op, 2) ? n * <f64>word(op, 3) * 0.2 : 0;
    case SQUARES:
      return <f64>word(op, 3) * 0.25;
    case CLIP_NORM:
      return <f64>word(op, 2) * 0.1;
    case CLIP_VALUE:
      return <f64>word(op, 2) * 0.15;
    case UPDATE_PARAMETERS:
      return <f64>word(op, 6) * (kind(address(op, 1)) == SGD ? 0.2 : 0.5);
    default:
      return 0;
  }
}

/** Marks the operations to share and returns the nanoseconds they take one thread. */
export function plan(program: usize, grain: f64): f64 {
  const operations = i32.load(program, AT_OPERATIONS);
  const rows = i32.load(program, AT_BATCH_SIZE);
  let total: f64 = 0;
  for (let i = 0; i < operations; i++) {
    const op = program + HEADER_BYTES + <usize>i * OPERATION_BYTES;
    const time = cost(op, rows);
    const shared = time > grain;
    i32.store(op + (SHARED << 2), shared ? 1 : 0);
    if (shared) total += time;
  }
  return total;
}
