/**
 * A model as a file: safetensors, with the weights under their names (`dense/kernel`), the optimizer's slots under `optimizer/`
 * (`optimizer/dense/kernel/momentum`), and in the metadata, as JSON, what else it takes to go on as if it had never stopped.
 */
import type { ModelConfig } from './config.ts';
import type { NamedWeight } from './options.ts';
import { writeSafetensors } from './safetensors.ts';

export const FORMAT = 'simdescent';
export const VERSION = '1';
/** What keys of the metadata begin with that are not the user's own. */
export const OWN = 'simdescent.';
export const SLOTS = 'optimizer/';

/** The counters that a training goes on from. */
export interface SavedState {
  /** Epochs finished, of the latest `fit`. */
  readonly epoch: number;
  /** Training steps since the weights were made, modulo 2^32: what dropout counts. */
  readonly steps: number;
  /** What the optimizer counts, if there is one. */
  readonly optimizer?: { readonly iterations: number; readonly momentumProduct: number };
}

export interface SavedModel {
  readonly config: ModelConfig;
  readonly weights: readonly NamedWeight[];
  readonly slots: readonly NamedWeight[];
  readonly state: SavedState;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The bytes of the file: a copy of the weights and slots as they are now. */
export function modelFile({ config, weights, slots, state, metadata }: SavedModel): Uint8Array<ArrayBuffer> {
  for (const [key, text] of metadata) {
    if (typeof key !== 'string' || typeof text !== 'string')
      throw new TypeError(`the metadata of a model must be strings, got ${typeof text} for '${key}'`);
    if (key === 'format' || key === '__proto__' || key.startsWith(OWN))
      throw new RangeError(`'${key}' in the metadata of a model is taken`);
  }
  const arrays = (named: readonly NamedWeight[], prefix = '') =>
    named.map(({ name, tensor: { shape, data } }) => ({ name: prefix + name, shape, data }));
  return writeSafetensors([...arrays(weights), ...arrays(slots, SLOTS)], {
    format: FORMAT,
    [`${OWN}version`]: VERSION,
    [`${OWN}config`]: JSON.stringify(config),
    [`${OWN}state`]: JSON.stringify(state),
    ...Object.fromEntries(metadata),
  });
}
