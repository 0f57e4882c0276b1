/** Calls on one batch, at once: `predictOnBatch`, `trainOnBatch`, `testOnBatch`. */
import { checkOptions, sizeOf } from '../validate.ts';
import type { BatchOptions, ModelData, Predictions } from './options.ts';
import type { Logs } from './progress.ts';
import { predictionSink, stepSink } from './sinks.ts';
import type { ModelState } from './state.ts';

/** The outputs for one batch. */
export function predictOnBatch(state: ModelState, x: ModelData): readonly Predictions[] {
  state.boundary.force();
  const { engine, structure } = state;
  const built = state.modelFor(x);
  const { outputs, shapes } = built.network;
  const of = outputs.map((number) => shapes[number] ?? []);
  let addresses: readonly number[] = [];
  const sink = predictionSink(built, outputs, (found) => {
    addresses = found;
  });
  let count = 0;
  const { views } = state.batches.run(
    'predict',
    { x },
    { inputs: structure.inputNames, outputs: [] },
    (room, samples) => {
      const placed = sink.place(room, samples);
      count = placed.count;
      return placed;
    },
    (scope, placed) => {
      const program = sink.record(scope, placed, count);
      return { program, views: of.map((shape, i) => engine.f32(addresses[i] ?? 0, sizeOf(shape) * count)) };
    },
  );
  return views.map((view, i) => ({ data: view.slice(), shape: [count, ...(of[i] ?? [])] }));
}

/** Loss and metrics of one batch; updates the weights if it `trains`. */
export function stepOnBatch(
  state: ModelState,
  x: ModelData,
  y: ModelData,
  options: BatchOptions,
  trains: boolean,
): Logs {
  const of = trains ? 'trainOnBatch' : 'testOnBatch';
  checkOptions(of, options, ['sampleWeight', 'classWeight']);
  state.check();
  if (state.fitting && trains) throw new Error(`${state.name} is being trained already`);
  state.boundary.force();
  const samples = { x, y, ...options };
  const sink = stepSink(state, samples, '', trains);
  const { program } = state.batches.run(
    of,
    samples,
    state.portNames,
    sink.place,
    (scope, placed) => ({ program: sink.record(scope, placed, placed.count) }),
    (step) => {
      step.step = state.steps;
    },
  );
  if (trains) state.steps = program.step;
  return program.logs();
}
