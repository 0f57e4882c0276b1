/**
 * Where things stand in the state block of an optimizer; compiled by both languages, as codes.ts is. TypeScript writes all of it but
 * the scalars; `prepareOptimizer` derives those once per step in float64 and rounds each of them once; the update loops read nothing
 * else.
 *
 * With a schedule (schedules.ts), `prepareOptimizer` writes the learning rate too.
 * beta1 is the momentum of the SGD family, the rho of RMSProp, the beta1 of the Adam family; beta2 the dampening of the SGD family,
 * the momentum of RMSProp, the beta2 of the Adam family.
 */

export const STATE_BYTES = 128;

export const AT_KIND = 0; // i32
export const AT_FLAGS = 4; // i32
export const AT_ITERATIONS = 8; // f64, steps done
export const AT_LEARNING_RATE = 16; // f64
export const AT_BETA1 = 24; // f64
export const AT_BETA2 = 32; // f64
export const AT_EPSILON = 40; // f64
export const AT_MOMENTUM_DECAY = 48; // f64
export const AT_MOMENTUM_PRODUCT = 56; // f64, kept by Nadam
export const AT_WEIGHT_DECAY = 64; // f64
export const AT_EPSILON_MODE = 72; // i32
export const AT_SCHEDULE = 76; // i32, an address, 0 for none
export const AT_SCALARS = 80; // f32[12]

// Flags.
export const USES_MOMENTUM = 1;
export const CENTERED = 2;
export const AMSGRAD = 4;

// Where epsilon stands: next to sqrt(v), next to the square root of the bias-corrected v, or under the root.
export const EPSILON_HAT = 0;
export const EPSILON_PAPER = 1;
export const EPSILON_INSIDE_SQRT = 2;
