/** The weights of a TensorFlow.js model: shards joined, numbers that were quantized restored. */
import { joined } from '../../files/joined.ts';
import { show, sizeOf } from '../../validate.ts';
import type { ArrayOf } from '../described.ts';
import { floatsOf } from '../described.ts';
import { fields, items, shapeFrom, tableOf, text } from '../refusal.ts';

const BYTES: Readonly<Record<string, number>> = tableOf({ float32: 4, uint8: 1, uint16: 2, float16: 2 });

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  /** How it is stored. */
  readonly stored: string;
  readonly scale: number;
  readonly min: number;
}

function specFrom(value: unknown, available: number): Spec {
  const { name, shape, dtype, quantization } = fields('a weight of the model', value);
  const what = `the weight ${show(text('the name of a weight', name))}`;
  if (dtype !== 'float32') throw new RangeError(`${what} is of type ${show(dtype)}, expected float32`);
  const own = { name: String(name), shape: shapeFrom(`the shape of ${what}`, shape, available), scale: 1, min: 0 };
  if (quantization === undefined || quantization === null) return { ...own, stored: dtype };
  const { dtype: stored, scale = 1, min = 0 } = fields(`the quantization of ${what}`, quantization);
  if (stored !== 'uint8' && stored !== 'uint16' && stored !== 'float16')
    throw new RangeError(`${what} is quantized as ${show(stored)}, expected uint8, uint16 or float16`);
  if (!Number.isFinite(scale) || !Number.isFinite(min))
    throw new TypeError(`${what}: scale and min must be numbers, got ${show(scale)} and ${show(min)}`);
  return { ...own, stored, scale: scale as number, min: min as number };
}

/** IEEE 754 half precision as a number. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function numbersOf(bytes: Uint8Array, { stored, scale, min }: Spec): Float32Array {
  if (stored === 'float32') return floatsOf(bytes);
  if (stored === 'uint8') return Float32Array.from(bytes, (one) => one * scale + min);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (_: unknown, i: number) => view.getUint16(2 * i, true);
  const halves = { length: bytes.length / 2 };
  return stored === 'float16'
    ? Float32Array.from(halves, (_, i) => halfOf(number(_, i)))
    : Float32Array.from(halves, (_, i) => number(_, i) * scale + min);
}

/** All weights but an optimizer's, by name. */
export async function readWeights(
  manifest: unknown,
  read: (name: string) => Promise<Uint8Array>,
): Promise<ReadonlyMap<string, ArrayOf>> {
  const weights = new Map<string, ArrayOf>();
  const shards = new Set<string>();
  for (const value of items('weightsManifest', manifest)) {
    const { paths, weights: specs } = fields('a group of weightsManifest', value);
    const names = items('paths of weightsManifest', paths).map((one) => text('a path of weightsManifest', one));
    const pieces: Uint8Array[] = [];
    for (const name of names) {
      if (shards.has(name)) throw new RangeError(`weightsManifest names the shard ${show(name)} twice`);
      shards.add(name);
      pieces.push(await read(name));
    }
    const [first, ...others] = pieces;
    const bytes = first !== undefined && others.length === 0 ? first : joined(pieces);
    let at = 0;
    for (const one of items('weights of weightsManifest', specs)) {
      const spec = specFrom(one, bytes.length);
      const end = at + sizeOf(spec.shape) * (BYTES[spec.stored] ?? 4);
      if (end > bytes.length)
        throw new RangeError(`the weight ${show(spec.name)} ends at byte ${end} of ${bytes.length} in its shards`);
      if (weights.has(spec.name)) throw new RangeError(`two weights are named ${show(spec.name)}`);
      if (Reflect.get(Object(one), 'group') !== 'optimizer')
        weights.set(spec.name, { shape: spec.shape, data: numbersOf(bytes.subarray(at, end), spec) });
      at = end;
    }
    if (at !== bytes.length)
      throw new RangeError(`the shards ${show(names)} hold ${bytes.length} bytes, but their weights end at ${at}`);
  }
  return weights;
}
