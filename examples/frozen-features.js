// Freezes a feature extractor that was trained for one task, and trains a new head on top of it for another.
// `node examples/frozen-features.js`, after `npm run build`.
// @ts-check
import { input, layers, model, optimizers, sequential } from 'simdescent';

let state = 9;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
const x = Array.from({ length: 300 }, () => [random(), random()]);
const radius = (/** @type {number[]} */ [a = 0, b = 0]) => a * a + b * b;

const extractor = sequential(
  [layers.dense({ units: 24, activation: 'tanh', inputShape: [2] }), layers.dense({ units: 8, activation: 'tanh' })],
  { seed: 1, name: 'extractor' },
);
const points = input({ shape: [2] });
const features = extractor.apply(points);
const first = model({ inputs: points, outputs: layers.dense({ units: 1 }).apply(features), seed: 2 });
first.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'mse' });
await first.fit(
  x,
  x.map((point) => [radius(point)]),
  { epochs: 100 },
);

extractor.trainable = false;
const before = extractor.getWeights();
const second = model({
  inputs: points,
  outputs: layers.dense({ units: 1, activation: 'sigmoid' }).apply(features),
  seed: 3,
});
second.compile({
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  loss: 'binaryCrossentropy',
  metrics: ['accuracy'],
});
const inside = x.map((point) => [radius(point) < 0.6 ? 1 : 0]);
await second.fit(x, inside, { epochs: 150 });
const same = extractor.getWeights().every((weight, i) => weight.every((value, j) => value === before[i]?.[j]));
console.log(same ? 'the extractor has not changed' : 'the extractor has changed');
console.log(`accuracy ${(await second.evaluate(x, inside)).accuracy?.toFixed(3)}`);
console.log(`digest ${await second.digest()}`);
for (const one of [first, second, extractor]) one.dispose();
