/** The files that a model is in: those that it names must lie beside it. */
import { bytesOf, checkKind, isObject, show, tagOf } from '../validate.ts';

/**
 * Files by name, or a function that gets the file of a name: from a folder, from a server.
 */
export type Files =
  | ReadonlyMap<string, Uint8Array>
  | Readonly<Record<string, Uint8Array>>
  | ((name: string) => Promise<ArrayBufferView | ArrayBufferLike> | ArrayBufferView | ArrayBufferLike);

/** @throws RangeError for a name that leads out of the model's folder */
function checkInside(name: string): void {
  const parts = name.split('/');
  const leaves = parts.some((part) => part === '..' || part === '.' || part === '');
  // a scheme, a drive, an absolute path, or separators of another system; `%2e%2e` would be decoded by a server
  if (leaves || /[\\:?#%\0]/.test(name))
    throw new RangeError(`the file ${show(name)} lies outside of the model's folder, expected names of files in it`);
}

/** Reads files; those that a model names must lie beside it. */
export function readerOf(files: Files): (name: string) => Promise<Uint8Array> {
  checkKind(
    isObject(files) || typeof files === 'function',
    'the files of the model',
    'a Map, an object or a function',
    files,
  );
  return async (name) => {
    checkInside(name);
    if (typeof files === 'function') return bytesOf(`the file ${show(name)}`, await files(name));
    const own = tagOf(files) === 'Map' ? (files as ReadonlyMap<string, Uint8Array>).get(name) : undefined;
    const found =
      own ?? (Object.hasOwn(files, name) ? (files as Readonly<Record<string, Uint8Array>>)[name] : undefined);
    if (found === undefined) throw new RangeError(`the file ${show(name)} of the model is missing`);
    return bytesOf(`the file ${show(name)}`, found);
  };
}
