// Convolutional networks that people know, on part of Fashion-MNIST: LeNet-5, the one of Keras' MNIST example, a small ResNet and a MobileNet.
// `node examples/convnets.js resnet 5 12000`, after `npm run build`: which (all of them), epochs (1), training images (3000).
// @ts-check
import { input, layers, model, sequential } from 'simdescent';
import { loadFashionMnist } from 'simdescent/datasets';

/** @typedef {import('simdescent').SymbolicTensor} Values */
const { conv2d, dense, maxPooling2d } = layers;

/** LeCun et al. 1998, with the activation and the pooling of today. */
const lenet = () =>
  sequential(
    [
      conv2d({ filters: 6, kernelSize: 5, padding: 'same', activation: 'tanh', inputShape: [28, 28, 1] }),
      layers.averagePooling2d(),
      conv2d({ filters: 16, kernelSize: 5, activation: 'tanh' }),
      layers.averagePooling2d(),
      layers.flatten(),
      dense({ units: 120, activation: 'tanh' }),
      dense({ units: 84, activation: 'tanh' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 1 },
  );

const keras = () =>
  sequential(
    [
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      maxPooling2d(),
      conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      maxPooling2d(),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 1 },
  );

/** A convolution or another layer, normalized, through relu. */
const normalized = (/** @type {import('simdescent').Layer} */ layer, /** @type {Values} */ x) =>
  layers.activation({ activation: 'relu' }).apply(layers.batchNormalization({ momentum: 0.9 }).apply(layer.apply(x)));

/** He et al. 2015: blocks add to their input, which a convolution of 1x1 makes as large as they are. */
function resnet() {
  const x = input({ shape: [28, 28, 1] });
  let value = normalized(conv2d({ filters: 8, kernelSize: 3, padding: 'same', useBias: false }), x);
  for (const { filters, strides } of [
    { filters: 8, strides: 1 },
    { filters: 16, strides: 2 },
    { filters: 32, strides: 2 },
  ]) {
    const common = { filters, padding: /** @type {const} */ ('same'), useBias: false };
    const first = normalized(conv2d({ ...common, kernelSize: 3, strides }), value);
    const second = layers
      .batchNormalization({ momentum: 0.9 })
      .apply(conv2d({ ...common, kernelSize: 3 }).apply(first));
    const shortcut = strides === 1 ? value : conv2d({ ...common, kernelSize: 1, strides }).apply(value);
    value = layers.activation({ activation: 'relu' }).apply(layers.add().apply([second, shortcut]));
  }
  const features = layers.flatten().apply(layers.averagePooling2d({ poolSize: 7 }).apply(value));
  return model({ inputs: x, outputs: dense({ units: 10, activation: 'softmax' }).apply(features), seed: 1 });
}

/** Howard et al. 2017: each channel by itself, then a product over the channels. */
function mobilenet() {
  const x = input({ shape: [28, 28, 1] });
  let value = normalized(conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', useBias: false }), x);
  for (const { filters, strides } of [
    { filters: 16, strides: 1 },
    { filters: 32, strides: 2 },
    { filters: 32, strides: 1 },
  ]) {
    value = normalized(layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false }), value);
    value = normalized(conv2d({ filters, kernelSize: 1, useBias: false }), value);
  }
  const features = layers.flatten().apply(layers.averagePooling2d({ poolSize: 7 }).apply(value));
  return model({ inputs: x, outputs: dense({ units: 10, activation: 'softmax' }).apply(features), seed: 1 });
}

const networks = { lenet, keras, resnet, mobilenet };
const [which = '', epochs = 1, count = 3000] = process.argv
  .slice(2)
  .map((given, i) => (i === 0 ? given : Number(given)));
const { train, test } = await loadFashionMnist();
const images = (/** @type {typeof train.images} */ { data, divisor }, /** @type {number} */ many) => ({
  data: data.subarray(0, many * 28 * 28),
  shape: [many, 28, 28, 1],
  divisor,
});
const y = train.labels.data.subarray(0, Number(count));
for (const [name, make] of Object.entries(networks)) {
  if (which !== '' && which !== name) continue;
  const net = make();
  net.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  await net.fit(images(train.images, Number(count)), y, { epochs: Number(epochs), batchSize: 32 });
  const { accuracy = 0 } = await net.evaluate(images(test.images, 2000), test.labels.data.subarray(0, 2000));
  console.log(
    `${name}: ${net.countParams()} parameters, accuracy ${accuracy.toFixed(3)}, digest ${await net.digest()}`,
  );
  net.dispose();
}
