/** NumPy's format for several arrays: a ZIP archive with a .npy file for each. fflate packs and unpacks it. */
import { type UnzipFileInfo, unzipSync, type Zippable, zipSync } from 'fflate/browser';
import { checkBoolean, checkInteger, checkKind, checkOptions, isError, isObject, show } from '../../validate.ts';
import type { Features } from '../preprocessing/scaler.ts';
import type { Samples, Shaped } from '../rows.ts';
import { bytesFrom, nameOf, type Source } from '../source.ts';
import { parseNpy, writeNpy } from './npy.ts';

/** Deflate packs at most so many bytes into one. */
const MOST_PACKED = 1032;
const SUFFIX = /\.npy$/;
/** The first year that ZIP can name, as NumPy has it: files do not depend on when they are written. */
const NEVER = '1980-01-01T00:00:00';

/** Options of {@link readNpz}. */
export interface ReadNpzOptions {
  /** Bytes that all arrays together may take, so that a small file cannot ask for all memory. Default 2^31. */
  readonly maxBytes?: number;
  /** Names of the arrays to read. Default all. */
  readonly only?: readonly string[];
}

/**
 * Reads the arrays that NumPy saved with `np.savez` or `np.savez_compressed`; see {@link readNpy} for their elements.
 *
 * @param source a path or an address, a URL, a File or Blob, a Response, bytes, or a stream of bytes
 * @returns the arrays by their names
 * @throws Error if the source cannot be read; SyntaxError, TypeError or RangeError for anything but an archive of arrays of numbers, or one that is damaged
 * or larger than `maxBytes`
 * @example
 * ```ts
 * import { readNpz, writeNpz } from 'simdescent/data';
 * const { x, y } = await readNpz(writeNpz({ x: [[1, 2]], y: Uint8Array.of(7) }));
 * ```
 * @category Files
 */
export async function readNpz(source: Source, options: ReadNpzOptions = {}): Promise<Record<string, Samples>> {
  checkOptions('readNpz', options, ['maxBytes', 'only']);
  const { maxBytes = 2 ** 31, only } = options;
  checkInteger('maxBytes', maxBytes, 0);
  if (only !== undefined) checkKind(Array.isArray(only), 'only', 'an array of names', only);
  return parseNpz(await bytesFrom('readNpz', source), nameOf(source), maxBytes, only);
}

/** @param name how Errors name the file */
function parseNpz(
  bytes: Uint8Array,
  name: string,
  maxBytes: number,
  only?: readonly string[],
): Record<string, Samples> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b)
    throw new SyntaxError(`${name}: expected a ZIP archive of arrays (.npz), got ${bytes.length} other bytes`);
  let packed = 0;
  let unpacked = 0;
  const seen = new Set<string>();
  const filter = (entry: UnzipFileInfo): boolean => {
    const key = entry.name.replace(SUFFIX, '');
    if (seen.has(key)) throw new RangeError(`${name} has ${show(key)} twice`);
    seen.add(key);
    if (!SUFFIX.test(entry.name) || (only !== undefined && !only.includes(key))) return false;
    packed += entry.size;
    unpacked += entry.originalSize;
    if (packed > bytes.length || entry.originalSize > entry.size * MOST_PACKED)
      throw new RangeError(`${name}: ${show(key)} claims more bytes than the file can hold`);
    if (unpacked > maxBytes)
      throw new RangeError(`${name}: its arrays take more than ${maxBytes} bytes; { maxBytes } allows more`);
    return true;
  };
  const files = unzipped(bytes, name, filter);
  const missing = only?.find((key) => !Object.hasOwn(files, `${key}.npy`));
  if (missing !== undefined) throw new RangeError(`${name} has no array ${show(missing)}: it has ${show([...seen])}`);
  const arrays = Object.entries(files).map(([file, content]) => {
    const key = file.replace(SUFFIX, '');
    return [key, parseNpy(content, `${name}: ${show(key)}`)] as const;
  });
  return Object.fromEntries(arrays);
}

function unzipped(bytes: Uint8Array, name: string, filter: (entry: UnzipFileInfo) => boolean) {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    // ours name the file
    if (isError(error) && error.message.startsWith(name)) throw error;
    throw new SyntaxError(`${name} is a damaged ZIP archive`, { cause: error });
  }
}

/** Options of {@link writeNpz}. */
export interface WriteNpzOptions {
  /** Whether the arrays are packed, as by `np.savez_compressed`. Default false. */
  readonly compress?: boolean;
}

/**
 * The bytes of several arrays as `np.load` reads them; see {@link writeNpy} for their elements.
 *
 * @param arrays by their names
 * @throws TypeError or RangeError for anything but arrays of numbers
 * @example
 * ```ts
 * import { files } from 'simdescent';
 * import { writeNpz } from 'simdescent/data';
 * await files.write('split.npz', writeNpz({ x: [[1, 2], [3, 4]], y: Uint8Array.of(0, 1) }, { compress: true }));
 * ```
 * @category Files
 */
export function writeNpz(
  arrays: Readonly<Record<string, Features | Shaped>>,
  options: WriteNpzOptions = {},
): Uint8Array<ArrayBuffer> {
  checkKind(isObject(arrays) && !Array.isArray(arrays), 'arrays', 'an object of arrays by names', arrays);
  checkOptions('writeNpz', options, ['compress']);
  const { compress = false } = options;
  checkBoolean('compress', compress);
  const entries: Zippable = {};
  for (const [key, array] of Object.entries(arrays)) {
    if (key === '' || key === '__proto__' || /[\\/\0]/.test(key))
      throw new RangeError(`an array cannot be named ${show(key)} in an archive`);
    entries[`${key}.npy`] = writeNpy(array);
  }
  return zipSync(entries, { level: compress ? 6 : 0, mtime: NEVER }) as Uint8Array<ArrayBuffer>;
}
