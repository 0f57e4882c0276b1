/** Loads a model from its file or its address. */
import { addressOf, checkNotPage, checkReadOptions, fetchWhole, type ReadOptions } from '../files/fetched.ts';
import { bytesOf, show } from '../validate.ts';
import { readForward } from './forward-file.ts';
import { type Prediction, PredictionModel } from './model.ts';

/**
 * Loads what `model.save()` of simdescent has written, to predict with it. The file says itself how: models of any layers, a user's own among
 * them, need none of their code. It runs on one thread, in a memory of its own.
 *
 * @param source the whole file: a Uint8Array, another view of memory, or a buffer; or its address, an `http:`, `https:`, `blob:` or `data:` URL, in a page also
 * one relative to it
 * @throws SyntaxError, TypeError or RangeError for anything but a model that simdescent has saved after it was built; Error if the address cannot be read.
 * For the type of a model with several outputs, write `loadModel<Prediction[]>(…)`.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * import { loadModel } from 'simdescent/predict';
 * const trained = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
 * const file = await trained.save({ includeOptimizer: false });
 * const model = await loadModel(file); // in a page: loadModel('model.safetensors')
 * const { data, shape } = await model.predict([[1, 2, 3]]);
 * model.dispose();
 * ```
 */
export async function loadModel<P = Prediction>(
  source: ArrayBufferView | ArrayBufferLike | string | URL,
  options: ReadOptions = {},
): Promise<PredictionModel<P>> {
  checkReadOptions('loadModel', options);
  const address = addressOf(source);
  if (address === undefined && typeof source === 'string')
    throw new TypeError(`loadModel takes bytes or an address, got ${show(source)}: read a file first`);
  const file = address === undefined ? bytesOf('the file of loadModel', source) : await fetchWhole(address, options);
  checkNotPage(file);
  return new PredictionModel<P>(readForward(file));
}
