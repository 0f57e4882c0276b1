import { ADAGRAD, ADAM, FIRST_FULL_OPTIMIZER, MOMENTUM, NADAM, NESTEROV, RMSPROP, SGD } from "../codes";
import { adagrad, prepareAdagrad } from "./adagrad";
import { adam, prepareAdam } from "./adam";
import { decay, prepareDecay } from "./decay";
import { prepareFull, updateFull } from "./full/index";
import { momentum, prepareMomentum } from "./momentum";
import { advanceNadam, nadam, prepareNadam, seekNadam } from "./nadam";
import { nesterov, prepareNesterov } from "./nesterov";
import { prepareRmsprop, rmsprop } from "./rmsprop";
import { prepareSgd, sgd } from "./sgd";
import { scheduledRate } from "./schedules";
import { calls, kind, schedule, setCalls, setLearningRate, updates, weightDecay } from "./state";

/**
 * A step of an optimizer, in three calls: `prepareOptimizer` once, `updateParameters` for any number of disjoint ranges
 * of parameters, in any order and on any thread, `advanceOptimizer` once. The state block is drawn in state.ts.
 */

/** With weight decay, parameters are decayed and updated in chunks of this many, which stay in the cache. */
const CHUNK: i32 = 1024;

/** Computes the scalars of the coming step; a schedule counts calls, as in Keras. */
export function prepareOptimizer(state: usize): void {
  const block = schedule(state);
  if (block != 0) setLearningRate(state, scheduledRate(block, calls(state)));
  prepareDecay(state);
  if (isDefined(FULL) && kind(state) >= FIRST_FULL_OPTIMIZER) return prepareFull(state);
  switch (kind(state)) {
    case SGD:
      return prepareSgd(state);
    case MOMENTUM:
      return prepareMomentum(state);
    case NESTEROV:
      return prepareNesterov(state);
    case ADAGRAD:
      return prepareAdagrad(state);
    case RMSPROP:
      return prepareRmsprop(state);
    case ADAM:
      return prepareAdam(state);
    case NADAM:
      return prepareNadam(state);
    default:
      assert(false, "an unknown optimizer");
  }
}

function update(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32): void {
  if (isDefined(FULL) && kind(state) >= FIRST_FULL_OPTIMIZER) return updateFull(state, w, g, slots, stride, n);
  switch (kind(state)) {
    case SGD:
      return sgd(state, w, g, n);
    case MOMENTUM:
      return momentum(state, w, g, slots, n);
    case NESTEROV:
      return nesterov(state, w, g, slots, n);
    case ADAGRAD:
      return adagrad(state, w, g, slots, n);
    case RMSPROP:
      return rmsprop(state, w, g, slots, stride, n);
    case ADAM:
      return adam(state, w, g, slots, stride, n);
    case NADAM:
      return nadam(state, w, g, slots, stride, n);
    default:
      assert(false, "an unknown optimizer");
  }
}

/**
 * Updates the `n` parameters at `w` by the gradients at `g`: weight decay first, where there is any. Slot k of the
 * first parameter stands at `slots + k * slotStride` (bytes). None of the arrays overlap. Threads split n, anywhere.
 * Does nothing in a call that only accumulates gradients.
 */
export function updateParameters(
  state: usize,
  w: usize,
  g: usize,
  slots: usize,
  slotStride: i32,
  n: i32,
  undecayed: bool,
): void {
  assert(n >= 0, "a negative number of parameters");
  if (!updates(state)) return;
  if (undecayed || !(weightDecay(state) > 0)) return update(state, w, g, slots, slotStride, n);
  for (let i = 0; i < n; i += CHUNK) {
    const at = (<usize>i) << 2;
    const count = min(CHUNK, n - i);
    decay(state, w + at, count);
    update(state, w + at, g + at, slots + at, slotStride, count);
  }
}

/** After the calls were set: brings the values that the optimizer carries from step to step to where that many steps would have led. */
export function seekOptimizer(state: usize): void {
  if (kind(state) == NADAM) seekNadam(state);
}

/** Counts the step. */
export function advanceOptimizer(state: usize): void {
  if (kind(state) == NADAM && updates(state)) advanceNadam(state);
  setCalls(state, calls(state) + 1);
}
