/** Gets images in a worker of its own, so that unpacking and hashing them never keeps the page from painting. */
import { expose } from 'comlink';
import { sha256, unpack } from '../../src/datasets/browser/verify.ts';
import { type DatasetProgress, type FashionMnist, loadFashionMnist, type Split } from '../../src/datasets/index.ts';
import type { ImageFiles, RaceData } from '../race/messages.ts';
import { type Sent, sent } from '../sent.ts';
import type { FirstFacts } from './facts.ts';

const PIXELS = 784;

const filesOf = (images: Uint8Array, labels: Uint8Array): ImageFiles => ({
  images: new Blob([images as Uint8Array<ArrayBuffer>]),
  labels: new Blob([labels as Uint8Array<ArrayBuffer>]),
  count: labels.length,
});

const loader = {
  /** The small set that comes with the page: training images, their labels, test images, their labels. */
  async first(
    url: string,
    { train, test, sha256: expected }: FirstFacts,
  ): Promise<{ readonly data: RaceData; readonly received: number; readonly files: Sent }> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
    const raw = new Uint8Array(await response.arrayBuffer());
    const size = (train + test) * (PIXELS + 1);
    const bytes = raw.length === size ? raw : await unpack(raw, size, url);
    if ((await sha256(bytes)) !== expected) throw new Error(`${url}: damaged on the way`);
    let at = 0;
    const next = (length: number) => {
      at += length;
      return bytes.subarray(at - length, at);
    };
    const data = {
      train: filesOf(next(train * PIXELS), next(train)),
      test: filesOf(next(test * PIXELS), next(test)),
    };
    // the images are counted apart
    return { data, received: raw.length, files: { ...sent(), [url]: 0 } };
  },

  /** All of Fashion-MNIST, from the files that were dropped, the cache or the page's origin. */
  async full(data: string, files: readonly Blob[], onProgress: (progress: DatasetProgress) => void): Promise<RaceData> {
    const set: FashionMnist = await loadFashionMnist({ data, files, onProgress });
    const split = ({ images, labels }: Split) => filesOf(images.data, labels.data);
    return { train: split(set.train), test: split(set.test) };
  },
};

export type Loader = typeof loader;
expose(loader);
