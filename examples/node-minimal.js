// A small network learns to tell two interleaved half circles apart: `node examples/node-minimal.js`, after `npm run build`.
// In your own project, install the package; nothing else changes.
// @ts-check
import { layers, optimizers, sequential } from 'simdescent';

/**
 * Two moons. Points lie on circles, computed without sine and cosine, whose last bit may differ between engines; that of `+ - * /` may not.
 * So the data, and with them the trained weights, are the same everywhere.
 *
 * @param {number} count
 */
function twoMoons(count) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const data = new Float32Array(2 * count);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const moon = i % 2;
    const t = 2 * random() - 1; // from -1 to 1: a half circle
    const [x, y] = [(2 * t) / (1 + t * t), (1 - t * t) / (1 + t * t)];
    const [noiseX, noiseY] = [(random() - 0.5) * 0.3, (random() - 0.5) * 0.3];
    data.set(moon === 0 ? [x - 0.5 + noiseX, y - 0.25 + noiseY] : [x + 0.5 + noiseX, 0.25 - y + noiseY], 2 * i);
    labels[i] = moon;
  }
  // typed arrays with a shape, [count, 2] and [count, 1]; small data can be nested arrays instead
  return { x: { data, shape: [count, 2] }, y: { data: labels, shape: [count, 1] } };
}

const { x, y } = twoMoons(400);

const model = sequential(
  [
    layers.dense({ units: 16, activation: 'tanh', inputShape: [2] }),
    layers.dense({ units: 16, activation: 'tanh' }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
  { seed: 1 }, // determines the initial weights and the order of samples
);
model.compile({
  optimizer: optimizers.nadam({ learningRate: 0.01 }),
  loss: 'binaryCrossentropy',
  metrics: ['accuracy'],
});
console.log(model.summary());

await model.fit(x, y, {
  epochs: 60,
  batchSize: 32,
  callbacks: [
    {
      onEpochEnd(epoch, { loss = Number.NaN, accuracy = Number.NaN }) {
        if ((epoch + 1) % 10 === 0)
          console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(3)}`);
      },
    },
  ],
});

const { data } = await model.predict([
  [-0.5, 0.75], // the top of the upper moon
  [0.5, -0.75], // the bottom of the lower one
]);
console.log('chance of the lower moon:', Array.from(data, (chance) => chance.toFixed(4)).join(' and '));

// SHA-256 of the weights: browser-minimal.html trains the same network and shows the same digest
console.log('digest', await model.digest());
model.dispose();
