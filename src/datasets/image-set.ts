/** Loads a data set of the MNIST family. node/ and browser/ find the files; this file reads them. */
import { isNode } from '../files/modules.ts';
import { checkOptions, isSignal, show, tagOf } from '../validate.ts';
import { findInBrowser } from './browser/find.ts';
import { parseIdx } from './idx.ts';
import { findFiles } from './node/find.ts';
import type { DatasetFile, DatasetProgress, ImageSet, LoadOptions, Mnist, Split } from './types.ts';

/** The images and labels of a set; `of` is the function whose options these are. */
export async function loadImages(
  of: string,
  images: ImageSet,
  options: LoadOptions,
): Promise<Omit<Mnist, 'classNames'>> {
  checkLoadOptions(of, options);
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
    const set = await find(images, { ...options, signal: stop.signal, onProgress: tell });
    await told;
    stop.signal.throwIfAborted();
    return set;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function find(set: ImageSet, options: LoadOptions): Promise<Omit<Mnist, 'classNames'>> {
  if (isNode() && options.files !== undefined)
    throw new TypeError('files is for browsers; in Node give a folder as data');
  const { bytes, source } = isNode() ? await findFiles(set, options) : await findInBrowser(set, options);
  const split = (images: DatasetFile, labels: DatasetFile): Split => {
    const x = read(bytes, images);
    const y = read(bytes, labels);
    const [count = 0, height = 0, width = 0] = x.shape;
    return {
      images: { data: x.data, shape: [count, height, width], divisor: 255 },
      labels: { data: y.data, shape: [y.shape[0] ?? 0] },
    };
  };
  const [trainImages, trainLabels, testImages, testLabels] = set.files;
  return { train: split(trainImages, trainLabels), test: split(testImages, testLabels), source };
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

function checkLoadOptions(of: string, options: LoadOptions): void {
  checkOptions(of, options, Object.keys(kinds));
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
