/**
 * Where the four files come from, in order: the user's own folder (then only there), the cache, folders of
 * installed packages, the mirrors, Debian's package if that is allowed. If every place fails, one
 * Error lists them all. Files that had to be fetched, or were damaged in the cache, are written to the cache.
 */
import { messageOf } from '../../validate.ts';
import { download, UnreachableError } from '../download.ts';
import type { DatasetFile, ImageSet, LoadOptions } from '../types.ts';
import { unpackDebianPackage } from './debian.ts';
import { cacheFolder, keepIn, MissingError, readFrom } from './folder.ts';
import { nodeModules } from './modules.ts';
import { verified } from './verify.ts';

export interface Found {
  /** The uncompressed, verified bytes by file name. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly source: string;
}

export async function findFiles(set: ImageSet, options: LoadOptions): Promise<Found> {
  options.signal?.throwIfAborted();
  const { path } = nodeModules();
  const search = new Search(set, options);
  const own = process.env[set.variable];
  if (options.data) await search.own(path.resolve(options.data), 'the data folder asked for');
  else if (own) await search.own(path.resolve(own), set.variable);
  else await search.everywhere();
  return { bytes: search.bytes, source: [...search.sources].join(', ') };
}

class Search {
  readonly bytes = new Map<string, Uint8Array>();
  readonly sources = new Set<string>();
  /** Damaged files of the cache, to be written again. */
  private readonly spoilt = new Set<string>();
  /** Why each place failed, one reason a place. */
  private readonly tried = new Map<string, string>();
  private readonly cache: string | undefined;

  constructor(
    private readonly set: ImageSet,
    private readonly options: LoadOptions,
  ) {
    this.cache = options.cache ?? cacheFolder(set.slug);
  }

  async own(folder: string, origin: string): Promise<void> {
    const reading = await Promise.allSettled(this.set.files.map((file) => readFrom(folder, file)));
    this.options.signal?.throwIfAborted();
    for (const [i, read] of reading.entries()) {
      const file = this.set.files[i];
      if (read.status === 'rejected') {
        throw new Error(`${messageOf(read.reason)} (from ${origin}, where nothing is changed)`);
      }
      if (file) this.take(file, read.value.bytes, folder);
    }
  }

  async everywhere(): Promise<void> {
    const { folders = [this.set.folder], mirrors = this.set.mirrors, apt = false, signal } = this.options;
    if (this.cache) await this.fromFolder(this.cache);
    for (const folder of folders) await this.fromFolder(folder);
    for (const mirror of mirrors) await this.fromMirror(mirror);
    if (apt) await this.fromDebian();
    signal?.throwIfAborted();
    const missing = this.missing();
    if (missing.length > 0) {
      const names = missing.map((file) => file.name).join(', ');
      const why = [...this.tried.values()].join('; ') || 'nowhere to look';
      throw new Error(
        `${this.set.title}: ${names} not found. Tried: ${why}\n` +
          `${this.set.install === undefined ? 'Put' : `${this.set.install}, or put`} the four files, .gz or not, into a folder, and name it as data (--data) or in ${this.set.variable}`,
      );
    }
  }

  private missing(): DatasetFile[] {
    return this.set.files.filter((file) => !this.bytes.has(file.name));
  }

  private take(file: DatasetFile, bytes: Uint8Array, source: string): void {
    this.bytes.set(file.name, bytes);
    this.sources.add(source);
  }

  private async fromFolder(folder: string): Promise<void> {
    this.options.signal?.throwIfAborted();
    await Promise.all(
      this.missing().map(async (file) => {
        try {
          const { raw, bytes } = await readFrom(folder, file);
          this.take(file, bytes, folder);
          if (this.spoilt.has(file.name)) await this.keep(file, raw);
        } catch (error) {
          this.tried.set(folder, messageOf(error));
          if (folder === this.cache && !(error instanceof MissingError)) this.spoilt.add(file.name);
        }
      }),
    );
  }

  private async fromMirror(mirror: string): Promise<void> {
    const { timeout = 8000, signal, onProgress } = this.options;
    for (const file of this.missing()) {
      signal?.throwIfAborted();
      try {
        const raw = await download(mirror, file, { timeout, signal, onProgress });
        this.take(file, await verified(raw, file, new URL(`${file.name}.gz`, mirror).href), mirror);
        await this.keep(file, raw);
      } catch (error) {
        signal?.throwIfAborted();
        this.tried.set(mirror, messageOf(error));
        if (error instanceof UnreachableError) return;
      }
    }
  }

  private async fromDebian(): Promise<void> {
    const { debian, folder: within } = this.set;
    if (debian === undefined || this.missing().length === 0 || process.platform !== 'linux') return;
    const { fs, os, path } = nodeModules();
    const { signal, onProgress } = this.options;
    onProgress?.({ file: debian, source: 'apt-get download', received: 0, total: undefined });
    let folder: string | undefined;
    try {
      folder = await fs.mkdtemp(path.join(os.tmpdir(), 'simdescent-'));
      await unpackDebianPackage(debian, folder, signal);
      const unpacked = path.join(folder, within);
      for (const file of this.missing()) {
        const { raw, bytes } = await readFrom(unpacked, file);
        this.take(file, bytes, `Debian's ${debian}`);
        await this.keep(file, raw);
      }
    } catch (error) {
      signal?.throwIfAborted();
      this.tried.set(debian, messageOf(error));
    } finally {
      if (folder) await fs.rm(folder, { recursive: true, force: true });
    }
  }

  /** If the cache cannot be written, the next time costs a download, and nothing is lost now: the bytes are in memory. */
  private async keep(file: DatasetFile, raw: Uint8Array): Promise<void> {
    if (this.cache) await keepIn(this.cache, file, raw).catch(() => undefined);
  }
}
