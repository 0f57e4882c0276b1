// A residual network: each block adds to its input, so even a deep network learns.
// `node examples/residual-network.js`, after `npm run build`.
// @ts-check
import { input, layers, model, ops } from 'simdescent';

// Two spirals, one for each class: the label depends on angle and radius together. Sines of `ops` have the same bits everywhere, those of the host do not.
const radii = Array.from({ length: 200 }, (_, i) => (i >> 1) / 100);
const angles = radii.map((radius, i) => radius * 5 + (i % 2) * Math.PI);
const [cos, sin] = [ops.cos(angles), ops.sin(angles)];
const x = radii.map((radius, i) => [radius * (cos.data[i] ?? 0), radius * (sin.data[i] ?? 0)]);
const y = radii.map((_, i) => [i % 2]);

const points = input({ shape: [2] });
let value = layers.dense({ units: 24 }).apply(points);
for (let block = 0; block < 6; block++) {
  const hidden = layers.dense({ units: 24, activation: 'relu' }).apply(value);
  const change = layers.dense({ units: 24 }).apply(hidden);
  value = layers.add().apply([value, change]);
}
const net = model({ inputs: points, outputs: layers.dense({ units: 1, activation: 'sigmoid' }).apply(value), seed: 1 });
net.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
await net.fit(x, y, { epochs: 150, batchSize: 20 });
const { accuracy = 0 } = await net.evaluate(x, y);
console.log(`accuracy ${accuracy.toFixed(3)}`);
console.log(`digest ${await net.digest()}`);
for (const made of [net, cos, sin]) made.dispose();
