/** Runs a recorded program (opcodes.ts draws it) for a number of steps in one call. */
import {
  ACCURACY,
  ACTIVATION,
  ACTIVATION_GRADIENT,
  ACTIVITY_PENALTY,
  ADD_LOSS,
  ADD_METRIC,
  ADVANCE_OPTIMIZER,
  AT_BATCH_SIZE,
  AT_CURSOR,
  AT_OPERATION,
  AT_OPERATIONS,
  AT_ROW_COUNT,
  AT_ROWS,
  AT_SCRATCH,
  AT_STEP,
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
  LOSS_SCALE,
  OPERATION_BYTES,
  PENALTY,
  PREPARE_OPTIMIZER,
  UPDATE_PARAMETERS,
} from "./opcodes";
import {
  activate,
  activateBackward,
  addLoss,
  addMetric,
  address,
  clipByNorm,
  dense,
  drop,
  gather,
  inputGradient,
  kernelGradient,
  lossScale,
  penalty,
  rowAccuracies,
  rowLosses,
  scalar,
  update,
  word,
} from "./operations";
import { advanceOptimizer, prepareOptimizer } from "./optimizers/index";
import { clip } from "./elementwise";

/** First byte that the arena may use. */
export function heapBase(): usize {
  return __heap_base;
}

function execute(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const code = word(op, 0);
  const scratch = <usize>load<u32>(program, AT_SCRATCH);
  switch (code) {
    case GATHER_BYTES:
    case GATHER_WORDS:
      return gather(program, op, rows, part, parts);
    case DENSE:
      return dense(op, rows, scratch, part, parts);
    case DENSE_KERNEL_GRADIENT:
      return kernelGradient(op, rows, scratch, part, parts);
    case DENSE_INPUT_GRADIENT:
      return inputGradient(op, rows, scratch, part, parts);
    case ACTIVATION:
      return activate(op, rows, part, parts);
    case ACTIVATION_GRADIENT:
      return activateBackward(op, rows, part, parts);
    case DROPOUT:
      return drop(program, op, rows, part, parts);
    case LOSS:
      return rowLosses(program, op, rows, part, parts);
    case ACCURACY:
      return rowAccuracies(op, rows, part, parts);
    case PENALTY:
      return penalty(
        program,
        address(op, 1),
        address(op, 2),
        word(op, 3),
        scalar(op, 4),
        scalar(op, 5),
        1,
        part,
        parts,
      );
    case ACTIVITY_PENALTY:
      return penalty(
        program,
        address(op, 1),
        address(op, 2),
        rows * word(op, 3),
        scalar(op, 4),
        scalar(op, 5),
        <f64>rows,
        part,
        parts,
      );
    case UPDATE_PARAMETERS:
      return update(op, part, parts);
  }
  if (part != 0) return;
  switch (code) {
    case LOSS_SCALE:
      return lossScale(program, op, rows);
    case ADD_LOSS:
      return addLoss(program, op, rows);
    case ADD_METRIC:
      return addMetric(op, rows);
    case CLIP_VALUE:
      return clip(address(op, 1), address(op, 1), word(op, 2), scalar(op, 3));
    case CLIP_NORM:
      return clipByNorm(address(op, 1), word(op, 2), scalar(op, 3), word(op, 4) != 0);
    case PREPARE_OPTIMIZER:
      return prepareOptimizer(address(op, 1));
    case ADVANCE_OPTIMIZER:
      return advanceOptimizer(address(op, 1));
    default:
      assert(false, "unknown opcode");
  }
}

/**
 * Runs up to `steps` batches, beginning at the cursor, and returns how many it ran: fewer only where the data ends. Each operation
 * is cut into `parts` (1 here; more is the same work in the shares that threads would take).
 */
export function run(program: usize, steps: i32, parts: i32): i32 {
  const operations = i32.load(program, AT_OPERATIONS);
  const batchSize = i32.load(program, AT_BATCH_SIZE);
  const rowCount = i32.load(program, AT_ROW_COUNT);
  let done = 0;
  for (; done < steps; done++) {
    const cursor = i32.load(program, AT_CURSOR);
    const rows = min(batchSize, rowCount - cursor);
    if (rows <= 0) break;
    i32.store(program, rows, AT_ROWS);
    let op = program + HEADER_BYTES;
    for (let i = 0; i < operations; i++, op += OPERATION_BYTES) {
      i32.store(program, i, AT_OPERATION);
      for (let part = 0; part < parts; part++) execute(program, op, rows, part, parts);
    }
    i32.store(program, cursor + rows, AT_CURSOR);
    store<u32>(program, load<u32>(program, AT_STEP) + 1, AT_STEP);
  }
  return done;
}
