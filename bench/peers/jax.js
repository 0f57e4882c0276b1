// jax-js on its WebAssembly backend: one thread in Node, one for each processor on an isolated page. The whole step (forward, backward,
// update) is one function under `jit`. jax-js counts references: a function consumes its arguments, `.ref` keeps one for later.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { jaxSteps } from './jax-steps.js';

export async function open({ images, labels, weights, batchSize, steps: batches, matrix, rates }) {
  await init('wasm');
  defaultDevice('wasm');
  const inputs = [];
  const targets = [];
  for (let i = 0; i < batches; i++) {
    const from = i * batchSize;
    const pixels = Float32Array.from(images.subarray(from * 784, (from + batchSize) * 784), (byte) => byte / 255);
    inputs.push(np.array(pixels).reshape([batchSize, 784]));
    const oneHot = new Float32Array(batchSize * 10);
    for (let r = 0; r < batchSize; r++) oneHot[r * 10 + labels[from + r]] = 1;
    targets.push(np.array(oneHot).reshape([batchSize, 10]));
  }
  await blockUntilReady([inputs, targets]);

  const logitsOf = ([w1, b1, w2, b2, w3, b3], x) => {
    const h1 = nn.relu(np.matmul(x, w1).add(b1));
    const h2 = nn.relu(np.matmul(h1, w2).add(b2));
    return np.matmul(h2, w3).add(b3);
  };
  const lossOf = (w, x, y) =>
    nn
      .logSoftmax(logitsOf(w, x))
      .mul(y)
      .sum()
      .mul(-1 / batchSize);
  const { sgd, adam, rateOf } = jaxSteps({ jit, np, valueAndGrad }, lossOf, rates);
  const evaluate = jit(lossOf);

  return {
    about: { name: 'jax-js', backend: 'wasm, jit' },
    trainer(optimizer, most = batches) {
      if (optimizer !== 'sgd' && optimizer !== 'adam') throw new Error(`${optimizer} is not compared`);
      let w = weights.map(({ data, shape }) => np.array(new Float32Array(data)).reshape(shape));
      let m = weights.map(({ shape }) => np.zeros(shape));
      let v = weights.map(({ shape }) => np.zeros(shape));
      let next = 0;
      return {
        async run(n) {
          for (let step = 0; step < n; step++) {
            const [x, y] = [inputs[next % most].ref, targets[next % most].ref];
            const t = ++next;
            let loss;
            if (optimizer === 'sgd') {
              [w, loss] = sgd(w, x, y);
            } else {
              [w, m, v, loss] = adam(w, m, v, x, y, rateOf(t));
            }
            await blockUntilReady(w);
            loss.dispose();
          }
          return n;
        },
        async loss() {
          let sum = 0;
          for (let i = 0; i < most; i++) {
            const value = evaluate(
              w.map((one) => one.ref),
              inputs[i].ref,
              targets[i].ref,
            );
            sum += (await value.data())[0];
          }
          return sum / most;
        },
      };
    },
    predictor(rows) {
      const w = weights.map(({ data, shape }) => np.array(new Float32Array(data)).reshape(shape));
      const pixels = Float32Array.from(images.subarray(0, rows * 784), (byte) => byte / 255);
      const predict = jit((all, x) => nn.softmax(logitsOf(all, x)));
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            const x = np.array(pixels).reshape([rows, 784]);
            await predict(
              w.map((one) => one.ref),
              x,
            ).data();
          }
          return times;
        },
      };
    },
    product({ as, m, n, k }) {
      const made = (rows, cols) => np.array(new Float32Array(matrix(rows, cols))).reshape([rows, cols]);
      const a = as === 'TN' ? made(k, m) : made(m, k);
      const b = as === 'NT' ? made(n, k) : made(k, n);
      const multiply = jit((p, q) => np.matmul(as === 'TN' ? p.transpose() : p, as === 'NT' ? q.transpose() : q));
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            const c = multiply(a.ref, b.ref);
            await blockUntilReady(c);
            c.dispose();
          }
          return times;
        },
      };
    },
  };
}
