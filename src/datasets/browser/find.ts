/**
 * The four files in a browser: those that the user gave, then Cache Storage, then the page's own origin. Small files
 * come first, so a missing data set shows before 26 MB are downloaded; verified files are cached, so a second try
 * downloads only the missing ones.
 */
import { download } from '../download.ts';
import type { DatasetFile, ImageSet, LoadOptions } from '../types.ts';
import { isGzip } from '../verify.ts';
import { FileCache } from './cache.ts';
import { sha256, unpack, verified } from './verify.ts';

export interface Found {
  /** The uncompressed, verified bytes by file name. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly source: string;
}

export async function findInBrowser({ title, slug, files }: ImageSet, options: LoadOptions): Promise<Found> {
  const { cache: name = `simdescent-${slug}`, timeout = 20_000, files: given = [], signal, onProgress } = options;
  const base = addressOf(options.data ?? `${slug}/`);
  const cache = new FileCache(name);
  const bytes = new Map<string, Uint8Array>();
  const sources = new Set<string>();
  const urlOf = (file: DatasetFile) => new URL(`${file.name}.gz`, base).href;

  for (const blob of given) {
    signal?.throwIfAborted();
    const { file, raw, content } = await recognized(title, files, blob);
    bytes.set(file.name, content);
    sources.add('files of the user');
    await cache.put(urlOf(file), raw);
  }
  for (const file of [...files].sort((a, b) => a.bytes - b.bytes)) {
    if (bytes.has(file.name)) continue;
    signal?.throwIfAborted();
    const url = urlOf(file);
    const kept = await fromCache(cache, url, file);
    if (kept) {
      bytes.set(file.name, kept);
      sources.add('Cache Storage');
      continue;
    }
    const raw = await download(base, file, { timeout, signal, onProgress });
    bytes.set(file.name, await verified(raw, file, url));
    sources.add(base);
    await cache.put(url, raw);
  }
  signal?.throwIfAborted();
  return { bytes, source: [...sources].join(', ') };
}

async function fromCache(cache: FileCache, url: string, file: DatasetFile): Promise<Uint8Array | undefined> {
  const raw = await cache.get(url);
  if (!raw) return undefined;
  try {
    return await verified(raw, file, url);
  } catch {
    await cache.drop(url);
    return undefined;
  }
}

/** Which of the files `blob` is, by its content; its name does not matter. */
async function recognized(title: string, files: readonly DatasetFile[], blob: Blob) {
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'a given file';
  const limit = Math.max(...files.map((file) => file.bytes));
  if (blob.size > limit + 1_000_000)
    throw new Error(`${name}: expected at most ${limit + 1_000_000} bytes, got ${blob.size}`);
  const raw = new Uint8Array(await blob.arrayBuffer());
  const content = isGzip(raw) ? await unpack(raw, limit, name) : raw;
  const digest = await sha256(content);
  const file = files.find((one) => one.sha256 === digest);
  if (!file) throw new Error(`${name}: not one of ${title}'s files, or damaged (SHA-256 ${digest})`);
  return { file, raw, content };
}

/** The absolute address of a folder, with the slash that file names need. */
function addressOf(folder: string): string {
  const page = typeof document === 'undefined' ? globalThis.location?.href : document.baseURI;
  try {
    return new URL(folder.endsWith('/') ? folder : `${folder}/`, page).href;
  } catch {
    throw new Error(`data must be an address, or relative to one, got '${folder}' on ${page}`);
  }
}
