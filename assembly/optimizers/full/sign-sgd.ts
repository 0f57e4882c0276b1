import { loadLanes } from "../../lanes";
import { learningRate, scalar, setScalar } from "../state";
import { descend, kept, sign } from "./each";

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
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    descend(w, f32x4.mul(sign(kept(loadLanes(g, count))), scalar(state, RATE)), count);
  }
}
