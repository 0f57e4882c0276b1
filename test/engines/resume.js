// @ts-check
/**
 * A training in two halves with a file between them: over the public API, importing nothing, like the reference runs. Whichever engine
 * does the second half, the weights and the file at the end are those of a training that never stopped.
 *
 * @typedef {import('../reference-runs/runs.js').Simdescent} Simdescent
 * @typedef {import('../../src/index.ts').Sequential} Sequential
 */
const [ROWS, HALF, EPOCHS] = [203, 2, 4];

/** @param {Sequential} model @param {number} initialEpoch @param {number} epochs */
async function train(model, initialEpoch, epochs) {
  const data = Float32Array.from({ length: ROWS * 20 }, (_, i) => ((i * 2654435761) >>> 20) / 4096);
  const y = { data: Int32Array.from({ length: ROWS }, (_, i) => (i * 7) % 4), shape: [ROWS] };
  await model.fit({ data, shape: [ROWS, 20] }, y, { initialEpoch, epochs, validationSplit: 0.1 });
}

/** @param {Sequential} model */
async function resultOf(model) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await model.save()));
  return {
    digest: await model.digest(),
    file: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

/** The file after the first half, and what comes of a training that never stopped. @param {Simdescent} simdescent */
export async function begin({ layers, optimizers, schedules, sequential }) {
  const make = () => {
    const stack = [
      layers.dense({ units: 30, activation: 'gelu', kernelRegularizer: 'l2', inputShape: [20] }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 4, activation: 'softmax' }),
    ];
    const model = sequential(stack, { seed: 11 });
    const learningRate = schedules.cosineDecay({ initialLearningRate: 0.01, decaySteps: 20 });
    const optimizer = optimizers.nadam({ learningRate, globalClipnorm: 1 });
    model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    return model;
  };
  const [half, whole] = [make(), make()];
  await train(half, 0, HALF);
  await train(whole, 0, EPOCHS);
  return { file: await half.save(), result: await resultOf(whole) };
}

/** The second half. @param {Simdescent} simdescent @param {Uint8Array} file */
export async function resume({ loadModel }, file) {
  const model = await loadModel(file);
  await train(model, model.epoch, EPOCHS);
  return resultOf(model);
}
