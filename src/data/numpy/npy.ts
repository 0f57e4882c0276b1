/**
 * NumPy's format for one array:
 *
 *     6 bytes    \x93NUMPY
 *     2 bytes    version: 1, 2 or 3, then 0
 *     u16, u32   little-endian: length of the header (u16 in version 1)
 *     header     { 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, padded with spaces to a multiple of 64
 *     then       the elements
 *
 * The reader compares what the header claims with the length of the file before it allocates anything.
 */
import { bytesOf, MOST_AXES, show, sizeOf } from '../../validate.ts';
import { type Numbers, valuesOf } from '../../values.ts';
import type { Features } from '../preprocessing/scaler.ts';
import type { Samples, Shaped } from '../rows.ts';
import { bytesFrom, nameOf, type Source } from '../source.ts';
import { halfToFloat } from './half.ts';

const MAGIC = '\x93NUMPY';
const HEADER =
  /^\s*\{\s*'descr'\s*:\s*'([^']*)'\s*,\s*'fortran_order'\s*:\s*(True|False)\s*,\s*'shape'\s*:\s*\(([\d, ]*)\)\s*,?\s*\}\s*$/;

/** Reads `length` elements of one type that begin at byte 0 of `view`. */
type Reader = (view: DataView, length: number, little: boolean) => Numbers;

interface Type {
  readonly bytes: number;
  readonly read: Reader;
}

const reads =
  <A extends Numbers>(
    Kind: new (length: number) => A,
    get: (view: DataView, at: number, little: boolean) => number,
    bytes: number,
  ): Reader =>
  (view, length, little) => {
    const data = new Kind(length);
    for (let i = 0; i < length; i++) data[i] = get(view, i * bytes, little);
    return data;
  };

/** Integers of 64 bits, as float64 if that holds them. */
const wide =
  (get: 'getBigInt64' | 'getBigUint64'): Reader =>
  (view, length, little) => {
    const data = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const value = view[get](8 * i, little);
      data[i] = Number(value);
      if (!Number.isSafeInteger(data[i]))
        throw new RangeError(`element ${i} is ${value}, more than float64 holds: save it as int32 or float64`);
    }
    return data;
  };

/** By kind and bytes of an element. */
const TYPES: Readonly<Record<string, Type>> = {
  b1: { bytes: 1, read: reads(Uint8Array, (view, at) => view.getUint8(at), 1) },
  u1: { bytes: 1, read: reads(Uint8Array, (view, at) => view.getUint8(at), 1) },
  i1: { bytes: 1, read: reads(Int8Array, (view, at) => view.getInt8(at), 1) },
  u2: { bytes: 2, read: reads(Uint16Array, (view, at, little) => view.getUint16(at, little), 2) },
  i2: { bytes: 2, read: reads(Int16Array, (view, at, little) => view.getInt16(at, little), 2) },
  f2: { bytes: 2, read: reads(Float32Array, (view, at, little) => halfToFloat(view.getUint16(at, little)), 2) },
  u4: { bytes: 4, read: reads(Uint32Array, (view, at, little) => view.getUint32(at, little), 4) },
  i4: { bytes: 4, read: reads(Int32Array, (view, at, little) => view.getInt32(at, little), 4) },
  f4: { bytes: 4, read: reads(Float32Array, (view, at, little) => view.getFloat32(at, little), 4) },
  f8: { bytes: 8, read: reads(Float64Array, (view, at, little) => view.getFloat64(at, little), 8) },
  i8: { bytes: 8, read: wide('getBigInt64') },
  u8: { bytes: 8, read: wide('getBigUint64') },
};

const WRITTEN: Readonly<Record<string, string>> = {
  Uint8Array: '|u1',
  Int8Array: '|i1',
  Uint16Array: '<u2',
  Int16Array: '<i2',
  Uint32Array: '<u4',
  Int32Array: '<i4',
  Float32Array: '<f4',
  Float64Array: '<f8',
};

/**
 * Reads an array that NumPy saved with `np.save`. Integers of 64 bits become float64, those of 16-bit floats float32, booleans 0 and 1;
 * big-endian numbers and Fortran's order are converted.
 *
 * @param source a path or an address, a URL, a File or Blob, a Response, bytes, or a stream of bytes
 * @returns the elements, row-major, and the shape; `[]` for a single number
 * @throws Error if the source cannot be read; SyntaxError, TypeError or RangeError for anything but an array of numbers, for a damaged file, and for integers
 * beyond 2^53
 * @example
 * ```ts
 * import { readNpy, writeNpy } from 'simdescent/data';
 * const { data, shape } = await readNpy(writeNpy([[1, 2], [3, 4]])); // Float64Array 1, 2, 3, 4 and [2, 2]
 * ```
 * @category Files
 */
export async function readNpy(source: Source): Promise<Samples> {
  return parseNpy(await bytesFrom('readNpy', source), nameOf(source));
}

/** @param name how Errors name the file */
export function parseNpy(file: Uint8Array, name: string): Samples {
  const bytes = bytesOf(name, file);
  const { type, little, fortran, shape, body } = headerOf(bytes, name);
  const count = sizeOf(shape);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let data: Numbers;
  try {
    data = type.read(view, count, little);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${name}: ${error.message}`) : error;
  }
  return { data: fortran && shape.length > 1 ? transposed(data, shape) : data, shape, divisor: 1 };
}

function headerOf(bytes: Uint8Array, name: string) {
  const [major = 0, minor = 0] = bytes.subarray(6, 8);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC)
    throw new SyntaxError(`${name}: expected an array in NumPy's format (.npy), got ${bytes.length} other bytes`);
  if (major < 1 || major > 3 || minor !== 0)
    throw new RangeError(`${name}: expected version 1, 2 or 3 of NumPy's format, got ${major}.${minor}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > bytes.length - start || length > LONGEST_HEADER)
    throw new RangeError(`${name}: its header would take ${length} bytes of ${bytes.length}`);
  const text = String.fromCharCode(...bytes.subarray(start, start + length));
  const [, descr = '', order = '', sizes = ''] = HEADER.exec(text) ?? [];
  if (order === '') {
    if (/'descr'\s*:\s*\[/.test(text))
      throw new TypeError(`${name} holds records (a structured dtype): save each field as an array of its own`);
    throw new SyntaxError(`${name}: expected a header of NumPy's format, got ${show(text)}`);
  }
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  if (shape.length > MOST_AXES || !shape.every(Number.isSafeInteger))
    throw new RangeError(`${name}: its shape must be at most ${MOST_AXES} sizes, got ${show(sizes)}`);
  const type = Object.hasOwn(TYPES, descr.slice(1)) ? TYPES[descr.slice(1)] : undefined;
  if (type === undefined || !/^[<>|=]/.test(descr))
    throw new TypeError(
      `${name}: expected numbers, got dtype ${show(descr)}${/O$/.test(descr) ? ' (Python objects)' : ''}; save it as float32, for instance`,
    );
  const body = bytes.subarray(start + length);
  // a product past 2^53 is rounded, but still far above the length of any file
  if (sizeOf(shape) * type.bytes !== body.length)
    throw new RangeError(`${name}: shape ${show(shape)} of ${show(descr)} does not fill ${body.length} bytes`);
  return { type, little: descr[0] !== '>', fortran: order === 'True', shape, body };
}

/** No shape with so few axes needs more. */
const LONGEST_HEADER = 65_535;

/** Elements that lie with their first axis moving fastest, with their last one moving fastest. */
function transposed(data: Numbers, shape: readonly number[]): Numbers {
  const result = data.slice();
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [at = 0, size = 1, stride = 0] = [index[axis], shape[axis], strides[axis]];
      from += stride;
      if (at + 1 < size) {
        index[axis] = at + 1;
        break;
      }
      index[axis] = 0;
      from -= size * stride;
    }
  }
  return result;
}

/**
 * The bytes of an array as `np.load` reads them: elements of the kind of `x.data`, row-major.
 *
 * @param x `{ data, shape }`, a tensor, a typed array, or nested arrays, which become float64
 * @throws TypeError or RangeError for anything else
 * @example
 * ```ts
 * import { files } from 'simdescent';
 * import { writeNpy } from 'simdescent/data';
 * await files.write('predictions.npy', writeNpy({ data: Float32Array.of(0.5, 1), shape: [2, 1] }));
 * ```
 * @category Files
 */
export function writeNpy(x: Features | Shaped): Uint8Array<ArrayBuffer> {
  const { data, shape, divisor } = valuesOf('x', x);
  if (divisor !== 1) throw new RangeError(`x has the divisor ${divisor}, which a .npy file cannot hold`);
  const descr = WRITTEN[data.constructor.name] ?? WRITTEN[Object.prototype.toString.call(data).slice(8, -1)];
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + data.byteLength).fill(0x20, 10, length - 1);
  for (const [i, character] of [...MAGIC, '\x01', '\0'].entries()) bytes[i] = character.charCodeAt(0);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
  bytes[length - 1] = 10;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return bytes;
}
