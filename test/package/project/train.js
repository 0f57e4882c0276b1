/** A short training with the package that is handed in: prints to the same digest wherever it runs. */
export async function train({ createRuntime, layers, optimizers, sequential }) {
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
  const x = { data: Float32Array.from({ length: 256 * 64 }, () => (next() % 2001) / 1000 - 1), shape: [256, 64] };
  const y = { data: Int32Array.from({ length: 256 }, () => next() % 10), shape: [256] };
  const runtime = createRuntime({ threads: 2, maximumMemory: 2 ** 26 });
  const model = sequential(
    [
      layers.dense({ units: 128, activation: 'relu', inputShape: [64] }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 42, runtime },
  );
  model.compile({ optimizer: optimizers.nadam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy' });
  await model.fit(x, y, { epochs: 5, batchSize: 64 });
  const digest = await model.digest();
  runtime.dispose();
  return digest;
}
