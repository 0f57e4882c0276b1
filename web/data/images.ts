/** The images of the page: the small set at once, all of Fashion-MNIST when it is asked for. */
import { proxy, wrap } from 'comlink';
import type { DatasetProgress } from '../../src/datasets/index.ts';
import type { RaceData } from '../race/messages.ts';
import type { Sent } from '../sent.ts';
import { FIRST } from '../settings.ts';
import type { FirstFacts } from './facts.ts';
import type { Loader } from './loader.ts';

/** How far a download of all images is. */
export interface Download {
  /** The file that is arriving; empty before the first one. */
  readonly file: string;
  /** Bytes of all files together. */
  readonly received: number;
}

/** Bytes of the four files together, as they are served. */
export const DOWNLOAD = 30_878_645;

const here = (path: string): string => new URL(path, document.baseURI).href;

async function withLoader<T>(work: (loader: ReturnType<typeof wrap<Loader>>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./loader.ts', import.meta.url), { type: 'module', name: 'images' });
  const broken = new Promise<never>((_, reject) => {
    worker.onerror = (event) =>
      reject(new Error(event.message || 'the worker that gets the images could not be started'));
  });
  try {
    return await Promise.race([work(wrap<Loader>(worker)), broken]);
  } finally {
    worker.terminate();
  }
}

export class Images {
  #first: Promise<RaceData> | undefined;
  #full: RaceData | undefined;
  #loading: Promise<RaceData> | undefined;
  readonly #facts: FirstFacts;
  readonly #changed: () => void;
  /** Bytes of images received so far, as they were sent. */
  received = 0;
  /** What the worker that gets them was sent beside them. */
  readonly sent: Sent[] = [];
  /** Defined while all images are being downloaded. */
  download: Download | undefined;
  /** Why the latest download failed; empty if it did not. */
  failure = '';

  /** `changed` is called when a download begins, moves on or ends. */
  constructor(facts: FirstFacts, changed: () => void) {
    this.#facts = facts;
    this.#changed = changed;
  }

  /** All images are here. */
  get whole(): boolean {
    return this.#full !== undefined;
  }

  /** Whether a race of so many training images needs a download first. */
  needsDownload(limit: number): boolean {
    return limit > FIRST.train && !this.whole;
  }

  /** The images of a race: the small set if it suffices, so that equal settings give equal numbers; else everything, downloaded if need be. */
  async for(limit: number): Promise<RaceData> {
    if (limit > FIRST.train) return this.#full ?? this.get();
    this.#first ??= withLoader(async (loader) => {
      const { data, received, files } = await loader.first(here('data/first.bin'), this.#facts);
      this.received += received;
      this.sent.push(files);
      return data;
    });
    try {
      return await this.#first;
    } catch (error) {
      this.#first = undefined; // the next race tries again
      throw error;
    }
  }

  /** Gets all images, from these files or by download. A second call while one is under way waits for the same. */
  async get(files: readonly Blob[] = []): Promise<RaceData> {
    this.#loading ??= this.#load(files);
    return this.#loading;
  }

  async #load(files: readonly Blob[]): Promise<RaceData> {
    const received = new Map<string, number>();
    const show = (download: Download | undefined, failure = '') => {
      this.download = download;
      this.failure = failure;
      this.#changed();
    };
    const progress = ({ file, received: bytes }: DatasetProgress) => {
      received.set(file, bytes);
      if (this.#loading) show({ file, received: [...received.values()].reduce((a, b) => a + b, 0) });
    };
    show({ file: '', received: 0 });
    try {
      this.#full = await withLoader((loader) => loader.full(here('fashion-mnist/'), [...files], proxy(progress)));
      for (const bytes of received.values()) this.received += bytes;
      this.#loading = undefined;
      show(undefined);
      return this.#full;
    } catch (error) {
      this.#loading = undefined;
      show(undefined, `Fashion-MNIST could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }
}
