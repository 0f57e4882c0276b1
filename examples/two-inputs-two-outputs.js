// Two inputs and two outputs with losses of their own: from a house's size and its place, a price and whether it is sold.
// `node examples/two-inputs-two-outputs.js`, after `npm run build`.
// @ts-check
import { input, layers, model, optimizers } from 'simdescent';

let state = 3;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const houses = Array.from({ length: 256 }, () => {
  const [rooms, area, north, east] = [random(), random(), random(), random()];
  return { size: [rooms, area], place: [north, east], price: [rooms + 2 * area - north], sold: [east > north ? 1 : 0] };
});
const data = { size: houses.map(({ size }) => size), place: houses.map(({ place }) => place) };
const targets = { price: houses.map(({ price }) => price), sold: houses.map(({ sold }) => sold) };

const size = input({ shape: [2], name: 'size' });
const place = input({ shape: [2], name: 'place' });
const both = layers.concatenate().apply([size, place]);
const hidden = layers.dense({ units: 16, activation: 'relu' }).apply(both);
const price = layers.dense({ units: 1 }).apply(hidden);
const sold = layers.dense({ units: 1, activation: 'sigmoid' }).apply(hidden);
const net = model({ inputs: { size, place }, outputs: { price, sold }, seed: 2 });
net.compile({
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  loss: { price: 'mse', sold: 'binaryCrossentropy' },
  lossWeights: { price: 1, sold: 0.5 },
  metrics: { price: ['mae'], sold: ['accuracy'] },
});
await net.fit(data, targets, { epochs: 80 });
const logs = await net.evaluate(data, targets);
console.log(`mae ${logs.price_mae?.toFixed(3)}, accuracy ${logs.sold_accuracy?.toFixed(3)}`);
console.log(`digest ${await net.digest()}`);
net.dispose();
