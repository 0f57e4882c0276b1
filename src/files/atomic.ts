/** Writes files in Node so that nobody ever sees half of one. */
import type { Stats } from 'node:fs';
import { because, nodeFiles } from './modules.ts';

/** The file that a path leads to. */
interface Target {
  readonly file: string;
  readonly folder: string;
  /** The file that is there now, if any. */
  readonly old: Stats | undefined;
}

/** Names the thing that is in the place of a file. */
export function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/**
 * Follows `path` through symbolic links to the file that a write changes, as the system does, even if that file does not exist yet.
 *
 * @throws Error for anything but a file, and for one that may not be written
 */
async function targetOf(path: string): Promise<Target> {
  const { fs, path: paths } = nodeFiles('writing a file');
  const old = await fs.stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (old !== undefined && !old.isFile()) throw new Error(`${kindOf(old)} is in its place`);
  let file = old === undefined ? path : await fs.realpath(path);
  for (;;) {
    const link = await fs.readlink(file).catch(() => undefined);
    if (link === undefined) break;
    file = paths.isAbsolute(link) ? link : `${paths.dirname(file)}/${link}`;
  }
  if (file.endsWith('/') || file.endsWith(paths.sep))
    throw new Error('a name that ends with a slash is that of a folder');
  if (old !== undefined) await fs.access(file, fs.constants.W_OK);
  const folder = await fs.realpath(paths.dirname(file));
  return { file: paths.join(folder, paths.basename(file)), folder, old };
}

/** @throws Error that says why `path` cannot be written; writes nothing */
export async function checkWritable(path: string): Promise<void> {
  await attempt(path, () => targetOf(path));
}

/**
 * Writes `bytes` to a temporary file in the same folder, flushes it to the disk and renames it: readers of `path` find the old content or
 * all of the new, whatever happens in between. The file keeps its mode and owner; until it is whole, nobody else can read it. Only a
 * process that is killed during a write leaves a temporary file behind.
 *
 * @throws Error that names the file and says why; the old content is then still there
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  await attempt(path, async () => {
    const target = await targetOf(path);
    const { fs, path: paths } = nodeFiles('writing a file');
    // a part of the name only: names may have 255 bytes, and each of these 50 characters at most three
    const name = `.${paths.basename(target.file).slice(0, 50)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    const temporary = paths.join(target.folder, name);
    try {
      await writeTemporary(temporary, bytes, target.old);
      await fs.rename(temporary, target.file);
    } catch (error) {
      await fs.rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await keepNames(target.folder);
  });
}

async function writeTemporary(path: string, bytes: Uint8Array | string, old: Stats | undefined): Promise<void> {
  const { fs } = nodeFiles('writing a file');
  // not every file system has modes and owners
  const permit = (mode: number) => fs.chmod(path, mode & 0o7777).catch(() => undefined);
  const file = await fs.open(path, 'wx', old === undefined ? 0o666 : 0o600);
  try {
    const { mode, uid, gid } = old ?? (await fs.stat(path));
    if (old === undefined) await permit(0o600);
    await file.writeFile(bytes);
    if (old !== undefined) await fs.chown(path, uid, gid).catch(() => undefined);
    await permit(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Calls `run`, which writes to `path`, so that Errors name the path. */
export async function attempt<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const where = nodeFiles('writing a file').path.resolve(path);
    throw new Error(`${where}: cannot be written (${because(error)})`, { cause: error });
  }
}

/** Flushes the names in a folder to the disk too. Systems without such a call, like Windows, do it by themselves. */
export async function keepNames(folder: string): Promise<void> {
  const opened = await nodeFiles('writing a file')
    .fs.open(folder, 'r')
    .catch(() => undefined);
  try {
    await opened?.sync();
  } catch {
    // the file itself is on the disk
  } finally {
    await opened?.close();
  }
}
