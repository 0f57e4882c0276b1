/**
 * Fashion-MNIST: 60,000 + 10,000 images of clothes, 28 x 28 bytes, ten classes (Xiao, Rasul and Vollgraf 2017,
 * arXiv:1708.07747; MIT licence, Zalando SE).
 */
import { CLASS_NAMES } from './class-names.ts';
import { loadImages } from './image-set.ts';
import type { FashionMnist, ImageSet, LoadOptions } from './types.ts';

export const FASHION_MNIST: ImageSet = {
  title: 'Fashion-MNIST',
  slug: 'fashion-mnist',
  variable: 'SIMDESCENT_DATA',
  files: [
    {
      name: 'train-images-idx3-ubyte',
      bytes: 47_040_016,
      sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    },
    {
      name: 'train-labels-idx1-ubyte',
      bytes: 60_008,
      sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    },
    {
      name: 't10k-images-idx3-ubyte',
      bytes: 7_840_016,
      sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    },
    {
      name: 't10k-labels-idx1-ubyte',
      bytes: 10_008,
      sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    },
  ],
  // where the project publishes the files: its own repository, then the copy that Keras uses
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
  ],
  folder: '/usr/share/datasets/fashion-mnist',
  debian: 'dataset-fashion-mnist',
};

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
  return { ...(await loadImages('loadFashionMnist', FASHION_MNIST, options)), classNames: CLASS_NAMES };
}
