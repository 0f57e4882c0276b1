/** What of a model goes into its file, and how its counters come back. */
import { checkBoolean, checkOptions } from '../validate.ts';
import { forwardOf } from './forward.ts';
import type { SaveOptions } from './options.ts';
import { modelFile, type SavedState } from './save.ts';
import type { ModelState } from './state.ts';
import type { Training } from './training.ts';

/** The layers that were frozen when the model was compiled, if any is or was. */
function frozenIn(state: ModelState, training: Training | undefined): { readonly frozen?: readonly string[] } {
  if (training === undefined) return {};
  const own = state.model().network.leaves.filter(({ layer }) => layer.weights.length > 0);
  const frozen = own.filter(({ layer }) => training.frozen.has(layer));
  if (frozen.length === 0 && own.every(({ layer }) => layer.trainable)) return {};
  return { frozen: frozen.map(({ path }) => path) };
}

/** The bytes of the model's file. */
export async function saveModel(
  state: ModelState,
  options: SaveOptions,
  metadata: ReadonlyMap<string, string>,
): Promise<Uint8Array<ArrayBuffer>> {
  state.check();
  checkOptions('save', options, ['includeOptimizer']);
  const { includeOptimizer = true } = options;
  checkBoolean('includeOptimizer', includeOptimizer);
  const { boundary } = state;
  if (boundary.ahead) await boundary.reach();
  const { compile, ...bare } = state.toConfig();
  const optimizer = includeOptimizer ? state.options?.optimizer : undefined;
  const { built } = state;
  // makes the slots of a model that was built after it was compiled
  const training = optimizer !== undefined && built !== undefined ? state.trained() : undefined;
  return modelFile({
    config: includeOptimizer && compile !== undefined ? { ...bare, compile } : bare,
    weights: built?.weights ?? [],
    slots: training?.slots ?? [],
    state: {
      epoch: state.epoch,
      steps: boundary.running?.program.step ?? state.steps,
      ...(optimizer !== undefined && {
        optimizer: { ...optimizer.counters, ...frozenIn(state, training) },
      }),
    },
    metadata,
    forward: built && forwardOf(built, state.structure.outputNames, bare),
  });
}

/** Restores the counters of a saved model. */
export function restoreModel(state: ModelState, { epoch, steps, optimizer }: SavedState): void {
  state.epoch = epoch;
  state.steps = steps;
  if (optimizer === undefined) return;
  if (state.built !== undefined) state.trained();
  state.options?.optimizer.restore(optimizer);
}
