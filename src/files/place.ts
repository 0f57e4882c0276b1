/** Places of files: a path, or a name in a storage of the browser. */
import { checkKind } from '../validate.ts';
import { attempt, checkWritable } from './atomic.ts';
import { makeFolder } from './make-folder.ts';
import { isNode, nodeFiles } from './modules.ts';
import { download, indexedDb, opfs, type Storage } from './storage.ts';

const storages: ReadonlyMap<string, Storage> = new Map([
  ['opfs', opfs],
  ['indexeddb', indexedDb],
  ['download', download],
]);

/** A storage of the browser and a name in it, or undefined for a path. */
export function placeOf(where: string): { readonly storage: Storage; readonly name: string } | undefined {
  const place = 'a path, or a name that begins with opfs:, indexeddb: or download:';
  checkKind(typeof where === 'string' && where !== '', 'the place of a file', place, where);
  const colon = where.indexOf(':');
  const storage = colon < 0 ? undefined : storages.get(where.slice(0, colon));
  const name = where.slice(colon + 1);
  if (storage !== undefined) {
    if (!/^[^/\\]+$/.test(name) || name === '.' || name === '..')
      throw new RangeError(`'${where}' needs a name without slashes behind the colon`);
    return { storage, name };
  }
  if (isNode()) return undefined;
  throw new Error(
    `'${where}' is a path, and there is no file system here: use opfs:NAME, indexeddb:NAME or download:NAME`,
  );
}

/**
 * Makes the folder of `where` and checks that the file can be written. If only the first `known` characters of the name are final, it does
 * so for the folder that they name.
 *
 * @throws Error that names the place and says why it cannot be written
 */
export async function prepareWrite(where: string, known = where.length): Promise<void> {
  if (placeOf(where) !== undefined) return;
  const { fs, path } = nodeFiles('writing a file');
  const whole = known === where.length;
  const folder = path.dirname(path.resolve(whole ? where : `${where.slice(0, known)}x`));
  await attempt(folder, async () => {
    await makeFolder(folder);
    await fs.access(folder, fs.constants.W_OK);
  });
  if (whole) await checkWritable(where);
}
