/** The images of the page: the small set at once, all of Fashion-MNIST when it is asked for. */
import { proxy, wrap } from 'comlink';
import type { DatasetProgress } from '../../src/datasets/index.ts';
import type { RaceData } from '../race/messages.ts';
import { FIRST } from '../settings.ts';
import type { Loader } from './loader.ts';

/** What the build knows of the small set. */
export interface FirstFacts {
  readonly train: number;
  readonly test: number;
  readonly sha256: string;
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
  /** Bytes of images received so far, as they were sent. */
  received = 0;

  constructor(facts: FirstFacts) {
    this.#facts = facts;
  }

  /** All images are here. */
  get whole(): boolean {
    return this.#full !== undefined;
  }

  /** Whether a race of so many training images needs a download first. */
  needsDownload(limit: number): boolean {
    return limit > FIRST.train && !this.whole;
  }

  /** The images of a race: the small set if it suffices, so that equal settings give equal numbers; else everything. */
  async for(limit: number): Promise<RaceData> {
    if (limit > FIRST.train) {
      if (!this.#full) throw new Error('all images are needed, and have not been loaded');
      return this.#full;
    }
    this.#first ??= withLoader(async (loader) => {
      const { data, received } = await loader.first(here('data/first.bin'), this.#facts);
      this.received += received;
      return data;
    });
    try {
      return await this.#first;
    } catch (error) {
      this.#first = undefined; // the next race tries again
      throw error;
    }
  }

  /** Gets everything; calling again while that is under way waits for the same. */
  async download(files: readonly Blob[], onProgress: (progress: DatasetProgress) => void): Promise<RaceData> {
    const received = new Map<string, number>();
    const progress = (one: DatasetProgress) => {
      received.set(one.file, one.received);
      onProgress(one);
    };
    this.#loading ??= withLoader((loader) => loader.full(here('fashion-mnist/'), [...files], proxy(progress)));
    try {
      this.#full = await this.#loading;
      for (const bytes of received.values()) this.received += bytes;
      return this.#full;
    } finally {
      this.#loading = undefined;
    }
  }
}
