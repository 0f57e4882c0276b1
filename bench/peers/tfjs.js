// TensorFlow.js, its plain JavaScript or its WebAssembly backend (SIMD, XNNPACK, one thread). The step is `optimizer.minimize` over
// tensors made beforehand: less work than `model.fit` or `trainOnBatch` of tfjs-layers.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const RULES = { sgd: (rate) => tf.train.sgd(rate), adam: (rate) => tf.train.adam(rate, 0.9, 0.999, 1e-7) };

export async function open({ images, labels, weights, batchSize, steps: batches, matrix, rates }, name) {
  if (name === 'tfjs-wasm') {
    const wasm = require('@tensorflow/tfjs-backend-wasm');
    const built = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
    wasm.setThreadsCount(1);
    wasm.setWasmPaths(`${join(built, 'dist')}/`);
    await tf.setBackend('wasm');
  } else {
    await tf.setBackend('cpu');
  }
  await tf.ready();
  const inputs = [];
  const targets = [];
  for (let i = 0; i < batches; i++) {
    const from = i * batchSize;
    const pixels = Float32Array.from(images.subarray(from * 784, (from + batchSize) * 784), (byte) => byte / 255);
    inputs.push(tf.tensor2d(pixels, [batchSize, 784]));
    targets.push(
      tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels.subarray(from, from + batchSize)), 'int32'), 10), 'float32'),
    );
  }
  const logits = ([w1, b1, w2, b2, w3, b3], x) => {
    const h1 = tf.relu(tf.add(tf.matMul(x, w1), b1));
    const h2 = tf.relu(tf.add(tf.matMul(h1, w2), b2));
    return tf.add(tf.matMul(h2, w3), b3);
  };
  const made = () => weights.map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
  return {
    about: { name, backend: tf.getBackend() },
    trainer(optimizer, most = batches) {
      if (!(optimizer in RULES)) throw new Error(`${optimizer} is not compared`);
      const variables = made();
      const lossOf = (i) => tf.losses.softmaxCrossEntropy(targets[i], logits(variables, inputs[i]));
      const rule = RULES[optimizer](rates[optimizer]);
      let next = 0;
      return {
        run(n) {
          for (let step = 0; step < n; step++, next++) rule.minimize(() => lossOf(next % most), false, variables);
          variables[1].dataSync();
          return n;
        },
        loss() {
          let sum = 0;
          for (let i = 0; i < most; i++) sum += tf.tidy(() => lossOf(i).dataSync()[0]);
          return sum / most;
        },
      };
    },
    predictor(rows) {
      const variables = made();
      const pixels = Float32Array.from(images.subarray(0, rows * 784), (byte) => byte / 255);
      const predict = () => tf.softmax(logits(variables, tf.tensor2d(pixels, [rows, 784]))).dataSync();
      return {
        run(times) {
          for (let i = 0; i < times; i++) tf.tidy(() => void predict());
          return times;
        },
      };
    },
    product({ as, m, n, k }) {
      const a = tf.tensor2d(matrix(m, k), as === 'TN' ? [k, m] : [m, k]);
      const b = tf.tensor2d(matrix(k, n), as === 'NT' ? [n, k] : [k, n]);
      return {
        run(times) {
          for (let i = 0; i < times; i++) tf.matMul(a, b, as === 'TN', as === 'NT').dispose();
          return times;
        },
      };
    },
  };
}
