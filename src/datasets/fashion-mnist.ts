/**
 * Fashion-MNIST: 60,000 + 10,000 images of clothes, 28 x 28 bytes, ten classes (Xiao, Rasul and Vollgraf 2017,
 * arXiv:1708.07747; MIT licence, Zalando SE). node/ and browser/ find the files; this file reads them.
 */

import { isNode } from '../files/modules.ts';
import { checkOptions, isSignal, show, tagOf } from '../validate.ts';
import { findInBrowser } from './browser/find.ts';
import { CLASS_NAMES } from './class-names.ts';
import { parseIdx } from './idx.ts';
import { findFiles } from './node/find.ts';
import type { DatasetFile, DatasetProgress, FashionMnist, LoadOptions, Split } from './types.ts';

const TRAIN_IMAGES: DatasetFile = {
  name: 'train-images-idx3-ubyte',
  bytes: 47_040_016,
  sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
};
const TRAIN_LABELS: DatasetFile = {
  name: 'train-labels-idx1-ubyte',
  bytes: 60_008,
  sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
};
const TEST_IMAGES: DatasetFile = {
  name: 't10k-images-idx3-ubyte',
  bytes: 7_840_016,
  sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
};
const TEST_LABELS: DatasetFile = {
  name: 't10k-labels-idx1-ubyte',
  bytes: 10_008,
  sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};
export const FILES: readonly DatasetFile[] = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS];

/** Where the project publishes the files: its own repository, then the copy that Keras uses. */
const MIRRORS: readonly string[] = [
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
  'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
];

/**
 * Loads Fashion-MNIST, downloading it the first time. Looks in this order: `data`, the cache, Debian's folder, the mirrors, and with
 * `apt` Debian's package; in a browser: `files`, Cache Storage, `data`. Every file is verified by SHA-256 before use.
 *
 * @returns images `[60000, 28, 28]` and `[10000, 28, 28]` as bytes (47 MB in all), labels `[60000]` and `[10000]`
 * @throws TypeError or RangeError for wrong options, before it looks for anything; Error that lists every place tried and why it failed, or
 * what is wrong with a file in `data`; the signal's reason when it is aborted
 * @example
 * ```ts
 * import { loadFashionMnist } from 'simdescent/datasets';
 * const { train, test, classNames } = await loadFashionMnist();
 * ```
 * @example
 * In a browser, with files that a user has chosen:
 * ```ts no-run
 * import { loadFashionMnist } from 'simdescent/datasets';
 * const input = document.querySelector('input');
 * const set = await loadFashionMnist({ data: './fashion-mnist/', files: [...(input?.files ?? [])], onProgress: console.log });
 * ```
 * @category Data sets
 */
export async function loadFashionMnist(options: LoadOptions = {}): Promise<FashionMnist> {
  checkLoadOptions(options);
  const { signal, onProgress } = options;
  // a signal of this realm, which hosts insist on, aborted by the caller's signal or by an error of onProgress
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  let told = Promise.resolve();
  const tell = (progress: DatasetProgress): void => {
    const call = (async () => void (await onProgress?.(progress)))().catch((error: unknown) => stop.abort(error));
    told = told.then(() => call);
  };
  try {
    const set = await find({ ...options, signal: stop.signal, onProgress: tell });
    await told;
    stop.signal.throwIfAborted();
    return set;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function find(options: LoadOptions): Promise<FashionMnist> {
  if (isNode() && options.files !== undefined)
    throw new TypeError('files is for browsers; in Node give a folder as data');
  const { bytes, source } = isNode()
    ? await findFiles(FILES, { mirrors: MIRRORS, ...options })
    : await findInBrowser(FILES, options);
  const split = (images: DatasetFile, labels: DatasetFile): Split => {
    const x = read(bytes, images);
    const y = read(bytes, labels);
    const [count = 0, height = 0, width = 0] = x.shape;
    return {
      images: { data: x.data, shape: [count, height, width], divisor: 255 },
      labels: { data: y.data, shape: [y.shape[0] ?? 0] },
    };
  };
  return {
    train: split(TRAIN_IMAGES, TRAIN_LABELS),
    test: split(TEST_IMAGES, TEST_LABELS),
    classNames: CLASS_NAMES,
    source,
  };
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isListOf = (value: unknown, fits: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(fits);

/** The kind of each option. */
const kinds: Readonly<Record<keyof LoadOptions, readonly [expected: string, fits: (value: unknown) => boolean]>> = {
  data: ['a string', isText],
  files: ['an array of Blobs', (value) => isListOf(value, (one) => ['Blob', 'File'].includes(tagOf(one)))],
  cache: ['a string', isText],
  folders: ['an array of strings', (value) => isListOf(value, isText)],
  mirrors: ['an array of strings', (value) => isListOf(value, isText)],
  apt: ['true or false', (value) => typeof value === 'boolean'],
  // a timer of 2^31 milliseconds fires at once
  timeout: ['a number from 1 to 2147483647', (value) => typeof value === 'number' && value >= 1 && value < 2 ** 31],
  signal: ['an AbortSignal', isSignal],
  onProgress: ['a function', (value) => typeof value === 'function'],
};

function checkLoadOptions(options: LoadOptions): void {
  checkOptions('loadFashionMnist', options, Object.keys(kinds));
  for (const [name, [expected, fits]] of Object.entries(kinds)) {
    const value = options[name as keyof LoadOptions];
    if (value !== undefined && !fits(value)) throw new TypeError(`${name} must be ${expected}, got ${show(value)}`);
  }
}

function read(files: ReadonlyMap<string, Uint8Array>, { name }: DatasetFile) {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`${name} was not loaded`);
  return parseIdx(bytes, { name });
}
