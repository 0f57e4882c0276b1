// A convolutional network on Fashion-MNIST, with augmentation, batch normalization and dropout. Arguments: epochs (12), training images (60000).
// `node examples/fashion-cnn.js`, after `npm run build`.
// @ts-check
import { layers, optimizers, schedules, sequential } from 'simdescent';
import { loadFashionMnist } from 'simdescent/datasets';

const [epochs = 12, count = 60_000] = process.argv.slice(2).map(Number);
const batchSize = 64;
const { train, test } = await loadFashionMnist();
const { data, divisor } = train.images;
const x = { data: data.subarray(0, count * 28 * 28), shape: [count, 28, 28], divisor };
const y = train.labels.data.subarray(0, count);

/** A convolution that keeps the size of the image, normalized. */
const block = (/** @type {number} */ filters) => [
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, kernelInitializer: 'heNormal' }),
  layers.batchNormalization({ momentum: 0.9 }),
  layers.activation({ activation: 'relu' }),
];

const model = sequential(
  [
    layers.reshape({ targetShape: [28, 28, 1], inputShape: [28, 28] }),
    // garments look alike from both sides, apart from shoes, which all point to the left
    layers.randomFlip({ mode: 'horizontal' }),
    ...block(24),
    layers.maxPooling2d(),
    ...block(48),
    layers.maxPooling2d(),
    ...block(96),
    layers.maxPooling2d(),
    layers.flatten(),
    layers.dropout({ rate: 0.25 }),
    layers.dense({ units: 128, activation: 'relu', kernelInitializer: 'heNormal' }),
    layers.dropout({ rate: 0.25 }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
  { seed: 1 },
);
console.log(model.summary());
const learningRate = schedules.cosineDecay({
  initialLearningRate: 0.002,
  decaySteps: epochs * Math.ceil(count / batchSize),
});
model.compile({
  optimizer: optimizers.adam({ learningRate }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(x, y, { epochs, batchSize, validationData: [test.images, test.labels], verbose: 2 });
console.log(`digest ${await model.digest()}`);
model.dispose();
