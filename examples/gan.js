// A generative adversarial network learns to draw points of a ring: the generator learns from a discriminator that learns to tell its points from real ones.
// `node examples/gan.js`, after `npm run build`.
// @ts-check
import { input, layers, model, optimizers, sequential } from 'simdescent';

const [STEPS, BATCH, NOISE] = [3000, 64, 4];
let state = 3;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** A point near the circle of radius 2. A square root has the same bits everywhere; sines and cosines of the host do not. */
function real() {
  for (;;) {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    const length = Math.sqrt(x * x + y * y);
    if (length > 1 || length < 0.1) continue;
    const radius = 2 + 0.2 * (random() + random() - 1);
    return [(radius * x) / length, (radius * y) / length];
  }
}
const rows = (/** @type {() => number[]} */ make, count = BATCH) => Array.from({ length: count }, make);
const noise = () => Array.from({ length: NOISE }, () => 2 * random() - 1);

const adam = () => optimizers.adam({ learningRate: 1e-3, beta1: 0.5 });
const generator = sequential(
  [
    layers.dense({ units: 32, activation: 'relu', inputShape: [NOISE] }),
    layers.dense({ units: 32, activation: 'relu' }),
    layers.dense({ units: 2 }),
  ],
  { name: 'generator' },
);
const discriminator = sequential(
  [
    layers.dense({ units: 64, activation: 'relu', inputShape: [2] }),
    layers.dense({ units: 64, activation: 'relu' }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
  { name: 'discriminator', seed: 1 },
);
discriminator.compile({ optimizer: adam(), loss: 'binaryCrossentropy' });

// The two in a row share the layers. That the discriminator is not trained counts for what is compiled from now on.
discriminator.trainable = false;
const start = input({ shape: [NOISE] });
const both = model({ inputs: start, outputs: discriminator.apply(generator.apply(start)), seed: 2 });
both.compile({ optimizer: adam(), loss: 'binaryCrossentropy' });

const [ones, zeros] = [rows(() => [1]), rows(() => [0])];
for (let step = 1; step <= STEPS; step++) {
  discriminator.trainOnBatch(rows(real), ones);
  const { loss: d = 0 } = discriminator.trainOnBatch(generator.predictOnBatch(rows(noise)), zeros);
  const { loss: g = 0 } = both.trainOnBatch(rows(noise), ones);
  if (step % 500 === 0) console.log(`step ${step}: discriminator ${d.toFixed(3)}, generator ${g.toFixed(3)}`);
}

const count = 2000;
const { data } = await generator.predict(rows(noise, count));
const points = Array.from({ length: count }, (_, i) => ({ x: data[2 * i] ?? 0, y: data[2 * i + 1] ?? 0 }));
const radii = points.map(({ x, y }) => Math.sqrt(x * x + y * y));
const mean = radii.reduce((sum, radius) => sum + radius) / count;
const deviation = Math.sqrt(radii.reduce((sum, radius) => sum + (radius - mean) ** 2, 0) / count);
const eighths = new Array(8).fill(0);
for (const { x, y } of points) eighths[(x < 0 ? 4 : 0) + (y < 0 ? 2 : 0) + (Math.abs(x) < Math.abs(y) ? 1 : 0)]++;
console.log(
  `radius ${mean.toFixed(2)}, deviation ${deviation.toFixed(2)}, rarest eighth ${(Math.min(...eighths) / count).toFixed(3)}`,
);
console.log(`digest ${await both.digest()}`);
for (const one of [both, generator, discriminator]) one.dispose();
