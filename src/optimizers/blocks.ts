/** Memory for training weights: a block of gradients and one of slots for each part of an optimizer. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Shape } from '../layers/layer.ts';
import { sizeOf } from '../validate.ts';
import {
  aligned,
  fillSlots,
  oneByOne,
  type ParameterBlock,
  type ParameterRun,
  placeSlots,
  type Sharing,
  type Slotted,
  strideOf,
} from './slots.ts';

/** A weight to be trained; it may have no gradients, if single rows of it are updated. */
interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly address: number;
  readonly byRows?: boolean;
}

/** Addresses of a weight's gradient, and of its slots: 0 for one that it has not. */
export interface Spot {
  readonly gradient: number;
  readonly slots: readonly number[];
}

/** The properties of a part that decide how it updates weights. */
interface Part extends Slotted {
  readonly name: string;
  decays(name: string): boolean;
}

/** Weights whose parameters, gradients and slots are contiguous become one run, unless they are to be updated `apart`. */
function runsOf(part: Part, weights: readonly (Weight & Spot)[], length: number, apart: boolean): ParameterRun[] {
  const runs: (Omit<ParameterRun, 'length'> & { length: number })[] = [];
  for (const { name, shape, address, gradient, slots } of weights) {
    const undecayed = !part.decays(name);
    const run = runs.at(-1);
    const adjacent = run !== undefined && address === run.parameters + run.length * 4;
    if (!apart && adjacent && undecayed === run.undecayed) run.length += aligned(sizeOf(shape));
    else
      runs.push({
        parameters: address,
        gradient,
        length: apart ? sizeOf(shape) : aligned(sizeOf(shape)),
        slots,
        stride: strideOf(part, { at: 0, name, shape }, length),
        shape,
        undecayed,
      });
  }
  return runs;
}

/**
 * Allocates gradients and slots, and fills the slots. A part's gradients are contiguous, so that a global norm is one sum.
 *
 * @param apart whether gaps behind the parameters are somebody else's
 * @returns the blocks in the order of the parts, and the spots in that of the weights
 */
export function makeBlocks(
  engine: Engine,
  scope: Scope,
  optimizer: Sharing<Part>,
  weights: readonly Weight[],
  apart: boolean,
): { readonly blocks: readonly ParameterBlock[]; readonly spots: readonly Spot[] } {
  const spots: Spot[] = [];
  const blocks = optimizer.parts.map((part) => {
    let [length, graded] = [0, 0];
    const own = [...weights.entries()].filter(([, { name }]) => optimizer.partFor(name) === part);
    const places = own.map(([, weight]) => {
      const [at, from, size] = [length, graded, aligned(sizeOf(weight.shape))];
      length += size;
      graded += weight.byRows === true ? 0 : size;
      return { ...weight, at, from };
    });
    const { floats, places: offsets } = placeSlots(part, places, length);
    const [gradients, first] = [
      scope.allocate(graded * 4, 'gradients'),
      scope.allocate(floats * 4, `the slots of ${part.name}`),
    ];
    const placed = places.map((place, i) => ({
      ...place,
      gradient: gradients + place.from * 4,
      slots: (offsets[i] ?? []).map((at) => (at < 0 ? 0 : first + at * 4)),
    }));
    for (const [i, [index]] of own.entries()) spots[index] = placed[i] as Spot;
    const run = (some: typeof placed) => runsOf(part, some, length, apart || oneByOne(part));
    fillSlots(part, engine, run(placed));
    const whole = placed.filter(({ byRows }) => byRows !== true);
    const pieces = whole.map(({ gradient, shape }) => ({ gradient, length: sizeOf(shape) }));
    return { gradients, length: graded, runs: run(whole), pieces };
  });
  return { blocks, spots };
}
