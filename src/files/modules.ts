import { isError } from '../validate.ts';

/**
 * Node's modules for files, asked for at run time: an `import 'node:fs'` anywhere in what browsers load would make their
 * bundlers stumble over code that never runs there.
 */
export function nodeFiles(what: string) {
  const builtin = getBuiltin();
  if (!builtin) throw new Error(`${what} needs the file system of Node 20.19 or newer`);
  return { fs: builtin('node:fs/promises'), path: builtin('node:path') };
}

/** Gives Node's own modules, also in Bun and Deno; undefined elsewhere. */
export const getBuiltin = (): typeof process.getBuiltinModule | undefined =>
  typeof process === 'undefined' ? undefined : process.getBuiltinModule;

/** Whether Node's modules exist here. */
export const isNode = (): boolean => getBuiltin() !== undefined;

/** The path of a `file:` URL. */
export function pathOf(url: string): string {
  const builtin = getBuiltin();
  if (!builtin) throw new Error(`${url} is a file, and there is no file system here`);
  return builtin('node:url').fileURLToPath(url);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its place',
  EISDIR: 'a folder is in its place',
  ENOENT: 'no such file or folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be larger than the system allows',
  ELOOP: 'its links lead to each other',
  ENAMETOOLONG: 'the name is too long',
};

/** Why the system refused, in a few words. Errors of the system are like "EIO: i/o error, open '/a'". */
export function because(error: unknown): string {
  const { code, message } = (isError(error) ? error : new Error(String(error))) as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? /^E[A-Z0-9]+: ([^,]+), /.exec(message)?.[1] ?? message;
}
