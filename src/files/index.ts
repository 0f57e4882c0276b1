/**
 * Where the bytes of a saved model go and come from: a path in Node, Bun and Deno; in a browser `opfs:NAME` (the page's own file
 * system), `indexeddb:NAME`, or `download:NAME`, which hands the file to the user.
 */
import { bytesOf } from '../validate.ts';
import { kindOf, writeAtomically } from './atomic.ts';
import { addressOf, checkReadOptions, fetchWhole, type ReadOptions } from './fetched.ts';
import { because, isNode, nodeFiles, pathOf } from './modules.ts';
import { placeOf } from './place.ts';
import { readWhole } from './read-whole.ts';

async function attempt<T>(where: string, what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${where} cannot be ${what} (${because(error)})`, { cause: error });
  }
}

/**
 * Writes bytes to a path or to a storage of the browser. Whatever happens, the old file or the whole new one is there afterwards. For a path
 * it writes a temporary file, flushes it to the disk and renames it; it follows symbolic links, and the file keeps its mode.
 *
 * @param where a path; or `opfs:NAME`, `indexeddb:NAME`, `download:NAME`
 * @throws Error that names the place and says why it cannot be written; folders, devices, pipes and sockets never are.
 * @example
 * ```ts
 * import { files, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * await files.write('model.safetensors', await model.save());
 * ```
 */
export async function write(where: string, bytes: ArrayBufferView | ArrayBufferLike): Promise<void> {
  const file = bytesOf(`what is written to '${where}'`, bytes);
  const place = placeOf(where);
  if (place === undefined) return writeAtomically(where, file);
  return attempt(where, 'written', () => place.storage.write(place.name, file));
}

/**
 * Reads a file that {@link write} wrote, or any other: from a path, a storage of the browser, or an address (`http:`, `https:`, `blob:`, `data:`, a `URL`). In a page, a name
 * without a scheme is an address relative to the page.
 *
 * @param where a path, an address; or `opfs:NAME`, `indexeddb:NAME`
 * @param options `onProgress` and `signal` are for addresses
 * @throws Error that names the place and says why it cannot be read: the status of the server, a file that ended early, a server that does not let
 * the page read it; the signal's reason.
 * @example
 * ```ts
 * import { files, layers, loadModel, sequential } from 'simdescent';
 * await files.write('model.safetensors', await sequential([layers.dense({ units: 1, inputShape: [2] })]).save());
 * const model = loadModel(await files.read('model.safetensors'));
 * ```
 */
export async function read(where: string | URL, options: ReadOptions = {}): Promise<Uint8Array> {
  checkReadOptions('files.read', options);
  options.signal?.throwIfAborted();
  const address = addressOf(where);
  if (address?.startsWith('file:') && isNode()) return read(pathOf(address));
  if (address !== undefined) return fetchWhole(address, options);
  return readStored(where as string);
}

async function readStored(where: string): Promise<Uint8Array> {
  const place = placeOf(where);
  if (place !== undefined) return attempt(where, 'read', () => place.storage.read(place.name));
  return attempt(where, 'read', () => readWhole(where));
}

/**
 * Removes a file that {@link write} wrote, if it is there.
 *
 * @throws Error that names the place and says why it cannot be removed.
 * @example
 * ```ts
 * import { files } from 'simdescent';
 * await files.remove('model.safetensors');
 * ```
 */
export async function remove(where: string): Promise<void> {
  const place = placeOf(where);
  if (place !== undefined) return attempt(where, 'removed', () => place.storage.remove(place.name));
  return attempt(where, 'removed', async () => {
    const { fs } = nodeFiles('files.remove');
    const stats = await fs.lstat(where).catch(() => undefined);
    if (stats !== undefined && !stats.isFile() && !stats.isSymbolicLink()) throw new Error(`it is ${kindOf(stats)}`);
    await fs.rm(where, { force: true });
  });
}
