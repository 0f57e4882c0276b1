/**
 * safetensors, the format of Hugging Face for arrays by name, read without copying:
 *
 *     bytes 0 to 7    u64, little-endian: n, the length of the header
 *     n bytes         the header: JSON, padded with spaces so that the arrays begin on a multiple of 8
 *     then            the arrays one behind the other, row-major, little-endian, no gaps
 *
 *     { "__metadata__": { "format": "...", ... },
 *       "dense/kernel": { "dtype": "F32", "shape": [784, 300], "data_offsets": [0, 940800] }, ... }
 *
 * Only what a file has room for is ever allocated: what its header claims is compared with its length first.
 */
import { sizeOf } from '../validate.ts';
import { type Budget, parseJson, shorten, take } from './json.ts';

/** An array by its name. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What stands in a file; `bytes` are a view of it, float32 in little-endian order, perhaps not aligned. */
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
/** What is kept of an array takes about this much, beside its bytes. */
const VIEW = 200;

/** The bytes of a file. */
export function writeSafetensors(
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, object> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data } of arrays) {
    const begin = end;
    end += data.length * FLOAT;
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((PREFIX + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, PREFIX, start);
  new DataView(bytes.buffer).setUint32(0, start - PREFIX, true);
  new DataView(bytes.buffer).setUint32(4, 0, true);
  bytes.set(text, PREFIX);
  let at = start;
  for (const { data } of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a file of float32 arrays.
 *
 * @param what how Errors call it
 * @throws SyntaxError, TypeError or RangeError if anything in it is not as the format has it
 */
export function readSafetensors(bytes: Uint8Array, what: string, budget: Budget): Stored {
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
  take(budget, length, `the header of ${what}`);
  const header = objectOf(
    `the header of ${what}`,
    parseJson(decoded(bytes, length, what), `the header of ${what}`, budget),
  );
  const metadata = new Map<string, string>();
  const arrays = new Map<string, StoredArray>();
  const spans: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  for (const name of Object.keys(header)) {
    const value = header[name];
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(objectOf(`the metadata of ${what}`, value))) {
        if (typeof text !== 'string')
          throw new TypeError(`${what}: '${shorten(key)}' in the metadata must be a string`);
        metadata.set(key, text);
      }
      continue;
    }
    take(budget, VIEW, what);
    const { shape, begin, end } = entryOf(`${what}: '${shorten(name)}'`, value, data.length);
    spans.push({ name, begin, end });
    arrays.set(name, { shape, bytes: data.subarray(begin, end) });
  }
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let next = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== next)
      throw new RangeError(
        `${what}: '${shorten(name)}' begins at byte ${begin}, where the array before it ends at ${next}`,
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
    // memory that threads share is refused
    const own = bytes.buffer instanceof ArrayBuffer ? text : text.slice();
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(own);
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
function entryOf(what: string, value: unknown, available: number) {
  const entry = objectOf(what, value);
  const strange = Object.keys(entry).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (strange !== undefined) throw new RangeError(`${what} has an unknown field '${shorten(strange)}'`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32')
    throw new RangeError(`${what} must be of type F32${typeof dtype === 'string' ? `, got ${shorten(dtype)}` : ''}`);
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw new RangeError(`${what}: its shape must be an array of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw new RangeError(`${what}: its data_offsets must be two positions`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available)
    throw new RangeError(`${what} is said to lie at bytes ${begin} to ${end} of ${available}`);
  // a product past 2^53 is rounded, but stays far above the length of any file
  if (sizeOf(shape) * FLOAT !== end - begin)
    throw new RangeError(`${what}: shape [${shape.slice(0, 8).join(', ')}] does not fill bytes ${begin} to ${end}`);
  return { shape: shape as readonly number[], begin, end };
}
