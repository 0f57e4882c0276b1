// The images of Fashion-MNIST for benchmarks in Node, or made ones where they are not installed and cannot be fetched.
import { loadFashionMnist } from 'simdescent/datasets';
import { images } from './network.js';

let found;

/** The first `count` images of the training set with their labels as arrays, where they come from, and the share of their pixels that is not zero. */
export async function pictures(count) {
  found ??= loadFashionMnist().then(
    ({ train }) => train,
    () => undefined,
  );
  const train = await found;
  const { x, y } =
    train === undefined
      ? images(count)
      : {
          x: { data: train.images.data.subarray(0, count * 784), shape: [count, 28, 28], divisor: 255 },
          y: { data: train.labels.data.subarray(0, count), shape: [count] },
        };
  const density = x.data.filter((byte) => byte !== 0).length / x.data.length;
  return { x, y, density, name: train === undefined ? 'made images' : 'Fashion-MNIST' };
}
