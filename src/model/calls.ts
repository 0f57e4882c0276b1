/** Calls over whole data that train nothing: `evaluate`, `predict` and the outputs of layers. */
import { arraysIn, dataOf, feedOf, overData, type RunOptions, runOptions } from './feeding.ts';
import type { Network } from './network.ts';
import type { EvaluateOptions, LayerOutput, ModelData, StreamOptions } from './options.ts';
import { collectOutputs } from './outputs.ts';
import { runPass } from './passes.ts';
import type { Logs } from './progress.ts';
import { type Samples, tensorsOf } from './samples.ts';
import { predictionSink, type Sink } from './sinks.ts';
import type { ModelState } from './state.ts';
import type { BatchSource } from './stream.ts';

/** A value of the network, and its public name. */
interface Picked {
  readonly name: string;
  readonly number: number;
}

export async function evaluate(
  state: ModelState,
  x: ModelData | BatchSource<unknown>,
  y: ModelData | undefined,
  options: EvaluateOptions & StreamOptions,
): Promise<Logs> {
  const data = dataOf('evaluate', x, y, options.sampleWeight, options);
  const { batchSize, signal } = runOptions(state, 'evaluate', options, ['sampleWeight', 'steps']);
  const read = tensorsOf(arraysIn(data));
  const run = { signal, check: () => state.check(read) };
  return overData(
    state,
    signal,
    (opening) => feedOf(state, opening, data, { passes: 1, batchSize, run }),
    async (feed) => (await state.boundary.hold(() => runPass({ ...run, feed }))).logs,
  );
}

/** Runs `x` through the model and collects the values whose numbers `pick` gives. */
export async function outputsOf(
  state: ModelState,
  of: string,
  x: ModelData | BatchSource<unknown>,
  options: StreamOptions,
  { batchSize, signal }: RunOptions,
  pick: (network: Network) => readonly Picked[],
): Promise<LayerOutput[]> {
  const data = dataOf(of, x, [], undefined, options);
  const read = tensorsOf(arraysIn(data));
  const run = { signal, check: () => state.check(read) };
  let addresses: readonly number[] = [];
  const sinkFor = (first: Samples): Sink => {
    const built = state.modelFor(first.x);
    const numbers = pick(built.network).map(({ number }) => number);
    return predictionSink(built, numbers, (found) => {
      addresses = found;
    });
  };
  return overData(
    state,
    signal,
    async (opening) => {
      const feed = await feedOf(state, opening, data, { passes: 1, batchSize, run, sinkFor });
      const { network } = state.model();
      const values = pick(network).map(({ name, number }, i) => ({
        name,
        shape: network.shapes[number] ?? [],
        at: () => addresses[i] ?? 0,
      }));
      return { feed, values };
    },
    (pass) => state.boundary.hold(() => collectOutputs({ ...run, ...pass }, state.engine)),
  );
}
