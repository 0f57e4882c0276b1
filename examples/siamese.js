// A siamese network: one encoder is called on two inputs, and the cosine of its outputs says whether they are of the same kind.
// `node examples/siamese.js`, after `npm run build`.
// @ts-check
import { input, layers, model, optimizers, sequential } from 'simdescent';

let state = 5;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
// Kinds are directions in space, samples lie around them.
const kinds = Array.from({ length: 4 }, () => Array.from({ length: 8 }, () => random() - 0.5));
const sample = (/** @type {number} */ kind) => (kinds[kind] ?? []).map((value) => value + (random() - 0.5) * 0.3);
const pairs = Array.from({ length: 400 }, (_, i) => {
  const first = Math.floor(random() * 4);
  const second = i % 2 === 0 ? first : (first + 1 + Math.floor(random() * 3)) % 4;
  return { first: sample(first), second: sample(second), same: [first === second ? 1 : 0] };
});

const encoder = sequential([
  layers.dense({ units: 16, activation: 'relu', inputShape: [8] }),
  layers.dense({ units: 6 }),
]);
const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
const likeness = layers.dot({ axes: 1, normalize: true }).apply([encoder.apply(a), encoder.apply(b)]);
const net = model({
  inputs: [a, b],
  outputs: layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: 'ones' }).apply(likeness),
  seed: 4,
});
net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const x = [pairs.map(({ first }) => first), pairs.map(({ second }) => second)];
const y = pairs.map(({ same }) => same);
await net.fit(x, y, { epochs: 80 });
console.log(`accuracy ${(await net.evaluate(x, y)).accuracy?.toFixed(3)}`);
console.log(`digest ${await net.digest()}`);
net.dispose();
encoder.dispose();
