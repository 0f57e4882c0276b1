// Node: learns shapes that it draws itself, and writes the model where Vite serves it. `node train.js [epochs] [images]`
// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import { layers, optimizers, sequential } from 'simdescent';
import { trainTestSplit } from 'simdescent/data';

const [epochs = 8, count = 6000] = process.argv.slice(2).map(Number);
const CLASSES = ['circle', 'square', 'triangle', 'cross'];
const SIZE = 28;

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** Strokes of each shape between -1 and 1: lists of points. The circle's are exact fractions, so that data and weights are the same everywhere. */
const around = Array.from({ length: 33 }, (_, i) => {
  const t = (i % 16) / 8 - 1;
  const [x, y] = [(2 * t) / (1 + t * t), (1 - t * t) / (1 + t * t)];
  return i % 32 < 16 ? [x, y] : [-x, -y];
});
const strokes = {
  circle: [around],
  square: [[[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]],
  triangle: [[[0, -1], [1, 1], [-1, 1], [0, -1]]],
  cross: [[[-1, -1], [1, 1]], [[1, -1], [-1, 1]]],
}; // biome-ignore format: points

/** The distance of a point from a stretch of a line. @param {number[]} p @param {number[]} a @param {number[]} b */
function distance([px = 0, py = 0], [ax = 0, ay = 0], [bx = 0, by = 0]) {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)));
  const [x, y] = [ax + t * dx - px, ay + t * dy - py];
  return Math.sqrt(x * x + y * y);
}

/** A picture as a hand would draw it: somewhere, somehow large, a little crooked. @param {number[][][]} shape */
function drawn(shape) {
  const [width, height] = [6 + 6 * random(), 6 + 6 * random()];
  const [left, top] = [width + 1.5 + (25 - 2 * width) * random(), height + 1.5 + (25 - 2 * height) * random()];
  const [skew, lean, pen] = [0.4 * (random() - 0.5), 0.4 * (random() - 0.5), 0.9 + 0.6 * random()];
  const lines = shape.flatMap((stroke) => {
    const points = stroke.map(([x = 0, y = 0]) => [
      left + width * (x + skew * y) + 1.5 * (random() - 0.5),
      top + height * (y + lean * x) + 1.5 * (random() - 0.5),
    ]);
    return points.slice(1).map((to, i) => /** @type {const} */ ([points[i] ?? [], to]));
  });
  return Uint8Array.from({ length: SIZE * SIZE }, (_, i) => {
    const at = [(i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5];
    const far = lines.reduce((least, [from, to]) => Math.min(least, distance(at, from, to)), SIZE);
    return 255 * Math.min(1, Math.max(0, pen + 0.5 - far));
  });
}

const labels = Array.from({ length: count }, (_, i) => i % CLASSES.length);
const data = new Uint8Array(count * SIZE * SIZE);
for (const [i, label] of labels.entries()) data.set(drawn(Object.values(strokes)[label] ?? []), i * SIZE * SIZE);
const images = { data, shape: [count, SIZE, SIZE, 1], divisor: 255 };
const { train, test } = trainTestSplit({ images, labels }, { testSize: 0.1, stratify: labels, seed: 1 });

const model = sequential(
  [
    layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [SIZE, SIZE, 1] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 32, activation: 'relu' }),
    layers.dense({ units: CLASSES.length, activation: 'softmax' }),
  ],
  { seed: 1 },
);
model.compile({
  optimizer: optimizers.adam({ learningRate: 0.002 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(train.images, train.labels, { epochs, verbose: 2 });
const { accuracy = 0 } = await model.evaluate(test.images, test.labels);
console.log(`accuracy ${accuracy.toFixed(3)} on shapes that it has not seen`);

model.metadata.set('classes', CLASSES.join());
const folder = new URL('public/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('model.safetensors', folder), await model.save({ includeOptimizer: false }));
console.log(`digest ${await model.digest()}`);
