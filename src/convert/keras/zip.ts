/** The files in a `.keras` file, which is a zip. */
import { type UnzipFileInfo, unzipSync, zipSync } from 'fflate';
import { show } from '../../validate.ts';

const WANTED = ['config.json', 'metadata.json', 'model.weights.h5'];
/** What the smallest archives may hold more than twice their own size: descriptions compress well, weights hardly. */
const SLACK = 2 ** 20;
/** Bytes of the shortest entry of an archive: its header, twice. */
const ENTRY = 76;
/** So that equal models are equal bytes: the first day that a zip can name. */
const DATE = new Date(1980, 0, 1);

/**
 * The files by name.
 *
 * @throws RangeError for anything but a zip with a model of Keras, and for one that would take much more memory than it is long
 */
export function unpackKeras(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b)
    throw new RangeError(`expected a .keras file, which is a zip, got ${bytes.length} bytes that are none`);
  let left = 2 * bytes.length + SLACK;
  // an archive may claim 2^32 of them, or the same one often
  let entries = bytes.length / ENTRY;
  const filter = ({ name, size, originalSize }: UnzipFileInfo) => {
    if (--entries < 0) throw new RangeError(`the .keras file claims more entries than fit into ${bytes.length} bytes`);
    if (!WANTED.includes(name)) return false;
    left -= Math.max(size, originalSize);
    if (left < 0)
      throw new RangeError(`${show(name)} in the .keras file claims ${originalSize} bytes of ${bytes.length}`);
    return true;
  };
  let found: Readonly<Record<string, Uint8Array>>;
  try {
    found = unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof RangeError && /claims/.test(error.message)) throw error;
    throw new RangeError('the .keras file is damaged: it cannot be unpacked', { cause: error });
  }
  const files = new Map(Object.entries(found));
  for (const name of WANTED)
    if (!files.has(name)) throw new RangeError(`the .keras file has no ${name}, expected ${WANTED.join(', ')}`);
  return files;
}

/** The bytes of a zip of these files, not compressed, as Keras writes them. */
export const packKeras = (files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> =>
  zipSync(files, { level: 0, mtime: DATE }) as Uint8Array<ArrayBuffer>;
