/** One step of an optimizer over the user's own tensors, outside a model. */
import { AVERAGE_START, AVERAGE_SYNC } from '../../assembly/optimizers/layout.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Tensor } from '../tensor.ts';
import type { GradientPair } from './pairs.ts';
import { ACCUMULATOR, type ParameterRun, type Stepping } from './record.ts';

/** Where the slots of each tensor are, each in a block of its own. */
export type SlotsOf = Map<Tensor, number>;

/** Frees the slots of `tensors`. */
export function forget(engine: Engine, slotsOf: SlotsOf, tensors: Iterable<Tensor>): void {
  for (const tensor of [...tensors]) {
    const slots = slotsOf.get(tensor);
    if (slots !== undefined) engine.free(slots);
    slotsOf.delete(tensor);
  }
}

/** Bytes from one slot of `size` parameters to the next. */
export const slotBytes = (size: number): number => Math.ceil(size / 16) * 64;

/** As a step needs it, with the start of its slots. */
interface Applying extends Stepping {
  fillSlots(engine: Engine, slots: number, length: number, runs: readonly ParameterRun[]): void;
}

/** Updates the parameters of `pairs`, which are checked already. Frees what a failing call has made. */
export function applyTo(
  pairs: readonly GradientPair[],
  optimizer: Applying,
  engine: Engine,
  state: number,
  slotsOf: SlotsOf,
): void {
  const { core, arena } = engine;
  const { spec, clipvalue, clipnorm, globalClipnorm } = optimizer;
  const made: Tensor[] = [];
  const clipped = engine.scope();
  forget(
    engine,
    slotsOf,
    [...slotsOf.keys()].filter((tensor) => tensor.disposed),
  );
  try {
    const steps = pairs.map(([parameter, gradient]) => {
      const n = parameter.size;
      const stride = slotBytes(n);
      let slots = slotsOf.get(parameter);
      if (slots === undefined) {
        slots = arena.allocate(spec.slots.length * stride);
        slotsOf.set(parameter, slots);
        made.push(parameter);
        optimizer.fillSlots(engine, slots, stride / 4, [{ parameters: parameter.address, at: 0, length: n }]);
      }
      return { w: parameter.address, g: gradient.address, n, slots, stride };
    });
    const accumulator = spec.slots.indexOf(ACCUMULATOR);
    if (accumulator >= 0 || (clipvalue ?? clipnorm ?? globalClipnorm) !== undefined) {
      // one block, as in a model, so that a global norm is one sum
      const block = clipped.allocate(4 * steps.reduce((sum, { n }) => sum + n, 0));
      let next = block;
      for (const step of steps) {
        engine.f32(next, step.n).set(engine.f32(step.g, step.n));
        step.g = next;
        next += 4 * step.n;
        if (accumulator >= 0) core.accumulateGradients(state, step.g, step.slots + accumulator * step.stride, step.n);
        if (clipvalue !== undefined) core.clip(step.g, step.g, step.n, clipvalue);
        if (clipnorm !== undefined) core.clipByNorm(step.g, step.n, clipnorm, false);
      }
      if (globalClipnorm !== undefined) core.clipByNorm(block, (next - block) / 4, globalClipnorm, true);
    }
    const average = (mode: number) => {
      const { slot, momentum, overwrite } = spec.average ?? { slot: '', momentum: 0, overwrite: 0 };
      const k = spec.slots.indexOf(slot);
      for (const { w, slots, stride, n } of steps)
        core.averageWeights(state, w, slots + k * stride, n, momentum, overwrite, mode);
    };
    if (spec.average?.mode === AVERAGE_SYNC) average(AVERAGE_START);
    core.prepareOptimizer(state);
    for (const { w, g, slots, stride, n } of steps) core.updateParameters(state, w, g, slots, stride, n, false);
    if (spec.average !== undefined) average(spec.average.mode);
    core.advanceOptimizer(state);
  } catch (error) {
    forget(engine, slotsOf, made);
    throw error;
  } finally {
    clipped.dispose();
  }
}
