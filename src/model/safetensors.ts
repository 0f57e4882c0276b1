/**
 * safetensors, Hugging Face's format for named arrays, read without copying:
 *
 *     bytes 0 to 7    u64, little-endian: n, the length of the header
 *     n bytes         the header: JSON, padded with spaces so that the arrays begin on a multiple of 8
 *     then            the arrays one behind the other, row-major, little-endian, no gaps
 *
 *     { "__metadata__": { "format": "...", ... },
 *       "dense/kernel": { "dtype": "F32", "shape": [784, 300], "data_offsets": [0, 940800] }, ... }
 *
 * The reader compares every claim of the header with the length of the file before it allocates anything.
 */
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { show, sizeOf, unshared } from '../validate.ts';
import { JsonReader, shorten } from './json.ts';

/** Name and shape of an array. */
export interface ArrayShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** An array by its name. */
export interface NamedArray extends ArrayShape {
  readonly data: Float32Array;
}

/** An array in a file; `bytes` is a view of it, little-endian float32, maybe unaligned. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Stored {
  readonly metadata: ReadonlyMap<string, string>;
  readonly arrays: ReadonlyMap<string, StoredArray>;
}

const PREFIX = 8;
const FLOAT = 4;
const METADATA = '__metadata__';

/** The prefix and the header of a file; the arrays follow. */
export function headerOf(
  arrays: readonly ArrayShape[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const names = new Set([METADATA]);
  let end = 0;
  const entries = arrays.map(({ name, shape }) => {
    if (names.has(name)) throw new RangeError(`two arrays would be named ${show(name)}; rename one of their layers`);
    names.add(name);
    const begin = end;
    end += sizeOf(shape) * FLOAT;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] })}`;
  });
  const texts = Array.from(metadata, ([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
  const text = encodeUtf8(`{${[`"${METADATA}":{${texts.join(',')}}`, ...entries].join(',')}}`);
  const length = Math.ceil((PREFIX + text.length) / 8) * 8;
  const bytes = new Uint8Array(length).fill(0x20, PREFIX);
  new DataView(bytes.buffer).setUint32(0, length - PREFIX, true);
  bytes.set(text, PREFIX);
  return bytes;
}

/** The bytes of a file. */
export function writeSafetensors(
  arrays: readonly NamedArray[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const header = headerOf(arrays, metadata);
  let at = header.length;
  const bytes = new Uint8Array(arrays.reduce((sum, { data }) => sum + data.byteLength, at));
  bytes.set(header);
  for (const { data } of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a file of float32 arrays.
 *
 * @param what its name in Errors
 * @param isLeftOut names of arrays that may be of any type, and are not returned; by default none
 * @throws SyntaxError, TypeError or RangeError for anything that breaks the format
 */
export function readSafetensors(
  bytes: Uint8Array,
  what: string,
  isLeftOut: (name: string) => boolean = () => false,
): Stored {
  if (bytes.length < PREFIX + 2)
    throw new RangeError(`${what}: expected a safetensors file, got ${bytes.length} bytes`);
  const prefix = new DataView(bytes.buffer, bytes.byteOffset, PREFIX);
  const length = prefix.getUint32(0, true) + prefix.getUint32(4, true) * 4294967296;
  if (length > bytes.length - PREFIX) {
    throw new RangeError(
      `${what}: expected a safetensors file, got one of ${bytes.length} bytes whose header would take ${length}`,
    );
  }
  const data = bytes.subarray(PREFIX + length);
  const header = new JsonReader(decoded(bytes, length, what), `the header of ${what}`);
  const metadata = new Map<string, string>();
  const arrays = new Map<string, StoredArray>();
  const spans: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  const readText = (key: string): void => {
    if (header.next !== '"') throw new TypeError(`${what}: '${shorten(key)}' in the metadata must be a string`);
    metadata.set(key, header.string());
  };
  let described = false;
  header.object(arrays, (name) => {
    if (name === METADATA) {
      if (described) throw new RangeError(`the header of ${what} has the key '${METADATA}' twice`);
      described = true;
      header.object(metadata, readText, `the metadata of ${what}`);
      return;
    }
    const leftOut = isLeftOut(name);
    const { shape, begin, end } = entryOf(`${what}: '${shorten(name)}'`, header.value(), data.length, leftOut);
    spans.push({ name, begin, end });
    if (!leftOut) arrays.set(name, { shape, bytes: data.subarray(begin, end) });
  });
  header.end();
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let next = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== next)
      throw new RangeError(
        `${what}: '${shorten(name)}' begins at byte ${begin}, but the array before it ends at ${next}`,
      );
    next = end;
  }
  if (next !== data.length)
    throw new RangeError(`${what}: its arrays end at byte ${next} of the ${data.length} behind the header`);
  return { metadata, arrays };
}

function decoded(bytes: Uint8Array, length: number, what: string): string {
  try {
    const text = bytes.subarray(PREFIX, PREFIX + length);
    return decodeUtf8(unshared(text));
  } catch {
    throw new SyntaxError(`the header of ${what} is not UTF-8`);
  }
}

function objectOf(what: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${what} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** One array of the header, checked against the `available` bytes of data. */
function entryOf(what: string, value: unknown, available: number, anyType: boolean) {
  const entry = objectOf(what, value);
  const strange = Object.keys(entry).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (strange !== undefined) throw new RangeError(`${what} has an unknown field '${shorten(strange)}'`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32' && !anyType)
    throw new RangeError(`${what} must be of type F32${typeof dtype === 'string' ? `, got ${shorten(dtype)}` : ''}`);
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw new RangeError(`${what}: its shape must be an array of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw new RangeError(`${what}: its data_offsets must be two positions`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available) throw new RangeError(`${what} claims bytes ${begin} to ${end} of ${available}`);
  // a product past 2^53 is rounded, but still far above the length of any file
  if (!anyType && sizeOf(shape) * FLOAT !== end - begin)
    throw new RangeError(`${what}: shape [${shape.slice(0, 8).join(', ')}] does not fill bytes ${begin} to ${end}`);
  return { shape: shape as readonly number[], begin, end };
}
