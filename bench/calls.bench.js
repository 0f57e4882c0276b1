// Calls of one batch at a time, as games, control and reinforcement learning make them, and what it takes to make a model: for each, the
// bare kernels or another measure beside it, in turns.
import { createRuntime, layers, sequential } from 'simdescent';
import { loadCore, randomFloats } from './core.js';
import { round, summary } from './harness.js';
import { imageModel, smallModel } from './network.js';

export const name = 'calls';

/** The products and activations of a forward pass of 784-300-100-10 over `rows` rows, one after the other. */
function bareForward(core, rows) {
  const { x, codes } = core;
  const sizes = [784, 300, 100, 10];
  const values = sizes.map((size) => core.random(rows * size));
  const kernels = sizes.slice(1).map((size, i) => core.random(sizes[i] * size));
  const biases = sizes.slice(1).map((size) => core.random(size));
  const scratch = core.alloc(x.gemmScratchBytes());
  return () => {
    for (let i = 0; i < 3; i++) {
      const [k, n] = [sizes[i], sizes[i + 1]];
      x.gemm(values[i + 1], n, values[i], k, false, kernels[i], n, false, rows, n, k, biases[i], false, 0, scratch);
      if (i < 2) x.activation(codes.RELU, values[i + 1], values[i + 1], rows * n, 0);
      else x.softmax(values[i + 1], values[i + 1], rows, n);
    }
  };
}

const microseconds = (timing) => ({
  'best µs': round(timing.min * 1000, 2),
  'median µs': round(timing.median * 1000, 2),
  'calls/s (median)': Math.round(1000 / timing.median),
});

export async function run(harness, { module, codes }) {
  const image = imageModel('adam');
  const predictions = [1, 32].map((rows) => {
    const batch = { data: randomFloats(rows * 784), shape: [rows, 28, 28] };
    return {
      name: `${rows} row${rows === 1 ? '' : 's'} of 784-300-100-10`,
      measure: () => {
        const bare = bareForward(loadCore(module, codes), rows);
        const { first, over } = harness.timeBoth(() => image.predictOnBatch(batch), bare);
        return { ...first, over };
      },
    };
  });
  await harness.table('predictOnBatch, and the bare kernels in turns', predictions, (timing) => ({
    ...microseconds(timing),
    'over bare kernels': round(timing.over, 2),
  }));

  const cases = [1, 4].flatMap((rows) => {
    const small = smallModel('sgd');
    const x = { data: randomFloats(rows * 2), shape: [rows, 2] };
    const y = { data: Float32Array.from({ length: rows }, (_, i) => i % 2), shape: [rows, 1] };
    return [
      { name: `predictOnBatch, ${rows} of 2-16-1`, run: () => small.predictOnBatch(x) },
      { name: `testOnBatch, ${rows} of 2-16-1`, run: () => small.testOnBatch(x, y) },
      { name: `trainOnBatch, ${rows} of 2-16-1, SGD`, run: () => small.trainOnBatch(x, y) },
    ];
  });
  await harness.table('calls of one batch', cases, microseconds);
  image.dispose();

  /** From layers to the end of the first step, in milliseconds; each with a runtime of its own. */
  const making = (sizes) => () => {
    const once = () => {
      const runtime = createRuntime({ threads: 1 });
      const start = performance.now();
      const model = sequential(
        sizes.slice(1).map((units, i) => layers.dense({ units, ...(i === 0 && { inputShape: [sizes[0]] }) })),
        { seed: 42, runtime },
      );
      model.compile({ optimizer: 'adam', loss: 'mse' });
      model.trainOnBatch(
        { data: new Float32Array(sizes[0]), shape: [1, sizes[0]] },
        { data: new Float32Array(sizes.at(-1)), shape: [1, sizes.at(-1)] },
      );
      const took = performance.now() - start;
      model.dispose();
      runtime.dispose();
      return took;
    };
    return summary(Array.from({ length: harness.quick ? 5 : 21 }, once));
  };
  await harness.table(
    'made, compiled, recorded and one step of one row, Adam',
    [
      { name: '784-300-100-10', measure: making([784, 300, 100, 10]) },
      { name: '1,000 dense layers of 4 units', measure: making(Array.from({ length: 1001 }, () => 4)) },
    ],
    ({ min, median }) => ({ 'best ms': round(min, 2), 'median ms': round(median, 2) }),
  );
}
