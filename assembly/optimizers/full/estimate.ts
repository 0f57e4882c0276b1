import { pow64 } from "../../scalar";
import { iterations, learningRate } from "../state";

/**
 * What Prodigy and D-Adaptation share. Both estimate a step size d, which each weight keeps as the first number of its last slot; there 0
 * stands for the start.
 */

/** Whether no step has been done. */
// @ts-ignore: decorator
@inline
export function unstarted(numbers: usize): bool {
  return load<f32>(numbers) == 0;
}

/** d of the coming step. */
// @ts-ignore: decorator
@inline
export function estimateAt(numbers: usize, start: f64): f64 {
  return <f64>(unstarted(numbers) ? <f32>start : load<f32>(numbers));
}

/** d times the learning rate, with bias correction sqrt(1 - b2^t) / (1 - b1^t) if `corrected` is not 0. */
export function rateOf(state: usize, d: f64, corrected: f64, beta1: f64, beta2: f64): f64 {
  const t = iterations(state) + 1;
  const correction = corrected == 0 ? 1 : sqrt<f64>(1 - pow64(beta2, t)) / (1 - pow64(beta1, t));
  return d * learningRate(state) * correction;
}
