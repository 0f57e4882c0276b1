/** Runs a recorded program (opcodes.ts draws it) for a number of steps in one call, on one thread or several (sync.ts). */
import { FIRST_ON_ARRAYS, executeOnArrays } from "./arrays/index";
import {
  AT_DONE,
  AT_NEXT,
  AT_PARTS,
  AT_PHASE,
  AT_PROGRAM,
  AT_RUN,
  AT_SHARED_OPERATION,
  AT_SHARED_ROWS,
  AT_STATES,
  AT_STEPS,
  AT_STOP,
  LEFT,
  UNFINISHED,
  WORKING,
} from "./control";
import {
  AT_BATCH_SIZE,
  AT_CURSOR,
  AT_OPERATION,
  AT_OPERATIONS,
  AT_ROW_COUNT,
  AT_ROWS,
  AT_SCRATCH,
  AT_STEP,
  HEADER_BYTES,
  OPERATION_BYTES,
  SHARED,
} from "./opcodes";
import { activate, activateBackward, drop, gather } from "./operations/layers";
import {
  activityPenalty,
  addLoss,
  addMetric,
  lossScale,
  rowAccuracies,
  rowLosses,
  weightPenalty,
} from "./operations/losses";
import { dense, inputGradient, kernelGradient, matmul } from "./operations/products";
import { accumulate, accumulateAll, average, clipByValue, clipPart, squares, update } from "./operations/update";
import { address, word } from "./operations/words";
import { advanceOptimizer, prepareOptimizer } from "./optimizers/index";
import { awaitChange, finishShare, join, openRun, share } from "./sync";
import * as accumulateGradientsWords from "./words/accumulate-gradients";
import * as accuracyWords from "./words/accuracy";
import * as activationWords from "./words/activation";
import * as activationGradientWords from "./words/activation-gradient";
import * as activityPenaltyWords from "./words/activity-penalty";
import * as addLossWords from "./words/add-loss";
import * as addMetricWords from "./words/add-metric";
import * as advanceOptimizerWords from "./words/advance-optimizer";
import * as averageWeightsWords from "./words/average-weights";
import * as clipNormWords from "./words/clip-norm";
import * as clipValueWords from "./words/clip-value";
import * as denseWords from "./words/dense";
import * as denseInputGradientWords from "./words/dense-input-gradient";
import * as denseKernelGradientWords from "./words/dense-kernel-gradient";
import * as dropoutWords from "./words/dropout";
import * as gatherBytesWords from "./words/gather-bytes";
import * as gatherWordsWords from "./words/gather-words";
import * as lossWords from "./words/loss";
import * as lossScaleWords from "./words/loss-scale";
import * as matmulWords from "./words/matmul";
import * as penaltyWords from "./words/penalty";
import * as prepareOptimizerWords from "./words/prepare-optimizer";
import * as squaresWords from "./words/squares";
import * as sumWords from "./words/sum";
import * as updateParametersWords from "./words/update-parameters";

/** The first byte of the arena. */
export function heapBase(): usize {
  return __heap_base;
}

/** Share `part` of `parts` of the operation at `op`, with scratch memory of its own. */
export function execute(program: usize, op: usize, rows: i32, part: i32, parts: i32, scratch: usize): void {
  const code = word(op, 0);
  if (isDefined(FULL) && code >= FIRST_ON_ARRAYS) return executeOnArrays(program, op, rows, part, parts, scratch);
  switch (code) {
    case gatherBytesWords.code:
    case gatherWordsWords.code:
      return gather(program, op, rows, part, parts);
    case denseWords.code:
      return dense(op, rows, scratch, part, parts);
    case denseKernelGradientWords.code:
      return kernelGradient(op, rows, scratch, part, parts);
    case denseInputGradientWords.code:
      return inputGradient(op, rows, scratch, part, parts);
    case matmulWords.code:
      return matmul(op, scratch, part, parts);
    case activationWords.code:
      return activate(op, rows, part, parts);
    case activationGradientWords.code:
      return activateBackward(op, rows, part, parts);
    case dropoutWords.code:
      return drop(program, op, rows, part, parts);
    case lossWords.code:
      return rowLosses(program, op, rows, part, parts);
    case accuracyWords.code:
      return rowAccuracies(op, rows, part, parts);
    case penaltyWords.code:
      return weightPenalty(program, op, part, parts);
    case activityPenaltyWords.code:
      return activityPenalty(program, op, rows, part, parts);
    case sumWords.code:
      return accumulate(op, rows, part, parts);
    case squaresWords.code:
      return squares(op, part, parts);
    case clipNormWords.code:
      return clipPart(op, part, parts);
    case clipValueWords.code:
      return clipByValue(op, part, parts);
    case updateParametersWords.code:
      return update(op, part, parts);
    case accumulateGradientsWords.code:
      return accumulateAll(op, part, parts);
    case averageWeightsWords.code:
      return average(op, part, parts);
  }
  if (part != 0) return;
  switch (code) {
    case lossScaleWords.code:
      return lossScale(program, op, rows);
    case addLossWords.code:
      return addLoss(program, op, rows);
    case addMetricWords.code:
      return addMetric(op, rows);
    case prepareOptimizerWords.code:
      return prepareOptimizer(address(op, prepareOptimizerWords.state));
    case advanceOptimizerWords.code:
      return advanceOptimizer(address(op, advanceOptimizerWords.state));
    default:
      assert(false, "unknown opcode");
      // as in the small core one of the full core
      unreachable();
  }
}

/** Runs `program` from where it stopped: `done` of `steps` batches, and of the next one all operations before `index`. */
function walk(program: usize, steps: i32, done: i32, index: i32, control: usize, parts: i32): i32 {
  const operations = i32.load(program, AT_OPERATIONS);
  const batchSize = i32.load(program, AT_BATCH_SIZE);
  const rowCount = i32.load(program, AT_ROW_COUNT);
  const scratch = <usize>load<u32>(program, AT_SCRATCH);
  for (; done < steps; done++) {
    const cursor = i32.load(program, AT_CURSOR);
    const rows = min(batchSize, rowCount - cursor);
    if (rows <= 0) break;
    i32.store(program, rows, AT_ROWS);
    for (; index < operations; index++) {
      const op = program + HEADER_BYTES + <usize>index * OPERATION_BYTES;
      i32.store(program, index, AT_OPERATION);
      if (parts > 1 && word(op, SHARED)) {
        share(control, op, rows);
        execute(program, op, rows, 0, parts, scratch);
        if (!join(control)) return giveUp(control, steps, done, index + 1);
      } else {
        execute(program, op, rows, 0, 1, scratch);
        // a line search goes back
        if (isDefined(FULL)) index = i32.load(program, AT_OPERATION);
      }
    }
    index = 0;
    i32.store(program, cursor + rows, AT_CURSOR);
    store<u32>(program, load<u32>(program, AT_STEP) + 1, AT_STEP);
  }
  if (parts > 1) {
    share(control, 0, 0);
    if (!join(control)) return giveUp(control, steps, done, 0);
  }
  return done;
}

/** Notes where the run is, for `resume`. */
function giveUp(control: usize, steps: i32, done: i32, next: i32): i32 {
  i32.store(control, steps, AT_STEPS);
  i32.store(control, done, AT_DONE);
  i32.store(control, next, AT_NEXT);
  return UNFINISHED;
}

/**
 * Runs up to `steps` batches, beginning at the cursor, and returns how many it ran: fewer only where the data ends. `parts` threads
 * share the operations that `plan` has chosen; with 1 there need not be a control block. Returns UNFINISHED if another thread takes
 * too long: `resume` continues the run.
 */
export function run(program: usize, steps: i32, control: usize, parts: i32): i32 {
  if (parts > 1) openRun(control, program, parts);
  return walk(program, steps, 0, 0, control, parts);
}

/** Continues a run that was UNFINISHED, with the same result. */
export function resume(control: usize): i32 {
  if (!join(control)) return UNFINISHED;
  const done = i32.load(control, AT_DONE);
  // 0: only the end of the run was missing
  if (!load<u32>(control, AT_SHARED_OPERATION)) return done;
  const program = <usize>load<u32>(control, AT_PROGRAM);
  return walk(
    program,
    i32.load(control, AT_STEPS),
    done,
    i32.load(control, AT_NEXT),
    control,
    i32.load(control, AT_PARTS),
  );
}

/** A worker's shares of one run. */
function serve(control: usize, thread: i32, parts: i32, scratch: usize): void {
  const program = <usize>load<u32>(control, AT_PROGRAM);
  let phase = 0;
  do {
    phase = awaitChange(control, AT_PHASE, phase);
    if (atomic.load<i32>(control, AT_STOP)) return;
    const op = <usize>load<u32>(control, AT_SHARED_OPERATION);
    if (op) execute(program, op, i32.load(control, AT_SHARED_ROWS), thread, parts, scratch);
    finishShare(control);
    if (!op) return;
  } while (true);
}

/** A worker's main loop: takes its share in every run that has one for it, until it is told to stop. */
export function work(control: usize, thread: i32, scratch: usize): void {
  const state = control + AT_STATES + ((<usize>thread) << 2);
  atomic.store<i32>(state, WORKING);
  let run = 0;
  do {
    run = awaitChange(control, AT_RUN, run);
    const parts = run & 255;
    if (!atomic.load<i32>(control, AT_STOP) && thread < parts) serve(control, thread, parts, scratch);
  } while (!atomic.load<i32>(control, AT_STOP));
  atomic.store<i32>(state, LEFT);
}
