// The network and the data that every benchmark of training uses: 784-300-100-10 on Fashion-MNIST.
import os from 'node:os';
import { layers, sequential } from 'simdescent';
import { loadFashionMnist } from 'simdescent/datasets';

/** The first `count` training images and labels. */
export async function trainingData(count) {
  const { train } = await loadFashionMnist();
  const pixels = train.images.data.length / train.images.shape[0];
  return {
    x: { ...train.images, data: train.images.data.subarray(0, count * pixels), shape: [count, 28, 28] },
    y: { ...train.labels, data: train.labels.data.subarray(0, count), shape: [count] },
  };
}

export function referenceModel(optimizer, seed = 42) {
  const model = sequential(
    [
      layers.flatten({ inputShape: [28, 28] }),
      layers.dense({ units: 300, activation: 'relu' }),
      layers.dense({ units: 100, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    { seed },
  );
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** What the figures were measured on. */
export const machine = () => `${os.cpus()[0]?.model.trim()}, Node ${process.versions.node} (V8 ${process.versions.v8})`;
