/**
 * The state block of an optimizer; both languages compile this file, as they do codes.ts. TypeScript writes all of it but the scalars,
 * which `prepareOptimizer` derives once per step in float64 and rounds once each; the update loops read only these.
 *
 *     0  kind   schedule   calls   learning rate   weight decay   product   options f64[12]   scalars f32[16]   accumulation steps
 *
 * The options are the optimizer's own, in the order of its rule in src/optimizers/facts/: numbers as they are, false and true as 0 and 1,
 * names as the numbers below. With a schedule (schedules.ts), `prepareOptimizer` writes the learning rate too.
 * Where gradients are accumulated, an iteration is that many calls, of which the last updates the parameters.
 */

export const STATE_BYTES = 208;

export const AT_KIND = 0; // i32
export const AT_SCHEDULE = 4; // i32, an address, 0 for none
export const AT_CALLS = 8; // f64, steps done, those that only accumulate included
export const AT_LEARNING_RATE = 16; // f64
export const AT_WEIGHT_DECAY = 24; // f64
export const AT_MOMENTUM_PRODUCT = 32; // f64, kept by Nadam from step to step
export const AT_OPTIONS = 40; // f64[12]
export const AT_SCALARS = 136; // f32[16]
export const AT_ACCUMULATION_STEPS = 200; // f64, 0 or 1 for none

/** Bytes of the state of a line search (full/search.ts). */
export const SEARCH_BYTES = 128;

// Where epsilon stands: next to sqrt(v), next to the square root of the bias-corrected v, or under the root.
export const EPSILON_HAT = 0;
export const EPSILON_PAPER = 1;
export const EPSILON_INSIDE_SQRT = 2;
