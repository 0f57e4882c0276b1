/**
 * The program: what TypeScript records once and `run` (program.ts) executes for every step. Compiled by both sides, like codes.ts.
 *
 *   header, 128 bytes                                        operations, 64 bytes each
 *   +0   i32 operations                                      +0   i32 opcode
 *   +4   i32 batchSize    rows of a full batch               +4   fourteen words: i32 addresses and sizes, f32 scalars
 *   +8   i32 rowCount     rows of the data                   +60  i32 shared: 1 if threads divide it (plan.ts)
 *   +12  i32 cursor       first row of the next batch
 *   +16  i32 rows         rows of the batch that runs now (the last one may be short)
 *   +20  i32 order        i32[rowCount], 0: rows as they come
 *   +24  u32 step         steps since the weights were made: the dropout counter
 *   +28  i32 scratch      panels of the matrix products
 *   +32  f64 penalty      sum of this step's regularization losses
 *   +40  f64 lossScale    what a row's loss is multiplied by: 1 / rows, or as the reduction says
 *   +48  i32 operation    index of the operation that runs now: what failed, if it traps
 *
 * Sizes that depend on the batch are given per row and multiplied by `rows` when they run, so a short last batch needs no other
 * program. `times` is the number of vectors in a row (1 for [batch, units], length for [batch, length, units]).
 * A total is an f64 sum and an f64 count behind it; their quotient is what a pass reports.
 */
export const HEADER_BYTES = 128;
export const OPERATION_BYTES = 64;
/** Index of the word of an operation that says whether it is shared. */
export const SHARED = 15;
export const AT_OPERATIONS = 0;
export const AT_BATCH_SIZE = 4;
export const AT_ROW_COUNT = 8;
export const AT_CURSOR = 12;
export const AT_ROWS = 16;
export const AT_ORDER = 20;
export const AT_STEP = 24;
export const AT_SCRATCH = 28;
export const AT_PENALTY = 32;
export const AT_LOSS_SCALE = 40;
export const AT_OPERATION = 48;

// Opcodes. In brackets the words that follow, in order; (f) marks a float32.

/** [out, source, perRow, divisor(f)] */
export const GATHER_BYTES = 1;
/** [out, source, perRow, divisor(f)]; with divisor 1 any 4-byte words, labels too */
export const GATHER_WORDS = 2;
/** [y, x, kernel, bias|0, inputs, units, times, relu]: y = x kernel + bias, then relu if it is 1 */
export const DENSE = 3;
/** [dkernel, dbias|0, x, dz, inputs, units, times] */
export const DENSE_KERNEL_GRADIENT = 4;
/** [dx, dz, kernel, inputs, units, times, y|0]: dx is 0 where y is not above 0, y being the relu whose output the layer was given */
export const DENSE_INPUT_GRADIENT = 5;
/** [y, x, perRow, activation, alpha(f), cols]: cols is the row of a softmax */
export const ACTIVATION = 6;
/** [dx, dy, x, y, perRow, activation, alpha(f), cols] */
export const ACTIVATION_GRADIENT = 7;
/** [y, x, perRow, seedLow, seedHigh, index, rate(f)]: forward and backward alike */
export const DROPOUT = 8;
/** [reduction, targets, weights|0, times, ignoreClass]: lossScale of this batch, penalty = 0 */
export const LOSS_SCALE = 9;
/** [kind, values, gradient|0, probabilities|0, predictions, targets, weights|0, times, cols, parameter(f), ignoreClass] */
export const LOSS = 10;
/** [kind, values, predictions, targets, times, cols, threshold(f)] */
export const ACCURACY = 11;
/** [total, values, weights|0, times]: sum += rows * (lossScale * sum of weights * values + penalty), count += rows */
export const ADD_LOSS = 12;
/**
 * [total, values, times, reduction, targets, ignoreClass]: sum += sum of values / times, count += rows, where the reduction is
 * MEAN_OF_ROWS; else sum += the values as the reduction says, count += 1
 */
export const ADD_METRIC = 13;
/** [w, gradient|0, n, l1(f), l2(f)]: penalty += l1 |w| + l2 w^2, and its gradient */
export const PENALTY = 14;
/** [y, dy|0, perRow, l1(f), l2(f)]: the same of a layer's output, divided by the rows of the batch */
export const ACTIVITY_PENALTY = 15;
/** [g, n, limit(f)] */
export const CLIP_VALUE = 16;
/** [g, n, limit(f), global, squares]: g *= min(1, limit / norm(g)); an infinite global norm makes all of g NaN */
export const CLIP_NORM = 17;
/** [state]: this step's scalars */
export const PREPARE_OPTIMIZER = 18;
/** [state, w, g, slots, slotStride, n] */
export const UPDATE_PARAMETERS = 19;
/** [state] */
export const ADVANCE_OPTIMIZER = 20;
/** [squares f64*, x, n]: the sum of the squares of each block of x, which CLIP_NORM adds up */
export const SQUARES = 21;

// Reductions of a batch's row losses to its loss.
export const SUM_OVER_BATCH_SIZE = 0;
export const REDUCE_SUM = 1;
export const MEAN_WITH_SAMPLE_WEIGHT = 2;
/** Of a metric: the mean over all rows of a pass, however they are divided into batches. */
export const MEAN_OF_ROWS = 3;
/** [c, a, b, bias|0, m, n, k, flags]: c [m, n] = op(a) op(b) + bias, see the flags; of no batch, for `ops.matmul` */
export const MATMUL = 22;

// Flags of MATMUL.
export const TRANSPOSE_A = 1;
export const TRANSPOSE_B = 2;
export const RECTIFY = 4;
