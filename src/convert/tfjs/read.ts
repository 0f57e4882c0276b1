/** Reads layers models of TensorFlow.js. */
import { show } from '../../validate.ts';
import { collect, fileOf } from '../described.ts';
import { type Files, readerOf } from '../files.ts';
import { weightNames } from '../keras/classes.ts';
import { TFJS } from '../keras/dialect.ts';
import { modelFrom } from '../keras/read-model.ts';
import { fields, jsonFrom } from '../refusal.ts';
import { classesOf, findByName } from '../weight-names.ts';
import { readWeights } from './weights.ts';

/** What `model.json` says the model is. */
function topologyIn(json: unknown): unknown {
  const { format, modelTopology } = fields('model.json', json);
  const topology = fields('modelTopology', modelTopology);
  if (format === 'graph-model' || Object.hasOwn(topology, 'node'))
    throw new RangeError(
      'model.json holds a graph model: it can compute, but has no layers and cannot be trained; convert the model that it was made from as a layers model',
    );
  // the converter of TensorFlow.js keeps what Keras wrote
  return topology.model_config ?? topology;
}

/**
 * Reads a layers model of TensorFlow.js, as `model.save()` and tensorflowjs_converter write it: `model.json` and its shards,
 * quantized or not. Returns a file for `loadModel`; the optimizer's state is left out.
 *
 * @param files the model's files by name, or a function that gets the file of a name; it is first asked for `model.json`
 * @throws RangeError for a graph model, for layers that this library lacks, and for weights that do not fit; SyntaxError or TypeError for
 * what is no such model.
 * @example
 * ```ts
 * import { loadModel } from 'simdescent';
 * import { fromTfjs } from 'simdescent/convert';
 * const read = async (name: string) => (await fetch(`https://example.org/model/${name}`)).arrayBuffer();
 * const load = async () => loadModel(await fromTfjs(read));
 * ```
 */
export async function fromTfjs(files: Files): Promise<Uint8Array<ArrayBuffer>> {
  const read = readerOf(files);
  const json = jsonFrom('model.json', await read('model.json'));
  const config = modelFrom(topologyIn(json), TFJS);
  const stored = await readWeights(fields('model.json', json).weightsManifest, read);
  const classes = classesOf(config);
  const used = new Set<string>();
  const weights = collect(config, ({ name, layer }) => {
    const own = weightNames(classes.get(layer) ?? '', name.slice(layer.length + 1));
    const found = findByName(stored, layer, own);
    used.add(found.name);
    return found.array;
  });
  const strange = [...stored.keys()].find((name) => !used.has(name));
  if (strange !== undefined) throw new RangeError(`no layer of the model has the weight ${show(strange)}`);
  return fileOf({ config, weights });
}
