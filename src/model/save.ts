/**
 * A model as a file: safetensors, with the weights under their names (`dense/kernel`), the optimizer's slots under `optimizer/`
 * (`optimizer/dense/kernel/momentum`), and in the metadata, as JSON, everything else that resuming needs.
 */
import type { Counters } from '../optimizers/optimizer.ts';
import { sha256Of } from '../sha256.ts';
import { isObject, show } from '../validate.ts';
import type { ModelConfig } from './config.ts';
import type { Forward } from './forward.ts';
import { DEEPEST } from './json.ts';
import { headerOf, writeSafetensors } from './safetensors.ts';

export const FORMAT = 'simdescent';
export const VERSION = '1';
/** Prefix of our keys in the metadata. */
export const OWN = 'simdescent.';
export const SLOTS = 'optimizer/';
/** Key of the SHA-256 of the arrays, in the order of the model: weights, then slots. */
export const DIGEST = 'digest';

/** The counters of a training. */
export interface SavedState {
  /** Epochs finished, of the latest `fit`. */
  readonly epoch: number;
  /** Training steps since the weights were made, modulo 2^32; dropout counts by it. */
  readonly steps: number;
  /** The optimizer's counters, if there is one. */
  readonly optimizer?: Counters & {
    /** Layers that were frozen when the model was compiled, if any; their weights have no slots. */
    readonly frozen?: readonly string[];
  };
}

/** A weight or slot with its numbers. */
interface SavedArray {
  readonly name: string;
  readonly tensor: { readonly shape: readonly number[]; readonly data: Float32Array };
}

export interface SavedModel {
  readonly config: ModelConfig;
  readonly weights: readonly SavedArray[];
  readonly slots: readonly SavedArray[];
  readonly state: SavedState;
  readonly metadata: ReadonlyMap<string, string>;
  /** How to predict, if the model is built. */
  readonly forward?: Forward | undefined;
}

/**
 * Refuses a description that json.ts would not read back: names and depth may be anything.
 *
 * @throws RangeError
 */
function checkReadable(value: unknown, depth = 0): void {
  if (!isObject(value)) return;
  const what = 'the description of the model';
  if (depth === DEEPEST) throw new RangeError(`${what} is nested more than ${DEEPEST} deep`);
  if (Object.hasOwn(value, '__proto__')) throw new RangeError(`${what} has the key '__proto__'`);
  for (const one of Object.values(value)) checkReadable(one, depth + 1);
}

/** The bytes of the file: a copy of the weights and slots at the time of the call, and in the metadata the SHA-256 of that copy. */
export async function modelFile({
  config,
  weights,
  slots,
  state,
  metadata,
  forward,
}: SavedModel): Promise<Uint8Array<ArrayBuffer>> {
  for (const [key, text] of metadata) {
    if (typeof key !== 'string' || typeof text !== 'string')
      throw new TypeError(`the metadata of a model must be strings, got ${typeof text} for ${show(key)}`);
    if (key === 'format' || key === '__proto__' || key.startsWith(OWN))
      throw new RangeError(`${show(key)} in the metadata of a model is reserved`);
  }
  const described = JSON.stringify(config);
  checkReadable(JSON.parse(described));
  const named = (of: readonly SavedArray[], prefix = '') =>
    of.map(({ name, tensor: { shape, data } }) => ({ name: prefix + name, shape, data }));
  const arrays = [...named(weights), ...named(slots, SLOTS)];
  const all = new Map([
    ['format', FORMAT],
    [`${OWN}version`, VERSION],
    [`${OWN}config`, described],
    [`${OWN}state`, JSON.stringify(state)],
    ...(forward === undefined ? [] : [[`${OWN}forward`, JSON.stringify(forward)] as const]),
    [`${OWN}${DIGEST}`, '0'.repeat(64)],
    ...metadata,
  ]);
  const bytes = writeSafetensors(arrays, all);
  const { length } = headerOf(arrays, all);
  all.set(`${OWN}${DIGEST}`, await sha256Of([bytes.subarray(length)]));
  bytes.set(headerOf(arrays, all));
  return bytes;
}
