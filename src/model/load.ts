/** Makes a model from a file, after checking every byte of the header against its config. */
import type { Runtime } from '../engine/runtime.ts';
import { addressOf, checkNotPage, checkReadOptions, fetchWhole, type ReadOptions } from '../files/fetched.ts';
import { type Counters, checkIterations, Optimizer } from '../optimizers/optimizer.ts';
import { slotsOf } from '../optimizers/slots.ts';
import { sha256Of } from '../sha256.ts';
import { bytesOf, checkInteger, checkNumber, checkOptions, sameShape, show, showShape } from '../validate.ts';
import { compileOptionsFrom, describedWeights, modelCompiledWith } from './from-config.ts';
import type { Functional } from './functional.ts';
import { parseJson, shorten } from './json.ts';
import type { NamedWeight } from './options.ts';
import { type ArrayShape, readSafetensors, type Stored } from './safetensors.ts';
import { DIGEST, FORMAT, OWN, type SavedState, SLOTS, VERSION } from './save.ts';
import type { Sequential } from './sequential.ts';

const WHAT = 'the file';

/** Options of {@link loadModel}; `onProgress` and `signal` are for addresses. */
export interface LoadOptions extends ReadOptions {
  /** Where the model lives. Default: the shared runtime. */
  readonly runtime?: Runtime;
}

/**
 * Loads a model from the bytes of `model.save()`: with its weights and, if it was compiled, ready to train. `fit` with
 * `initialEpoch: model.epoch` and otherwise the same data and options then gives the same bits as never stopping.
 *
 * Files may come from strangers: anything but a whole and consistent model is an Error.
 *
 * @param source the whole file: a Uint8Array, another view of memory, or a buffer; or its address, an `http:`, `https:`, `blob:` or `data:` URL, in a page also one relative
 * to it. A path in Node, or a storage of the browser: `loadModel(await files.read('model.safetensors'))`
 * @throws SyntaxError, TypeError or RangeError for anything but a model of simdescent, for a newer version and for a damaged file;
 * RangeError if there is not enough memory.
 * @example
 * ```ts
 * import { layers, loadModel, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
 * model.compile({ optimizer: 'adam', loss: 'mse' });
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 2 });
 * const twin = await loadModel(await model.save());
 * await twin.fit([[0], [1]], [[1], [3]], { initialEpoch: twin.epoch, epochs: 4 });
 * ```
 * @category Models
 */
export async function loadModel<M extends Sequential | Functional = Sequential>(
  source: ArrayBufferView | ArrayBufferLike | string | URL,
  options: LoadOptions = {},
): Promise<M> {
  checkReadOptions('loadModel', options, ['runtime']);
  const { runtime, ...reading } = options;
  const address = addressOf(source);
  if (address === undefined && typeof source === 'string')
    throw new TypeError(
      `loadModel takes bytes or an address, got ${show(source)}: read a file with await files.read(${show(source)})`,
    );
  const file = address === undefined ? bytesOf('the file of loadModel', source) : await fetchWhole(address, reading);
  checkNotPage(file);
  const stored = readSafetensors(file, WHAT);
  const config = parseJson(own(stored, 'config'), `the config in ${WHAT}`);
  const state = stateOf(parseJson(own(stored, 'state'), `the state in ${WHAT}`));
  const arrays = checkArrays(stored, config, state);
  const model = modelCompiledWith<M>(config, runtime === undefined ? {} : { runtime }, state.optimizer?.frozen);
  try {
    model.restore(state);
    for (const weight of weightsIn(model)) fill(weight, stored, '');
    if (state.optimizer !== undefined && model.built) for (const slot of model.slots) fill(slot, stored, SLOTS);
    for (const [key, text] of stored.metadata)
      if (key !== 'format' && !key.startsWith(OWN)) model.metadata.set(key, text);
    // last, because it takes time: if the caller changes `bytes` meanwhile, that is an Error, not another model
    await checkDigest(stored, arrays);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** One of our entries in the metadata, if the file is ours. */
function own({ metadata }: Stored, key: string): string {
  const [format, version] = [metadata.get('format'), metadata.get(`${OWN}version`)];
  const text = metadata.get(OWN + key);
  if (format !== FORMAT)
    throw new RangeError(`${WHAT} does not hold a model of simdescent, at most arrays without their meaning`);
  if (version !== VERSION)
    throw new RangeError(
      `${WHAT} is of version ${shorten(version ?? '(none)')}, this simdescent reads version ${VERSION}`,
    );
  if (text === undefined) throw new RangeError(`${WHAT} has no ${key} in its metadata`);
  return text;
}

function stateOf(value: unknown): SavedState {
  const what = `the state in ${WHAT}`;
  checkOptions(what, value, ['epoch', 'steps', 'optimizer']);
  const { epoch, steps, optimizer } = value as SavedState;
  checkInteger('epoch', epoch, 0);
  checkInteger('steps', steps, 0, 4294967295);
  if (optimizer === undefined) return { epoch, steps };
  checkOptions(`${what}: optimizer`, optimizer, ['iterations', 'momentumProduct', 'parts', 'frozen']);
  const { frozen, ...counters } = optimizer;
  checkCounters(`${what}: optimizer`, counters);
  if (frozen === undefined) return { epoch, steps, optimizer: counters };
  const named = Array.isArray(frozen) && frozen.every((name) => typeof name === 'string');
  if (!named) throw new TypeError(`${what}: frozen must be names of layers, got ${show(frozen)}`);
  return { epoch, steps, optimizer: { ...counters, frozen } };
}

function checkCounters(what: string, counters: Counters): void {
  checkOptions(what, counters, ['iterations', 'momentumProduct', 'parts']);
  const { iterations, momentumProduct, parts = [] } = counters;
  checkIterations(iterations);
  checkNumber('momentumProduct', momentumProduct, 0, 1);
  if (!Array.isArray(parts)) throw new TypeError(`${what}: parts must be an array, got ${show(parts)}`);
  for (const part of parts) checkCounters(`${what}: a part`, part);
}

/** Checks that the file holds exactly the arrays of the model that its config describes; returns them in the order of the model. */
function checkArrays({ arrays }: Stored, config: unknown, { optimizer }: SavedState): readonly ArrayShape[] {
  const weights = describedWeights(config);
  const expected: ArrayShape[] = [...weights];
  if (optimizer !== undefined) {
    const { compile } = config as { readonly compile?: unknown };
    if (compile === undefined) throw new RangeError(`${WHAT} has the state of an optimizer, but no optimizer`);
    const { optimizer: made } = compileOptionsFrom(compile);
    if (!(made instanceof Optimizer)) throw new TypeError(`${WHAT} describes no optimizer`);
    const frozen = new Set(optimizer.frozen);
    const trained = weights.filter(({ layer, trainable }) => trainable && !frozen.has(layer));
    for (const { name, shape } of slotsOf(made, trained)) expected.push({ name: SLOTS + name, shape });
    const [wanted, got] = [made.parts.length, optimizer.parts?.length ?? 1];
    if (wanted !== got)
      throw new RangeError(`${WHAT} has counters of ${got} optimizers, its config describes ${wanted}`);
  }
  for (const { name, shape } of expected) {
    const found = arrays.get(name);
    if (found === undefined) throw new RangeError(`${WHAT} has no array '${shorten(name)}', which its config asks for`);
    if (!sameShape(found.shape, shape))
      throw new RangeError(`${WHAT}: '${shorten(name)}' must be ${showShape(shape)}, got ${showShape(found.shape)}`);
  }
  if (arrays.size === expected.length) return expected;
  const names = new Set(expected.map(({ name }) => name));
  const strange = [...arrays.keys()].find((name) => !names.has(name));
  throw new RangeError(`${WHAT} has an array '${shorten(strange ?? '')}' that its config does not describe`);
}

/** Compares the arrays with their SHA-256, which older files lack. */
async function checkDigest({ arrays, metadata }: Stored, order: readonly ArrayShape[]): Promise<void> {
  const expected = metadata.get(OWN + DIGEST);
  if (expected === undefined) return;
  const got = await sha256Of(joined(order.map(({ name }) => arrays.get(name)?.bytes ?? new Uint8Array(0))));
  if (got === expected) return;
  throw new RangeError(
    `${WHAT} is damaged: expected arrays of SHA-256 ${show(expected)}, got '${got}'; ` +
      `if you have changed them yourself, remove '${OWN}${DIGEST}' from its metadata`,
  );
}

/** Joins adjacent views of one buffer. */
function joined(views: readonly Uint8Array[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const view of views) {
    const last = parts.at(-1);
    if (last === undefined || last.byteOffset + last.length !== view.byteOffset) parts.push(view);
    else parts[parts.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + view.length);
  }
  return parts;
}

const weightsIn = (model: Sequential | Functional): readonly NamedWeight[] => (model.built ? model.weights : []);

function fill({ name, tensor: { data } }: NamedWeight, { arrays }: Stored, prefix: string): void {
  const stored = arrays.get(prefix + name);
  if (stored === undefined) throw new Error(`${WHAT} has no array '${prefix}${name}'`);
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(stored.bytes);
}
