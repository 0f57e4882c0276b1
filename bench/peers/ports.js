// What well-known programs train in a page, with TensorFlow.js and with simdescent: the gesture trainer of a classroom, a teachable machine's head, a
// beginners' network (examples/gestures.js, image-head.js, neural-network.js). Milliseconds of a whole training on one thread, taking turns, and what
// a page downloads, gzip. `npm run bench:ports -- --rounds 7`
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import * as simdescent from '../../dist/index.js';
import { describe, machine } from '../machine.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);

/** Layers in both libraries' words; the first number is that of the features. */
const programs = {
  'gesture trainer': { features: 21, rows: 120, normalized: true, units: [16, 4], epochs: 60, optimizer: ['sgd', 0.1] },
  'image head': {
    features: 1280,
    rows: 90,
    normalized: false,
    units: [100, 3],
    epochs: 50,
    optimizer: ['adam', 0.001],
  },
  'beginners network': {
    features: 3,
    rows: 600,
    normalized: false,
    units: [16, 5],
    epochs: 32,
    optimizer: ['adam', 0.02],
  },
};
const BATCH = 16;

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
/** Features around a point for each class. */
function dataOf({ features, rows, units }) {
  const classes = units.at(-1);
  const centers = Array.from({ length: classes }, () => Array.from({ length: features }, random));
  const labels = Array.from({ length: rows }, (_, i) => i % classes);
  const x = labels.map((label) => centers[label].map((value) => value + 0.3 * (random() - 0.5)));
  return { x, labels };
}

async function withOurs(
  { features, normalized, units, epochs, optimizer: [name, learningRate] },
  { x, labels },
  runtime,
) {
  const { input, layers, model, optimizers } = simdescent;
  const from = input({ shape: [features] });
  let y = normalized ? layers.batchNormalization().apply(from) : from;
  for (const [i, one] of units.entries())
    y = layers.dense({ units: one, activation: i === units.length - 1 ? 'softmax' : 'relu' }).apply(y);
  const net = model({ inputs: from, outputs: y, seed: 1, runtime });
  net.compile({
    optimizer: optimizers[name]({ learningRate }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await net.fit(x, labels, { epochs, batchSize: BATCH });
  net.dispose();
  return history.accuracy.at(-1);
}

async function withTheirs({ features, normalized, units, epochs, optimizer: [name, rate] }, { x, labels }) {
  const from = tf.input({ shape: [features] });
  let y = normalized ? tf.layers.batchNormalization().apply(from) : from;
  for (const [i, one] of units.entries())
    y = tf.layers.dense({ units: one, activation: i === units.length - 1 ? 'softmax' : 'relu' }).apply(y);
  const net = tf.model({ inputs: from, outputs: y });
  net.compile({ optimizer: tf.train[name](rate), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const xs = tf.tensor2d(x);
  const ys = tf.oneHot(tf.tensor1d(labels, 'int32'), units.at(-1));
  const { history } = await net.fit(xs, ys, { epochs, batchSize: BATCH, verbose: 0 });
  tf.dispose([xs, ys]);
  net.dispose();
  return history.acc.at(-1);
}

const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const root = new URL('../../', import.meta.url).pathname;
/** kB gzip of what a page with this program downloads. */
async function sizeOf(contents, resolveDir) {
  const options = { bundle: true, minify: true, format: 'esm', write: false, platform: 'browser', logLevel: 'silent' };
  const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir } });
  return Math.round(gzipSync(outputFiles[0].contents).length / 1000);
}

console.log(describe(machine()));
const lines = ['| program | TensorFlow.js ms | simdescent ms | times as fast |', '|---|--:|--:|--:|'];
const runtime = simdescent.createRuntime({ threads: 1 });
for (const [name, program] of Object.entries(programs)) {
  const data = dataOf(program);
  const times = { theirs: [], ours: [] };
  const reached = {};
  // the first round warms up
  for (let round = 0; round <= rounds; round++)
    for (const [who, train] of Object.entries({ theirs: withTheirs, ours: withOurs })) {
      const start = performance.now();
      reached[who] = await train(program, data, runtime);
      if (round > 0) times[who].push(performance.now() - start);
    }
  for (const [who, accuracy] of Object.entries(reached))
    if (!(accuracy > 0.8)) throw new Error(`${name}: ${who} has learned nothing, accuracy ${accuracy}`);
  const [theirs, ours] = [middle(times.theirs), middle(times.ours)];
  lines.push(`| ${name} | ${theirs.toFixed(0)} | ${ours.toFixed(1)} | ${(theirs / ours).toFixed(0)} |`);
}
runtime.dispose();
console.log(lines.join('\n'));

const peers = new URL('.', import.meta.url).pathname;
const tfAll = await sizeOf("import * as tf from '@tensorflow/tfjs'; globalThis.tf = tf;", peers);
const ours =
  "import { input, model } from 'simdescent'; import * as layers from 'simdescent/layers'; import * as optimizers from 'simdescent/optimizers'; globalThis.made = [input, model";
const dense = await sizeOf(`${ours}, layers.dense, optimizers.adam];`, root);
const normalized = await sizeOf(`${ours}, layers.dense, layers.batchNormalization, optimizers.sgd];`, root);
const predicting = await sizeOf("import { loadModel } from 'simdescent/predict'; globalThis.made = loadModel;", root);
console.log(
  `\ndownloads, kB gzip: TensorFlow.js ${tfAll}; simdescent to train dense layers ${dense}, with batch normalization ${normalized}, to predict ${predicting}`,
);
