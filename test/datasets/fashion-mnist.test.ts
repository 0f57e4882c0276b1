import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FASHION_MNIST } from '../../src/datasets/fashion-mnist.ts';
import { type FashionMnist, loadFashionMnist } from '../../src/datasets/index.ts';

const reference = JSON.parse(readFileSync(new URL('../reference/fashion_mnist.json', import.meta.url), 'utf8'));

describe('Fashion-MNIST', () => {
  let set: FashionMnist;
  beforeAll(async () => {
    set = await loadFashionMnist();
  }, 900_000); // the first time on a machine it is downloaded

  it('has the sizes and digests of the published files', () => {
    const facts = Object.fromEntries(FASHION_MNIST.files.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }]));
    expect(reference.files).toMatchObject(facts);
    expect(Object.keys(reference.files).sort()).toEqual(Object.keys(facts).sort());
  });

  it('is 60,000 + 10,000 images of 28 x 28 bytes with a label each', () => {
    expect(set.train.images.shape).toEqual([60000, 28, 28]);
    expect(set.train.images.data.length).toBe(60000 * 784);
    expect(set.train.images.divisor).toBe(255);
    expect(set.train.labels.shape).toEqual([60000]);
    expect(set.test.images.shape).toEqual([10000, 28, 28]);
    expect(set.test.images.data.length).toBe(10000 * 784);
    expect(set.test.labels.shape).toEqual([10000]);
  });

  it('has every class equally often', () => {
    const counts = (labels: Uint8Array) => {
      const count = new Array<number>(10).fill(0);
      for (const label of labels) count[label] = (count[label] ?? 0) + 1;
      return count;
    };
    expect(counts(set.train.labels.data)).toEqual(new Array(10).fill(6000));
    expect(counts(set.test.labels.data)).toEqual(new Array(10).fill(1000));
    expect(set.classNames[set.train.labels.data[0] ?? 0]).toBe('Ankle boot');
  });
});

describe('options of loadFashionMnist', () => {
  it.each<[object, string]>([
    [{ folder: '/x' }, "unknown option of loadFashionMnist 'folder'; did you mean 'folders'?"],
    [{ data: 5 }, 'data must be a string, got 5'],
    [{ cache: true }, 'cache must be a string, got true'],
    [{ files: [7] }, 'files must be an array of Blobs, got [7]'],
    [{ folders: '/x' }, "folders must be an array of strings, got '/x'"],
    [{ mirrors: [1] }, 'mirrors must be an array of strings, got [1]'],
    [{ apt: 1 }, 'apt must be true or false, got 1'],
    [{ timeout: '5' }, "timeout must be a number from 1 to 2147483647, got '5'"],
    [{ timeout: Number.POSITIVE_INFINITY }, 'timeout must be a number from 1 to 2147483647, got Infinity'],
    [{ signal: 1 }, 'signal must be an AbortSignal, got 1'],
    [{ onProgress: {} }, 'onProgress must be a function, got Object'],
  ])('%o is refused', async (options, message) => {
    await expect(loadFashionMnist(options)).rejects.toThrow(message);
  });

  it('null is none', async () => {
    await expect(loadFashionMnist(null as never)).rejects.toThrow(
      'options must be an object like { data: … }, got null',
    );
  });
});
