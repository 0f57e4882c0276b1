/**
 * The program, which TypeScript records once and `run` (program.ts) executes for every step. Compiled by both sides, like codes.ts.
 *
 *   header, 128 bytes                                        operations, 64 bytes each
 *   +0   i32 operations                                      +0   i32 opcode
 *   +4   i32 batchSize    rows of a full batch               +4   fourteen words: i32 addresses and sizes, f32 scalars (words/)
 *   +8   i32 rowCount     rows of the data                   +60  i32 shared: 1 if threads divide it
 *   +12  i32 cursor       first row of the next batch
 *   +16  i32 rows         rows of the batch that runs now (the last one may be short)
 *   +20  i32 order        i32[rowCount], 0: rows as they come
 *   +24  u32 step         steps since the weights were made: the dropout counter
 *   +28  i32 scratch      panels of the matrix products
 *   +32  f64 penalty      sum of this step's regularization losses
 *   +40  f64 lossScale    what a row's loss is multiplied by: 1 / rows, or as the reduction says
 *   +48  i32 operation    index of the operation that runs now: if one traps, this one; a line search sets it to go back
 *
 * Each operation has a file in words/, which names its code and its words for both languages; (f) marks a float32 there.
 *
 * Sizes that depend on the batch are given per row and multiplied by `rows` when they run, so a short last batch needs no other
 * program. `times` is the number of vectors in a row (1 for [batch, units], length for [batch, length, units]).
 * A total is an f64 sum and an f64 count behind it; their quotient is what a pass reports.
 */
export const HEADER_BYTES = 128;
export const OPERATION_BYTES = 64;
/** Index of an operation's word that says whether threads share it. */
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

// Reductions of a batch's row losses to its loss.
export const SUM_OVER_BATCH_SIZE = 0;
export const REDUCE_SUM = 1;
export const MEAN_WITH_SAMPLE_WEIGHT = 2;
/** Of a metric: the mean over all rows of a pass, however batches divide them. */
export const MEAN_OF_ROWS = 3;

// Flags of MATMUL.
export const TRANSPOSE_A = 1;
export const TRANSPOSE_B = 2;
export const RECTIFY = 4;

// Flags of operations that add to the total of a loss.
export const WITH_PENALTY = 1;
export const WITH_ROWS = 2;
