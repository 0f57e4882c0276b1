/** What fuse.ts moves or leaves out changes no bits: beside the same network, in which something else uses the values, so that nothing can be moved. */
import { expect, test } from 'vitest';
import { input, layers, losses, model, optimizers } from '../../src/index.ts';

test.each([
  ['windows beside each other', { poolSize: 2 }],
  ['windows that overlap', { poolSize: 3, strides: 2 }],
  ['windows that reach over the border', { poolSize: 3, strides: 2, padding: 'same' }],
  ['windows with gaps between', { poolSize: 2, strides: 3 }],
] as const)('the derivative of relu goes before the gradient of a max pooling: %s', async (_, pooling) => {
  const data = (size: number, seed: number) =>
    Float32Array.from({ length: size }, (_, i) => ((i * 7919 + seed * 104729) % 2003) / 1000 - 1);
  const x = { data: data(6 * 11 * 10 * 2, 1), shape: [6, 11, 10, 2] };
  const y = { data: data(6 * 3, 2), shape: [6, 3] };
  const trained = async (usedTwice: boolean) => {
    const images = input({ shape: [11, 10, 2] });
    const rectified = layers.conv2d({ filters: 5, kernelSize: 3, activation: 'relu' }).apply(images);
    const pooled = layers.maxPooling2d(pooling).apply(rectified);
    const again = layers.conv2d({ filters: 4, kernelSize: 2, activation: 'relu' }).apply(pooled);
    const flat = layers.flatten().apply(again);
    const nothing = layers.rescaling({ scale: 0 }).apply(layers.flatten().apply(rectified));
    const features = usedTwice ? layers.concatenate().apply([flat, nothing]) : flat;
    const outputs = layers.dense({ units: 3, kernelInitializer: 'ones' }).apply(features);
    using network = model({ inputs: images, outputs, seed: 3 });
    network.compile({ loss: losses.meanSquaredError(), optimizer: optimizers.adam({ learningRate: 0.01 }) });
    await network.fit(x, y, { epochs: 4, batchSize: 4, shuffle: false });
    return network.weights.slice(0, 4).map(({ tensor }) => [...tensor.data]);
  };
  expect(await trained(false)).toEqual(await trained(true));
});
