/** One step of an optimizer over the user's own tensors, outside a model. */
import type { Engine } from '../engine/runtime.ts';
import type { Tensor } from '../tensor.ts';
import type { GradientPair } from './pairs.ts';

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

/** The properties of an optimizer that this step needs. */
interface Stepping {
  readonly spec: { readonly slots: readonly string[] };
  readonly clipvalue: number | undefined;
  readonly clipnorm: number | undefined;
  readonly globalClipnorm: number | undefined;
  fillSlots(engine: Engine, slots: number, length: number): void;
}

/** Updates the parameters of `pairs`, which are checked already. Frees what a failing call has made. */
export function applyTo(
  pairs: readonly GradientPair[],
  optimizer: Stepping,
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
      const stride = Math.ceil(n / 16) * 64;
      let slots = slotsOf.get(parameter);
      if (slots === undefined) {
        slots = arena.allocate(spec.slots.length * stride);
        slotsOf.set(parameter, slots);
        made.push(parameter);
        optimizer.fillSlots(engine, slots, stride / 4);
      }
      return { w: parameter.address, g: gradient.address, n, slots, stride };
    });
    if ((clipvalue ?? clipnorm ?? globalClipnorm) !== undefined) {
      // one block, as in a model, so that a global norm is one sum
      const block = clipped.allocate(4 * steps.reduce((sum, { n }) => sum + n, 0));
      let next = block;
      for (const step of steps) {
        engine.f32(next, step.n).set(engine.f32(step.g, step.n));
        step.g = next;
        next += 4 * step.n;
        if (clipvalue !== undefined) core.clip(step.g, step.g, step.n, clipvalue);
        if (clipnorm !== undefined) core.clipByNorm(step.g, step.n, clipnorm, false);
      }
      if (globalClipnorm !== undefined) core.clipByNorm(block, (next - block) / 4, globalClipnorm, true);
    }
    core.prepareOptimizer(state);
    for (const { w, g, slots, stride, n } of steps) core.updateParameters(state, w, g, slots, stride, n);
    core.advanceOptimizer(state);
  } catch (error) {
    forget(engine, slotsOf, made);
    throw error;
  } finally {
    clipped.dispose();
  }
}
