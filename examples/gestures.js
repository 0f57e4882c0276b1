// A classroom's gesture trainer: features of a second of an accelerometer, batch normalization instead of scaling by hand, a functional model that learns
// in a worker, so that a page never stutters, and names what it sees. `node examples/gestures.js`, after `npm run build`.
// @ts-check
import { input, layers, optimizers } from 'simdescent';
import { connect } from 'simdescent/client';
import { argMax, labelEncode, trainTestSplit } from 'simdescent/data';

let state = 7;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
/** A wave between -1 and 1 of exact numbers, `turns` times up and down in 50 samples. */
const wave = (/** @type {number} */ i, /** @type {number} */ turns, /** @type {number} */ phase) =>
  Math.abs((((i * turns) / 50 + phase) % 1) * 4 - 2) - 1;

/** A second of three axes in milli-g, 50 samples each: what each gesture does beside gravity and noise. */
const gestures = {
  still: () => [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
  shake: () => [
    [900 + 300 * random(), 6 + 2 * random()],
    [200, 6],
    [100, 6],
  ],
  wave: () => [
    [150, 1.5],
    [600 + 200 * random(), 1.5 + random()],
    [100, 1.5],
  ],
  drop: () => [
    [100, 1],
    [100, 1],
    [1200 + 300 * random(), 0.8 + 0.2 * random()],
  ],
};
const gravity = [0, 0, -1000];

/** @param {number[][]} motion amplitude and turns of each axis */
function recorded(motion) {
  const phase = random();
  return motion.map(([size = 0, turns = 0], axis) =>
    Array.from({ length: 50 }, (_, i) => (gravity[axis] ?? 0) + size * wave(i, turns, phase) + 60 * (random() - 0.5)),
  );
}

/** Least, largest, mean, spread, way, crossings of the mean and peaks of each axis: of very different sizes. @param {number[][]} axes */
const featuresOf = (axes) =>
  axes.flatMap((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const steps = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0)));
    const above = values.map((value) => value > mean);
    return [
      Math.min(...values),
      Math.max(...values),
      mean,
      values.reduce((sum, value) => sum + Math.abs(value - mean), 0) / values.length,
      steps.reduce((sum, step) => sum + step, 0),
      above.slice(1).filter((one, i) => one !== above[i]).length,
      values.filter((value, i) => value > mean + 300 && value > (values[i - 1] ?? 0) && value > (values[i + 1] ?? 0))
        .length,
    ];
  });

const names = Object.keys(gestures).flatMap((name) => Array.from({ length: 40 }, () => name));
const x = names.map((name) => featuresOf(recorded(gestures[/** @type {keyof typeof gestures} */ (name)]())));
const encoder = labelEncode(names);
const { train, test } = trainTestSplit({ x, y: encoder.apply(names) }, { testSize: 0.25, stratify: names, seed: 1 });

const client = await connect({ threads: 1 });
const features = input({ shape: [21] });
const normalized = layers.batchNormalization().apply(features);
const hidden = layers.dense({ units: 16, activation: 'relu' }).apply(normalized);
const outputs = layers.dense({ units: 4, activation: 'softmax' }).apply(hidden);
const model = await client.model({ inputs: features, outputs, seed: 5 });
await model.compile({
  optimizer: optimizers.sgd({ learningRate: 0.1 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(train.x, train.y, { epochs: 60, batchSize: 16 });
const { accuracy = 0 } = await model.evaluate(test.x, test.y);
console.log(`accuracy ${accuracy.toFixed(3)} on gestures that it has not seen`);

const seen = featuresOf(recorded(gestures.shake()));
const [gesture] = encoder.inverse(argMax(await model.predict([seen])));
console.log(`somebody shakes it: ${gesture}`);
console.log(`digest ${await model.digest()}`);
client.dispose();
