// The networks and the data that every benchmark of training uses. The images are made, not downloaded: two thirds of their pixels
// are black, much as in Fashion-MNIST, those at the border in every image, so some weights never see a gradient.
import { createRuntime, layers, sequential } from 'simdescent';
import { randomFloats } from './core.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = 10;

/** `count` images of ten kinds, bytes with divisor 255, and their labels. Repeats itself after 4,096. */
export function images(count) {
  const kinds = Array.from({ length: CLASSES }, () => randomFloats(PIXELS, 200));
  const distinct = Math.min(count, 4096);
  const x = new Uint8Array(count * PIXELS);
  const y = new Uint8Array(count);
  for (let i = 0; i < distinct; i++) {
    const label = (i * 7 + (i >> 5)) % CLASSES;
    const noise = randomFloats(PIXELS, 80);
    y[i] = label;
    for (let p = 0; p < PIXELS; p++) {
      const [row, col] = [Math.floor(p / SIDE), p % SIDE];
      const border = row < 2 || row >= SIDE - 2 || col < 2 || col >= SIDE - 2;
      x[i * PIXELS + p] = border ? 0 : Math.max(0, Math.min(255, kinds[label][p] + noise[p]));
    }
  }
  for (let i = distinct; i < count; i += distinct) {
    x.copyWithin(i * PIXELS, 0, Math.min(distinct, count - i) * PIXELS);
    y.copyWithin(i, 0, Math.min(distinct, count - i));
  }
  return { x: { data: x, shape: [count, SIDE, SIDE], divisor: 255 }, y: { data: y, shape: [count] } };
}

/** One thread, unless something else is said. */
const alone = createRuntime({ threads: 1 });

/** 784-300-100-10, or with other widths between, compiled. */
export function imageModel(optimizer, { hidden = [300, 100], runtime = alone } = {}) {
  const model = sequential(
    [
      layers.flatten({ inputShape: [SIDE, SIDE] }),
      ...hidden.map((units) => layers.dense({ units, activation: 'relu' })),
      layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
    { seed: 42, runtime },
  );
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** The convolutional networks of the comparison with other libraries: a small one, and Keras' first example without its dropout. */
export const convnets = {
  'convnet 24-32': {
    batchSize: 32,
    layers: [
      { kind: 'conv', filters: 24, kernel: 5 },
      { kind: 'pool' },
      { kind: 'conv', filters: 32, kernel: 3 },
      { kind: 'pool' },
      { kind: 'flatten' },
      { kind: 'dense', units: 128 },
    ],
  },
  'convnet 32-64': {
    batchSize: 128,
    layers: [
      { kind: 'conv', filters: 32, kernel: 3 },
      { kind: 'pool' },
      { kind: 'conv', filters: 64, kernel: 3 },
      { kind: 'pool' },
      { kind: 'flatten' },
    ],
  },
};

/** One of them behind images [28, 28], relu after each layer with weights, then ten classes; not compiled. */
export function convnet(name, runtime) {
  const make = {
    flatten: () => layers.flatten(),
    dense: ({ units }) => layers.dense({ units, activation: 'relu' }),
    conv: ({ filters, kernel }) => layers.conv2d({ filters, kernelSize: kernel, activation: 'relu' }),
    pool: () => layers.maxPooling2d(),
  };
  return sequential(
    [
      layers.reshape({ targetShape: [SIDE, SIDE, 1], inputShape: [SIDE, SIDE] }),
      ...convnets[name].layers.map((layer) => make[layer.kind](layer)),
      layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
    { seed: 42, runtime },
  );
}

/** Floating-point operations of a step of `imageModel`: forward, kernel gradients, input gradients of all but the first layer. */
export function flopOfStep(batch, hidden) {
  const sizes = [PIXELS, ...hidden, CLASSES];
  return sizes.slice(1).reduce((sum, size, i) => sum + 2 * batch * sizes[i] * size * (i === 0 ? 2 : 3), 0);
}

/** 2-16-1, where a step is nearly all overhead. */
export function smallModel(optimizer) {
  const model = sequential(
    [
      layers.dense({ units: 16, activation: 'tanh', inputShape: [2] }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
    { seed: 42, runtime: alone },
  );
  model.compile({ optimizer, loss: 'binaryCrossentropy' });
  return model;
}

/** Points of the plane, and whether their coordinates have the same sign. */
export function points(count) {
  const data = randomFloats(2 * count);
  const y = Float32Array.from({ length: count }, (_, i) => (data[2 * i] * data[2 * i + 1] > 0 ? 1 : 0));
  return { x: { data, shape: [count, 2] }, y: { data: y, shape: [count, 1] } };
}
