/**
 * Numbers that TypeScript and AssemblyScript share. Both compile this file: in `assembly/` the constants fold into the
 * kernels, in `src/engine/` the program recorder writes them.
 */

// Activations. Their parameter (`alpha`) is the slope of leakyRelu and the scale of elu.
export const LINEAR = 0;
export const RELU = 1;
export const LEAKY_RELU = 2;
export const ELU = 3;
export const SELU = 4;
export const GELU = 5;
export const GELU_TANH = 6;
export const SIGMOID = 7;
export const HARD_SIGMOID = 8;
export const TANH = 9;
export const SOFTPLUS = 10;
export const SOFTSIGN = 11;
export const SILU = 12;
export const SOFTMAX = 13;
export const RELU6 = 14;
export const HARD_SILU = 15;
export const HARD_TANH = 16;

// Losses. The ones ending in LOGITS take the input of the softmax or the sigmoid.
export const SPARSE_CROSSENTROPY = 0;
export const SPARSE_CROSSENTROPY_LOGITS = 1;
export const CATEGORICAL_CROSSENTROPY = 2;
export const CATEGORICAL_CROSSENTROPY_LOGITS = 3;
export const BINARY_CROSSENTROPY = 4;
export const BINARY_CROSSENTROPY_LOGITS = 5;
export const MEAN_SQUARED_ERROR = 6;
export const MEAN_ABSOLUTE_ERROR = 7;
export const HUBER = 8;

// Accuracies.
export const SPARSE_ACCURACY = 0;
export const CATEGORICAL_ACCURACY = 1;
export const BINARY_ACCURACY = 2;

// Optimizers.
export const SGD = 0;
export const MOMENTUM = 1;
export const NESTEROV = 2;
export const ADAGRAD = 3;
export const RMSPROP = 4;
export const ADAM = 5;
export const NADAM = 6;

// Optimizers of the full core (assembly/optimizers/full/).
export const FIRST_FULL_OPTIMIZER = 16;
export const ADADELTA = 16;
export const ADAMAX = 17;
export const LION = 18;
export const FTRL = 19;
export const SCHEDULE_FREE_ADAMW = 20;
export const SCHEDULE_FREE_SGD = 21;
export const RADAM = 22;
export const ADABELIEF = 23;
export const YOGI = 24;
export const ADAN = 25;
export const ADEMAMIX = 26;
export const SIGN_SGD = 27;
export const ADABOUND = 28;
export const RPROP = 29;
export const ASGD = 30;
export const SOPHIA = 31;

// Those of them that take several passes over a weight (assembly/optimizers/full/passes.ts).
export const LAMB = 48;
export const LARS = 49;
export const NOVOGRAD = 50;
export const ADAFACTOR = 51;
export const MUON = 52;
export const PRODIGY = 60;
export const D_ADAPT_ADAM = 61;

// That takes other arrays in its passes (src/optimizers/soap.ts).
export const SOAP = 62;

// Those that search along a direction (assembly/optimizers/full/lbfgs.ts).
export const LBFGS = 64;

// Schedules of the learning rate.
export const EXPONENTIAL_DECAY = 0;
export const PIECEWISE_CONSTANT_DECAY = 1;
export const POLYNOMIAL_DECAY = 2;
export const INVERSE_TIME_DECAY = 3;
export const COSINE_DECAY = 4;
export const COSINE_DECAY_RESTARTS = 5;
export const TRANSITION = 6;
export const CYCLICAL = 7;
export const NOAM = 8;
export const WARMUP = 9;
export const JOINED = 10;

// How the height of a cyclical schedule changes.
export const TRIANGULAR = 0;
export const TRIANGULAR2 = 1;
export const EXP_RANGE = 2;

// What the random streams are for: the last word of the Philox counter.
export const PURPOSE_INITIALIZER = 1;
export const PURPOSE_SHUFFLE = 2;
export const PURPOSE_DROPOUT = 3;
export const PURPOSE_SAMPLE = 4;

/** Elements of a block of a sum. Each block is summed separately, and the results are added in index order. */
export const SUM_BLOCK = 4096;

// Kinds of words/binary.ts.
export const ADD = 0;
export const SUBTRACT = 1;
export const MULTIPLY = 2;
export const DIVIDE = 3;
export const POWER = 4;
export const MINIMUM = 5;
export const MAXIMUM = 6;
export const EQUAL = 7;
export const NOT_EQUAL = 8;
export const GREATER = 9;
export const GREATER_EQUAL = 10;
export const LESS = 11;
export const LESS_EQUAL = 12;

// Kinds of words/unary.ts.
export const NEGATE = 0;
export const SQUARE = 1;
export const SQRT = 2;
export const RECIPROCAL = 3;
export const EXP = 4;
export const LOG = 5;
export const LOG1P = 6;
export const EXPM1 = 7;
export const ABS = 8;
export const SIGN = 9;
export const FLOOR = 10;
export const CEIL = 11;
export const ROUND = 12;
export const ERF = 13;
export const SIN = 14;
export const COS = 15;
export const CLIP = 16;
export const LOGICAL_NOT = 17;

// Kinds of words/reduce.ts and words/reduce-rows.ts.
export const SUM = 0;
export const MEAN = 1;
export const MAX = 2;
export const MIN = 3;
export const PRODUCT = 4;
export const ARG_MAX = 5;

// Kinds of words/random-fill.ts.
export const NORMAL = 0;
export const UNIFORM = 1;

// What lies outside of a picture, for words/resample.ts.
export const OUTSIDE_CONSTANT = 0;
/** The edge. */
export const OUTSIDE_NEAREST = 1;
/** The picture as in a mirror: d c b a | a b c d | d c b a. */
export const OUTSIDE_REFLECT = 2;
/** The picture again: a b c d | a b c d | a b c d. */
export const OUTSIDE_WRAP = 3;
