/** How samples get into memory, and the program over them: a step with a loss, or a prediction. */
import type { Room, Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Built } from './parameters.ts';
import { recordPrediction, recordStep } from './record.ts';
import { checkInputs, type Placed, placeInputs, placeSamples, type Samples } from './samples.ts';
import type { ModelState } from './state.ts';
import { fittingTo } from './training.ts';

export interface Sink {
  readonly place: (room: Room, samples: Samples) => Placed;
  /** Records a program for batches of up to `size` rows like those. */
  readonly record: (scope: Scope, placed: Placed, size: number) => Program;
}

/** A step over samples like `first`, for training or evaluation. `of` precedes `x` and `y` in messages. */
export function stepSink(state: ModelState, first: Samples, of: string, trains: boolean): Sink {
  const built = state.modelFor(first.x);
  const training = trains ? state.ready(first.x) : state.trained();
  const { outputNames } = state.structure;
  const heads = fittingTo(built, outputNames, training, of, first.y);
  return {
    place: (room, samples) => placeSamples(built, room, heads, outputNames, samples, of),
    record: (scope, placed, size) => recordStep(built, { ...training, heads }, scope, placed, size, trains),
  };
}

/** A prediction of the values with these numbers; `found` gets their addresses. */
export const predictionSink = (
  built: Built,
  numbers: readonly number[],
  found: (addresses: readonly number[]) => void,
): Sink => ({
  place(room, { x }) {
    const inputs = checkInputs(built, '', x);
    const [count = 0] = inputs[0]?.shape ?? [];
    return { count, inputs: inputs.map((input) => placeInputs(built.engine, room, input)), targets: [] };
  },
  record(scope, { inputs }, size) {
    const { program, outputs } = recordPrediction(built, scope, inputs, size, numbers);
    found(outputs);
    return program;
  },
});
