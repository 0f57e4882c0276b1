import { loadLanes } from "../../lanes";
import { belowTiny, flushBelow, magnitude } from "../../simd";
import { learningRate, scalar, setScalar } from "../state";
import { bytesOf, descend, sign } from "./each";

/**
 * Sign descent (Riedmiller, Braun 1993; Bernstein et al. 2018): w -= a * sign(g)
 *
 * a learning rate; sign(0) = 0. No slots. Source: optax, sign_sgd.
 */

const RATE: i32 = 1;

export function prepareSignSgd(state: usize): void {
  setScalar(state, RATE, learningRate(state));
}

// @ts-ignore: decorator
@final @unmanaged
export class SignSgd {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const rate = scalar(state, RATE);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes)
      descend(w, f32x4.mul(sign(flushBelow(loadLanes(g, count), bits, tiny), bits), rate), count);
  }
}
