// This library, through its public API; in Node as many threads as asked for, strict. Its step also gathers the batch from bytes and counts the accuracy; for the
// peers, the first is done beforehand and the second left out.
import '../../dist/relaxed.js';
import { createRuntime, layers, ops, optimizers, sequential, tensor } from '../../dist/index.js';

export async function open(
  { images, labels, weights, batchSize, steps: batches, matrix, rates, threads = 1 },
  _name,
  options = { threads },
) {
  const runtime = createRuntime(options);
  const widths = weights.filter(({ shape }) => shape.length === 1).map(({ shape: [units] }) => units);
  const make = () => {
    const last = widths.length - 1;
    const stack = widths.map((units, i) => layers.dense({ units, activation: i < last ? 'relu' : 'softmax' }));
    const model = sequential(stack, { runtime });
    model.build([784]);
    for (const [i, { data }] of weights.entries()) model.weights[i].tensor.data.set(data);
    return model;
  };
  return {
    about: { name: 'simdescent', ...options },
    trainer(optimizer, most = batches) {
      const model = make();
      const learningRate = rates[optimizer];
      model.compile({
        optimizer: optimizers[optimizer]({ learningRate }),
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['accuracy'],
      });
      const count = most * batchSize;
      const x = { data: images.subarray(0, count * 784), shape: [count, 784], divisor: 255 };
      const y = { data: labels.subarray(0, count), shape: [count] };
      return {
        async run(n) {
          const epochs = Math.ceil(n / most);
          await model.fit(x, y, { batchSize, shuffle: false, epochs });
          return epochs * most;
        },
        loss: async () => (await model.evaluate(x, y, { batchSize })).loss,
      };
    },
    predictor(rows) {
      const model = make();
      const x = { data: Float32Array.from(images.subarray(0, rows * 784), (byte) => byte / 255), shape: [rows, 784] };
      return {
        run(times) {
          for (let i = 0; i < times; i++) model.predictOnBatch(x);
          return times;
        },
      };
    },
    product({ as, m, n, k }) {
      const [transposeA, transposeB] = [as === 'TN', as === 'NT'];
      const a = tensor(transposeA ? [k, m] : [m, k], matrix(m, k), { runtime });
      const b = tensor(transposeB ? [n, k] : [k, n], matrix(k, n), { runtime });
      const out = tensor([m, n], undefined, { runtime });
      return {
        run(times) {
          for (let i = 0; i < times; i++) ops.matmul(a, b, { transposeA, transposeB, out });
          return times;
        },
      };
    },
  };
}
