import {
  AT_ACCUMULATION_STEPS,
  AT_CALLS,
  AT_KIND,
  AT_LEARNING_RATE,
  AT_MOMENTUM_PRODUCT,
  AT_OPTIONS,
  AT_SCALARS,
  AT_SCHEDULE,
  AT_WEIGHT_DECAY,
} from "./layout";

/** Reads and writes the state block of an optimizer, which layout.ts draws. */

/** Scalar 0 belongs to weight decay in every optimizer; its own begin at 1. */
export const DECAY: i32 = 0;

// @ts-ignore: decorator
@inline
export function kind(state: usize): i32 {
  return load<i32>(state, AT_KIND);
}

// @ts-ignore: decorator
@inline
export function calls(state: usize): f64 {
  return load<f64>(state, AT_CALLS);
}

// @ts-ignore: decorator
@inline
export function setCalls(state: usize, value: f64): void {
  store<f64>(state, value, AT_CALLS);
}

// @ts-ignore: decorator
@inline
export function accumulationSteps(state: usize): f64 {
  return max<f64>(load<f64>(state, AT_ACCUMULATION_STEPS), 1);
}

/** Updates done: the calls, or with accumulation of gradients one for each so many. */
export function iterations(state: usize): f64 {
  return floor<f64>(calls(state) / accumulationSteps(state));
}

/** Whether this call updates the parameters; without accumulation of gradients each does. */
export function updates(state: usize): bool {
  return calls(state) + 1 == (iterations(state) + 1) * accumulationSteps(state);
}

// @ts-ignore: decorator
@inline
export function learningRate(state: usize): f64 {
  return load<f64>(state, AT_LEARNING_RATE);
}

// @ts-ignore: decorator
@inline
export function setLearningRate(state: usize, value: f64): void {
  store<f64>(state, value, AT_LEARNING_RATE);
}

// @ts-ignore: decorator
@inline
export function schedule(state: usize): usize {
  return <usize>load<i32>(state, AT_SCHEDULE);
}

/** Option `index` of the optimizer. */
// @ts-ignore: decorator
@inline
export function option(state: usize, index: i32): f64 {
  return load<f64>(state + ((<usize>index) << 3), AT_OPTIONS);
}

// @ts-ignore: decorator
@inline
export function momentumProduct(state: usize): f64 {
  return load<f64>(state, AT_MOMENTUM_PRODUCT);
}

// @ts-ignore: decorator
@inline
export function setMomentumProduct(state: usize, value: f64): void {
  store<f64>(state, value, AT_MOMENTUM_PRODUCT);
}

// @ts-ignore: decorator
@inline
export function weightDecay(state: usize): f64 {
  return load<f64>(state, AT_WEIGHT_DECAY);
}

/** Scalar `index` in all four lanes. */
// @ts-ignore: decorator
@inline
export function scalar(state: usize, index: i32): v128 {
  return v128.load32_splat(state + ((<usize>index) << 2), AT_SCALARS);
}

// @ts-ignore: decorator
@inline
export function setScalar(state: usize, index: i32, value: f64): void {
  store<f32>(state + ((<usize>index) << 2), <f32>value, AT_SCALARS);
}
