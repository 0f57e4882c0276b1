// Which learning rate? Trains the same network with five of them, on the first 6000 images of Fashion-MNIST in the same order.
// `node examples/compare-learning-rates.js`, after `npm run build`. The first run downloads the data set.
// @ts-check
import { layers, optimizers, sequential } from 'simdescent';
import { loadFashionMnist } from 'simdescent/datasets';

const RATES = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
const COUNT = 6000;
const EPOCHS = 3;

const { train, test } = await loadFashionMnist();
// Images are bytes, one after the other. `divisor: 255` scales each batch to 0 to 1.
const images = { data: train.images.data.subarray(0, COUNT * 28 * 28), shape: [COUNT, 28, 28], divisor: 255 };
const labels = { data: train.labels.data.subarray(0, COUNT), shape: [COUNT] };

const runs = [];
for (const learningRate of RATES) {
  // One model for each rate. Models with the same seed start from the same weights and see the images in the same order.
  const model = sequential(
    [
      layers.flatten({ inputShape: [28, 28] }),
      layers.dense({ units: 64, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 42 },
  );
  model.compile({
    optimizer: optimizers.adam({ learningRate }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(images, labels, {
    epochs: EPOCHS,
    validationData: [test.images, test.labels],
  });
  const last = (/** @type {string} */ key) => history[key]?.at(-1) ?? Number.NaN;
  const run = { learningRate, loss: last('loss'), val_loss: last('val_loss'), digest: await model.digest() };
  console.log(
    `learning rate ${String(learningRate).padEnd(6)} loss ${run.loss.toFixed(4)}  val_loss ${run.val_loss.toFixed(4)}` +
      `  val_accuracy ${last('val_accuracy').toFixed(4)}  digest ${run.digest}`,
  );
  runs.push(run);
  model.dispose();
}

// A rate that is too high can end in a loss that is NaN, which no comparison finds.
const best = runs
  .filter(({ val_loss }) => Number.isFinite(val_loss))
  .reduce((a, b) => (b.val_loss < a.val_loss ? b : a));
console.log(`best on images not trained on: ${best.learningRate}`);
