/** A model between two formats: its description and its weights, in the library's own words. It needs no engine and no memory of a runtime. */
import type { ModelConfig } from '../model/config.ts';
import { describedNetwork, describedWeights } from '../model/from-config.ts';
import { parseJson } from '../model/json.ts';
import type { Network } from '../model/network.ts';
import { readSafetensors } from '../model/safetensors.ts';
import { FORMAT, modelFile, OWN } from '../model/save.ts';
import { bytesOf, checkKind, isObject, sameShape, shorten, showShape, sizeOf } from '../validate.ts';
import type { Savable } from './savable.ts';

/** Numbers with a shape, row-major. */
export interface ArrayOf {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** The elements. */
  readonly data: Float32Array;
}

export interface Described {
  readonly config: ModelConfig;
  /** By their names in the model: `dense/kernel`. */
  readonly weights: ReadonlyMap<string, ArrayOf>;
}

/** Little-endian float32 at any address, as numbers. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** The weights that the description asks for, in the order of the model. */
export const weightsOf = (config: unknown): ReturnType<typeof describedWeights> => describedWeights(config);

/** The computation of a described model, models within replaced by their layers. */
export function networkOf(config: ModelConfig): Network {
  const network = describedNetwork(config);
  if (network === undefined)
    throw new RangeError(`the model ${config.config.name} has no inputShape: build it before you convert it`);
  return network;
}

/** Reads the bytes of `model.save()`. */
export async function describe(source: Savable): Promise<Described> {
  const saves = isObject(source) && 'save' in source && typeof source.save === 'function';
  const bytes = bytesOf(
    'the model to convert',
    saves ? await source.save() : (source as ArrayBufferView | ArrayBufferLike),
  );
  const what = 'the file';
  const { metadata, arrays } = readSafetensors(bytes, what);
  const text = metadata.get(`${OWN}config`);
  if (metadata.get('format') !== FORMAT || text === undefined)
    throw new RangeError(`${what} does not hold a model of simdescent`);
  const config = parseJson(text, `the config in ${what}`);
  const weights = new Map<string, ArrayOf>();
  for (const { name, shape } of weightsOf(config)) {
    const found = arrays.get(name);
    if (found === undefined) throw new RangeError(`${what} has no array '${shorten(name)}', which its config asks for`);
    if (!sameShape(found.shape, shape))
      throw new RangeError(`${what}: '${shorten(name)}' must be ${showShape(shape)}, got ${showShape(found.shape)}`);
    weights.set(name, { shape, data: floatsOf(found.bytes) });
  }
  return { config: config as ModelConfig, weights };
}

/** Finds the array of each weight; `find` returns it, or throws. Checks all shapes. */
export function collect(
  config: unknown,
  find: (weight: ReturnType<typeof weightsOf>[number]) => ArrayOf,
): Map<string, ArrayOf> {
  const weights = new Map<string, ArrayOf>();
  for (const weight of weightsOf(config)) {
    const { name, shape } = weight;
    const { shape: got, data } = find(weight);
    if (sizeOf(got) !== data.length) throw new Error(`${name} has ${data.length} numbers for ${showShape(got)}`);
    if (!sameShape(got, shape))
      throw new RangeError(`the weight '${shorten(name)}' must be ${showShape(shape)}, got ${showShape(got)}`);
    weights.set(name, { shape, data });
  }
  return weights;
}

/** The model as a file that `loadModel` reads. */
export function fileOf({ config, weights }: Described): Promise<Uint8Array<ArrayBuffer>> {
  const all = weightsOf(config).map(({ name }) => {
    const tensor = weights.get(name);
    checkKind(tensor !== undefined, `the weight ${name}`, 'given', tensor);
    return { name, tensor };
  });
  return modelFile({ config, weights: all, slots: [], state: { epoch: 0, steps: 0 }, metadata: new Map() });
}
