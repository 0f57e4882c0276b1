// A JavaScript library of convnets.js in its own process: `node convnets-serve.js NAME DIR`. One JSON request a line, one line each as answer:
//   { "do": "about" } -> { about }, { "do": "loss", steps } -> { loss }, the mean loss of the first `steps` batches after as many steps,
//   { "do": "step", milliseconds } -> { milliseconds } of one step, over at least so long.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jaxSteps } from './jax-steps.js';

const [, , name, dir] = process.argv;
const bytes = (file) => new Uint8Array(readFileSync(join(dir, file)));
const meta = JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8'));
const { batchSize, optimizer, rates, layers, threads } = meta;
const [images, labels] = [bytes('images.bin'), bytes('labels.bin')];
const weights = meta.weights.map((shape, i) => ({ shape, data: new Float32Array(bytes(`weight${i}.bin`).buffer) }));
const PIXELS = 28 * 28;
const batches = Math.floor(labels.length / batchSize);
const pixelsOf = (i) =>
  Float32Array.from(images.subarray(i * batchSize * PIXELS, (i + 1) * batchSize * PIXELS), (byte) => byte / 255);
const labelsOf = (i) => labels.subarray(i * batchSize, (i + 1) * batchSize);
const require = createRequire(import.meta.url);

/** Each makes a function that trains from the given weights: a step on batch i, and its loss. */
const libraries = {
  async simdescent() {
    const { createRuntime } = await import('../../dist/index.js');
    const { convnet } = await import('../network.js');
    const optimizers = await import('../../dist/optimizers.js');
    const runtime = createRuntime({ threads });
    const make = () => {
      const model = convnet(meta.name, runtime);
      const rule = optimizers[optimizer]({ learningRate: rates[optimizer] });
      model.compile({ optimizer: rule, loss: 'sparseCategoricalCrossentropy' });
      for (const [i, { data }] of weights.entries()) model.weights[i].tensor.data.set(data);
      const batch = (i) => {
        const data = images.subarray(i * batchSize * PIXELS, (i + 1) * batchSize * PIXELS);
        return [{ data, shape: [batchSize, 28, 28], divisor: 255 }, labelsOf(i)];
      };
      return {
        step: (i) => void model.trainOnBatch(...batch(i)),
        loss: (i) => model.testOnBatch(...batch(i)).loss,
      };
    };
    return { about: `simdescent, threads ${threads}`, make };
  },

  async 'tfjs-cpu'() {
    const tf = require('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    const make = () => {
      const variables = weights.map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
      const logits = (x) => {
        let next = 0;
        for (const { kind } of layers) {
          if (kind === 'conv') x = tf.relu(tf.add(tf.conv2d(x, variables[next++], 1, 'valid'), variables[next++]));
          else if (kind === 'pool') x = tf.maxPool(x, 2, 2, 'valid');
          else if (kind === 'flatten') x = tf.reshape(x, [batchSize, -1]);
          else x = tf.relu(tf.add(tf.matMul(x, variables[next++]), variables[next++]));
        }
        return tf.add(tf.matMul(x, variables[next++]), variables[next++]);
      };
      const lossOf = (i) =>
        tf.losses.softmaxCrossEntropy(
          tf.oneHot(tf.tensor1d(Int32Array.from(labelsOf(i)), 'int32'), 10),
          logits(tf.tensor4d(pixelsOf(i), [batchSize, 28, 28, 1])),
        );
      const rule = optimizer === 'sgd' ? tf.train.sgd(rates.sgd) : tf.train.adam(rates.adam, 0.9, 0.999, 1e-7);
      return {
        step(i) {
          rule.minimize(() => lossOf(i), false, variables);
          variables[1].dataSync();
        },
        loss: (i) => tf.tidy(() => lossOf(i).dataSync()[0]),
      };
    };
    return { about: `TensorFlow.js ${tf.version_core}, JavaScript`, make };
  },

  async 'jax-js'() {
    const { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy: np, valueAndGrad } = await import('@jax-js/jax');
    await init('wasm');
    defaultDevice('wasm');
    // its images have their channels first: kernels and the rows of the first dense layer are turned
    const half = (x) => {
      const [n, c, h, w] = x.shape;
      const even = (size) => size - (size % 2);
      const whole = x.slice([], [], [0, even(h)], [0, even(w)]);
      return np.max(whole.reshape([n, c, even(h) / 2, 2, even(w) / 2, 2]), [3, 5]);
    };
    const logits = (w, x) => {
      let next = 0;
      for (const { kind } of layers) {
        if (kind === 'conv') {
          const kernel = w[next++].transpose([3, 2, 0, 1]);
          const bias = w[next++].reshape([1, -1, 1, 1]);
          x = nn.relu(lax.conv(x, kernel, [1, 1], 'VALID').add(bias));
        } else if (kind === 'pool') {
          x = half(x);
        } else if (kind === 'flatten') {
          x = x.transpose([0, 2, 3, 1]).reshape([batchSize, -1]);
        } else {
          x = nn.relu(np.matmul(x, w[next++]).add(w[next++]));
        }
      }
      return np.matmul(x, w[next++]).add(w[next++]);
    };
    const lossOf = (w, x, y) =>
      nn
        .logSoftmax(logits(w, x))
        .mul(y)
        .sum()
        .mul(-1 / batchSize);
    const { sgd, adam, rateOf } = jaxSteps({ jit, np, valueAndGrad }, lossOf, rates);
    const evaluate = jit(lossOf);
    const batch = (i) => {
      const oneHot = new Float32Array(batchSize * 10);
      for (const [row, label] of labelsOf(i).entries()) oneHot[row * 10 + label] = 1;
      return [np.array(pixelsOf(i)).reshape([batchSize, 1, 28, 28]), np.array(oneHot).reshape([batchSize, 10])];
    };
    const make = () => {
      let w = weights.map(({ data, shape }) => np.array(new Float32Array(data)).reshape(shape));
      let [m, v] = [0, 0].map(() => weights.map(({ shape }) => np.zeros(shape)));
      let t = 0;
      return {
        async step(i) {
          t++;
          let loss;
          if (optimizer === 'sgd') {
            [w, loss] = sgd(w, ...batch(i));
          } else {
            [w, m, v, loss] = adam(w, m, v, ...batch(i), rateOf(t));
          }
          await blockUntilReady(w);
          loss.dispose();
        },
        loss: async (i) =>
          (
            await evaluate(
              w.map((one) => one.ref),
              ...batch(i),
            ).data()
          )[0],
      };
    };
    return { about: 'jax-js, WebAssembly', make };
  },
};

const { about, make } = await libraries[name]();
let training;
let next = 0;

async function answer({ do: what, steps, milliseconds }) {
  if (what === 'about') return { about };
  if (what === 'loss') {
    const model = make();
    for (let i = 0; i < steps; i++) await model.step(i % batches);
    let sum = 0;
    for (let i = 0; i < steps; i++) sum += await model.loss(i % batches);
    return { loss: sum / steps };
  }
  training ??= make();
  const start = performance.now();
  let done = 0;
  do {
    await training.step(next++ % batches);
    done++;
  } while (performance.now() - start < milliseconds);
  return { milliseconds: (performance.now() - start) / done };
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error) => ({ error: String(error.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
