/** Where the slots of parameters lie: arrays that an optimizer keeps for each weight. */

import type { Engine } from '../engine/runtime.ts';
import type { Shape } from '../layers/layer.ts';
import { sizeOf } from '../validate.ts';
import type { OptimizerRule, OptionTable, Values } from './facts/rule.ts';

/** The slot of sums of gradients. */
export const ACCUMULATOR = 'gradientAccumulator';

/** Parameters that one operation updates; a weight, or several that are contiguous, with their gradients and slots. */
export interface ParameterRun {
  readonly parameters: number;
  readonly gradient: number;
  readonly length: number;
  /** Addresses of the slots in the order of the optimizer's, 0 for one that these parameters have not. */
  readonly slots: readonly number[];
  /** Bytes from the first slot to the second, and so on. */
  readonly stride: number;
  /** Of a weight. */
  readonly shape: Shape;
  /** Excluded from weight decay. */
  readonly undecayed: boolean;
}

/** Gradients as a contiguous block, the parameters, and the pieces that are clipped one by one. */
export interface ParameterBlock {
  readonly gradients: number;
  /** Floats of the gradients. */
  readonly length: number;
  readonly runs: readonly ParameterRun[];
  readonly pieces: readonly { readonly gradient: number; readonly length: number }[];
}

/** A weight, and its place among the gradients in floats. */
export interface Place {
  readonly at: number;
  /** As `dense/kernel`; empty for a tensor that has none. */
  readonly name: string;
  readonly shape: Shape;
}

/** The properties of an optimizer that decide where slots lie, and what is in them at first. */
export interface Slotted {
  readonly spec: {
    readonly rule: OptimizerRule;
    readonly own: Values<OptionTable>;
    readonly slots: readonly string[];
    readonly averages: readonly { readonly slot: string }[];
    readonly further: { readonly excludeLayers?: readonly string[] };
  };
}

/** The shape of a slot of a weight of this shape; undefined if it has none. */
export function slotShape(
  { spec: { rule, own, averages, further } }: Slotted,
  slot: string,
  shape: Shape,
  name: string,
): Shape | undefined {
  if (rule.slotShape === undefined || slot === ACCUMULATOR || averages.some((one) => one.slot === slot)) return shape;
  const excluded = further.excludeLayers?.some((part) => name.includes(part)) === true;
  return rule.slotShape(own, slot, shape, excluded);
}

/** Fills new slots, which are zero, with their start value; averages start at the weights. */
export function fillSlots(
  { spec: { rule, own, slots, averages } }: Slotted,
  engine: Engine,
  runs: readonly ParameterRun[],
): void {
  for (const run of runs)
    for (const [k, slot] of slots.entries()) {
      const at = run.slots[k] ?? 0;
      // a sum of gradients is no part of the rule
      const first = slot === ACCUMULATOR ? 0 : (rule.initialSlot?.(own, slot) ?? 0);
      if (averages.some((one) => one.slot === slot))
        engine.f32(at, run.length).set(engine.f32(run.parameters, run.length));
      else if (first !== 0) engine.f32(at, run.length).fill(first);
    }
}

/** Updates single rows of the weight of this name, which has no gradients: a step of its part, given its state and clipvalue, 0 for none. */
export interface RowUpdates {
  readonly name: string;
  readonly record: (state: number, clipvalue: number) => void;
}

/** An optimizer of one or more parts, each of which updates some of the weights. */
export interface Sharing<P extends Slotted = Slotted> {
  readonly parts: readonly P[];
  partFor(name: string): P;
}

/** Blocks begin on cache lines, which hold this many floats. */
const LINE = 16;
export const aligned = (floats: number): number => Math.ceil(floats / LINE) * LINE;

/** Whether weights are updated one by one, because an update needs a norm or a matrix. */
export const oneByOne = ({ spec: { rule } }: Slotted): boolean => rule.passes !== undefined;

/**
 * Floats of all slots, and for each weight where its slots begin, -1 for one that it has not. `length` is the size of the gradients' block.
 *
 *   an update is one pass:   slot 0 of all weights, slot 1 of all weights, ..., each as the gradients lie
 *   weights one by one:      all slots of weight 0, all slots of weight 1, ...
 */
export function placeSlots(
  optimizer: Slotted,
  weights: readonly Place[],
  length: number,
): { readonly floats: number; readonly places: readonly (readonly number[])[] } {
  const { slots } = optimizer.spec;
  if (!oneByOne(optimizer))
    return { floats: slots.length * length, places: weights.map(({ at }) => slots.map((_, k) => k * length + at)) };
  let floats = 0;
  const places = weights.map(({ shape, name }) =>
    slots.map((slot) => {
      const own = slotShape(optimizer, slot, shape, name);
      if (own === undefined) return -1;
      const at = floats;
      floats += aligned(sizeOf(own));
      return at;
    }),
  );
  return { floats, places };
}

/** Slots by the weights that have them, in the order in which they are listed and saved: slot by slot, each for all weights. */
export function slotsOf<W extends { readonly name: string; readonly shape: Shape }>(
  optimizer: Sharing,
  weights: readonly W[],
): { readonly weight: W; readonly k: number; readonly name: string; readonly shape: Shape }[] {
  return optimizer.parts.flatMap((part) => {
    const own = weights.filter(({ name }) => optimizer.partFor(name) === part);
    return part.spec.slots.flatMap((slot, k) =>
      own.flatMap((weight) => {
        const shape = slotShape(part, slot, weight.shape, weight.name);
        return shape === undefined ? [] : [{ weight, k, name: `${weight.name}/${slot}`, shape }];
      }),
    );
  });
}

/** Bytes from the first slot of a weight to its second. */
export function strideOf(optimizer: Slotted, { shape, name }: Place, length: number): number {
  if (!oneByOne(optimizer)) return length * 4;
  const shapes = optimizer.spec.slots.map((slot) => slotShape(optimizer, slot, shape, name));
  return aligned(sizeOf(shapes.find((own) => own !== undefined) ?? shape)) * 4;
}
