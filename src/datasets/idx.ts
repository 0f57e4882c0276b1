/**
 * IDX, the format of the MNIST family, read without copying.
 *
 *   byte 0, 1   0
 *   byte 2      type of the elements; 0x08 is an unsigned byte, the only type in these data sets
 *   byte 3      number of dimensions
 *   then        one big-endian uint32 per dimension, then the elements in row-major order
 */

import { bytesOf } from '../validate.ts';

/** Contents of an IDX file. */
export interface Idx {
  /** The elements, row-major: a view of the parsed bytes. */
  readonly data: Uint8Array;
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
}

const UNSIGNED_BYTE = 0x08;
const OTHER_TYPES: Readonly<Record<number, string>> = {
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

/**
 * Reads an IDX file of unsigned bytes with one dimension (labels) or three (images). It allocates nothing for the
 * elements, and refuses sizes in the header that the file does not have.
 *
 * @param file the whole file, decompressed: a Uint8Array, another view of memory, or a buffer
 * @param options `name`: how Errors name the file
 * @throws TypeError if this is not an IDX file of unsigned bytes, RangeError if the sizes do not fit
 * @example
 * ```ts
 * import { parseIdx } from 'simdescent/datasets';
 * const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9); // unsigned bytes, one axis of 3
 * const { data, shape } = parseIdx(bytes, { name: 'labels' }); // 7, 8, 9 and [3]
 * ```
 * @category Files
 */
export function parseIdx(
  file: ArrayBufferView | ArrayBufferLike,
  { name = 'IDX data' }: { readonly name?: string } = {},
): Idx {
  const bytes = bytesOf(name, file);
  if (bytes.length < 4) throw new RangeError(`${name}: expected an IDX header, got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint8(2);
  const dimensions = view.getUint8(3);
  if (view.getUint16(0) !== 0 || (type !== UNSIGNED_BYTE && !(type in OTHER_TYPES))) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new TypeError(`${name}: expected an IDX file (00 00 08 ..), got one that starts with ${start}`);
  }
  if (type !== UNSIGNED_BYTE) {
    throw new TypeError(`${name}: expected IDX elements of type uint8 (08), got ${OTHER_TYPES[type]}`);
  }
  if (dimensions !== 1 && dimensions !== 3) {
    throw new RangeError(`${name}: expected 1 dimension (labels) or 3 (images), got ${dimensions}`);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    throw new RangeError(`${name}: expected an IDX header of ${header} bytes, got ${bytes.length} bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  // a product past 2^53 is rounded, but still far above the length of any file
  const count = shape.reduce((product, size) => product * size, 1);
  const body = bytes.length - header;
  if (body !== count) {
    throw new RangeError(`${name}: expected ${shape.join(' x ')} elements, got ${body} bytes`);
  }
  return { data: new Uint8Array(bytes.buffer, bytes.byteOffset + header, count), shape };
}
