// A loss of your own: the pinball loss, which makes a model predict a quantile instead of the mean.
// `node examples/custom-loss.js`, after `npm run build`.
// @ts-check
import { configs, layers, losses, ops, sequential } from 'simdescent';

/** Errors upwards count nine times as much, so the prediction becomes a number that nine of ten targets lie below. */
const pinball = (
  /** @type {import('simdescent').SymbolicValue} */ yTrue,
  /** @type {import('simdescent').SymbolicValue} */ yPred,
) => {
  const error = ops.subtract(yTrue, yPred);
  return ops.mean(ops.maximum(ops.multiply(error, 0.9), ops.multiply(error, -0.1)), { axis: -1 });
};
configs.register('pinball', { loss: pinball }); // saved models name their loss, and loading finds it here

let state = 11;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const x = Array.from({ length: 500 }, () => [random()]);
const y = x.map(([at = 0]) => [at + (random() - 0.5) * (0.2 + at)]);
const net = sequential([layers.dense({ units: 16, activation: 'relu', inputShape: [1] }), layers.dense({ units: 1 })], {
  seed: 1,
});
net.compile({ optimizer: 'adam', loss: losses.custom(pinball), metrics: ['mae'] });
await net.fit(x, y, { epochs: 100 });
const { data } = await net.predict(x);
const below = y.filter(([target = 0], i) => target < (data[i] ?? 0)).length;
console.log(`share below ${(below / y.length).toFixed(3)}`);
console.log(`digest ${await net.digest()}`);
net.dispose();
