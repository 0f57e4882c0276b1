// A variational autoencoder: images become points of a plane, and points of the plane become new images.
// `node examples/variational-autoencoder.js`, after `npm run build`. The first run downloads the data set.
// @ts-check
import { input, layers, model, ops, optimizers, sequential } from 'simdescent';
import { loadFashionMnist } from 'simdescent/datasets';

const [COUNT, PIXELS] = [6000, 28 * 28];
const { train } = await loadFashionMnist();
const images = { data: train.images.data.subarray(0, COUNT * PIXELS), shape: [COUNT, PIXELS], divisor: 255 };

/** @typedef {import('simdescent').SymbolicValue} Value */
// The code of an image is a normal distribution: two means, and the logarithms of two variances.
const mean = (/** @type {Value} */ code) => ops.slice(code, [0, 0], [-1, 2]);
const logVariance = (/** @type {Value} */ code) => ops.slice(code, [0, 2], [-1, 2]);

/** A point drawn from it: mean + deviation · noise, so that gradients reach both. @param {Value} code */
function draw(code) {
  const deviation = ops.exp(ops.multiply(logVariance(code), 0.5));
  return ops.add(mean(code), ops.multiply(deviation, ops.randomNormal(deviation)));
}

/** How far it is from the standard normal distribution, by Kullback and Leibler. @param {Value} _ @param {Value} code */
function divergence(_, code) {
  const terms = ops.subtract(ops.add(ops.square(mean(code)), ops.exp(logVariance(code))), logVariance(code));
  return ops.multiply(ops.sum(ops.subtract(terms, 1), { axis: -1 }), 0.5);
}

const image = input({ shape: [PIXELS] });
const hidden = layers.dense({ units: 128, activation: 'relu' }).apply(image);
const code = layers.dense({ units: 4 }).apply(hidden);
const decoder = sequential([
  layers.dense({ units: 128, activation: 'relu', inputShape: [2] }),
  layers.dense({ units: PIXELS, activation: 'sigmoid' }),
]);
const point = layers.lambda(draw).apply(code);
const autoencoder = model({ inputs: image, outputs: { image: decoder.apply(point), code }, seed: 1 });
autoencoder.compile({
  optimizer: optimizers.adam({ learningRate: 2e-3 }),
  loss: { image: 'binaryCrossentropy', code: divergence },
  // the likelihood of an image is a sum over its pixels, and the cross-entropy is their mean
  lossWeights: { image: PIXELS, code: 1 },
});
// there is no target for the code: its loss looks at the code alone
const targets = { image: images, code: { data: new Float32Array(COUNT * 4), shape: [COUNT, 4] } };
await autoencoder.fit(images, targets, {
  epochs: 8,
  batchSize: 64,
  onEpochEnd: (epoch, logs) => console.log(`epoch ${epoch + 1}: ${logs.loss?.toFixed(1)}`),
});
const { loss } = await autoencoder.evaluate(images, targets);
console.log(`bound of the likelihood: loss ${loss?.toFixed(1)}`);

// Five points on a line through the plane, as images of 14 x 14 characters.
const points = [-2, -1, 0, 1, 2].map((at) => [at, at / 2]);
const { data } = await decoder.predict(points);
for (let y = 0; y < 28; y += 2) {
  const line = (/** @type {number} */ start) =>
    Array.from({ length: 14 }, (_, x) => ' .:-=+*#%@'[Math.floor((data[start + y * 28 + 2 * x] ?? 0) * 9.99)]).join('');
  console.log(points.map((_, i) => line(i * PIXELS)).join(' '));
}
console.log(`digest ${await autoencoder.digest()}`);
autoencoder.dispose();
decoder.dispose();
