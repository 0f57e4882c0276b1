/** Reads the files from a folder, writes them to one, and knows the usual folders. */
import { writeAtomically } from '../../files/atomic.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { largest } from '../download.ts';
import type { DatasetFile } from '../types.ts';
import { isGzip } from '../verify.ts';
import { nodeModules } from './modules.ts';
import { verified } from './verify.ts';

/** No such file: unlike a damaged one, nothing to report. */
export class MissingError extends Error {}

/** The user's cache folder on each system; undefined without a home. */
export function cacheFolder(slug: string): string | undefined {
  const { os, path } = nodeModules();
  const inside = (folder: string) => path.join(folder, 'simdescent', slug);
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return inside(XDG_CACHE_HOME);
  if (process.platform === 'win32' && LOCALAPPDATA) return inside(LOCALAPPDATA);
  try {
    return inside(path.join(os.homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache'));
  } catch {
    return undefined;
  }
}

/** A file on disk, and its verified bytes. */
export interface Content {
  readonly raw: Uint8Array;
  readonly bytes: Uint8Array;
}

/** One file of a folder, either as `.gz` or uncompressed. */
export async function readFrom(folder: string, file: DatasetFile): Promise<Content> {
  const { fs, path } = nodeModules();
  for (const name of [`${file.name}.gz`, file.name]) {
    const where = path.join(folder, name);
    const raw = await readUpTo(where, largest(file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error.code ? new Error(`${where}: cannot be read (${error.code})`) : error;
    });
    if (raw) return { raw, bytes: await verified(raw, file, where) };
  }
  const there = await fs.stat(folder).catch(() => undefined);
  if (!there) throw new MissingError(`${folder}: no such folder`);
  if (!there.isDirectory()) throw new MissingError(`${folder}: not a folder`);
  throw new MissingError(`${folder}: no ${file.name}.gz`);
}

async function readUpTo(where: string, limit: number): Promise<Uint8Array> {
  const { fs } = nodeModules();
  const stat = await fs.stat(where); // before opening it: to open a pipe would wait for somebody to write
  if (!stat.isFile()) throw new Error(`${where}: expected a file, got something else`);
  if (stat.size > limit) throw new Error(`${where}: expected at most ${limit} bytes, got ${stat.size}`);
  return fs.readFile(where);
}

/** Writes a verified file under its `.gz` or plain name. */
export async function keepIn(folder: string, file: DatasetFile, raw: Uint8Array): Promise<void> {
  const { fs, path } = nodeModules();
  const [name, other] = isGzip(raw) ? [`${file.name}.gz`, file.name] : [file.name, `${file.name}.gz`];
  await makeFolder(folder);
  await writeAtomically(path.join(folder, name), raw);
  // a damaged twin would be found again
  await fs.rm(path.join(folder, other), { force: true });
}
