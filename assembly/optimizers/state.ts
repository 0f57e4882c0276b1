/**
 * The state block of an optimizer, 128 bytes. TypeScript writes all of it but the scalars; `prepareOptimizer` derives
 * those once per step in float64 and rounds each of them once; the update loops read nothing else.
 *
 *     0 i32 kind                4 i32 flags            8 f64 iterations (steps done)
 *    16 f64 learningRate       24 f64 beta1           32 f64 beta2
 *    40 f64 epsilon            48 f64 momentumDecay   56 f64 momentumProduct (kept by Nadam)
 *    64 f64 weightDecay        72 i32 epsilonMode     76 i32 schedule (address, 0 for none)
 *    80 f32 scalars[12]
 *
 * With a schedule (schedules.ts), `prepareOptimizer` writes the learning rate too.
 * beta1 is the momentum of the SGD family, the rho of RMSProp, the beta1 of the Adam family; beta2 the dampening of the
 * SGD family, the momentum of RMSProp, the beta2 of the Adam family.
 */

export const USES_MOMENTUM: i32 = 1;
export const CENTERED: i32 = 2;
export const AMSGRAD: i32 = 4;

/** Where epsilon stands: next to sqrt(v), next to the square root of the bias-corrected v, or under the root. */
export const EPSILON_HAT: i32 = 0;
export const EPSILON_PAPER: i32 = 1;
export const EPSILON_INSIDE_SQRT: i32 = 2;

/** Scalar 0 belongs to weight decay, whatever the optimizer; its own begin at 1. */
export const DECAY: i32 = 0;

// @ts-ignore: decorator
@inline
export function kind(state: usize): i32 {
  return load<i32>(state, 0);
}

// @ts-ignore: decorator
@inline
export function hasFlag(state: usize, flag: i32): bool {
  return (load<i32>(state, 4) & flag) != 0;
}

// @ts-ignore: decorator
@inline
export function iterations(state: usize): f64 {
  return load<f64>(state, 8);
}

// @ts-ignore: decorator
@inline
export function setIterations(state: usize, value: f64): void {
  store<f64>(state, value, 8);
}

// @ts-ignore: decorator
@inline
export function learningRate(state: usize): f64 {
  return load<f64>(state, 16);
}

// @ts-ignore: decorator
@inline
export function setLearningRate(state: usize, value: f64): void {
  store<f64>(state, value, 16);
}

// @ts-ignore: decorator
@inline
export function schedule(state: usize): usize {
  return <usize>load<i32>(state, 76);
}

// @ts-ignore: decorator
@inline
export function beta1(state: usize): f64 {
  return load<f64>(state, 24);
}

// @ts-ignore: decorator
@inline
export function beta2(state: usize): f64 {
  return load<f64>(state, 32);
}

// @ts-ignore: decorator
@inline
export function epsilon(state: usize): f64 {
  return load<f64>(state, 40);
}

// @ts-ignore: decorator
@inline
export function momentumDecay(state: usize): f64 {
  return load<f64>(state, 48);
}

// @ts-ignore: decorator
@inline
export function momentumProduct(state: usize): f64 {
  return load<f64>(state, 56);
}

// @ts-ignore: decorator
@inline
export function setMomentumProduct(state: usize, value: f64): void {
  store<f64>(state, value, 56);
}

// @ts-ignore: decorator
@inline
export function weightDecay(state: usize): f64 {
  return load<f64>(state, 64);
}

// @ts-ignore: decorator
@inline
export function epsilonMode(state: usize): i32 {
  return load<i32>(state, 72);
}

/** Scalar `index` in all four lanes. */
// @ts-ignore: decorator
@inline
export function scalar(state: usize, index: i32): v128 {
  return v128.load32_splat(state + ((<usize>index) << 2), 80);
}

// @ts-ignore: decorator
@inline
export function setScalar(state: usize, index: i32, value: f64): void {
  store<f32>(state + ((<usize>index) << 2), <f32>value, 80);
}
