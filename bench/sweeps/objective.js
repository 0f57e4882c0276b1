// What both libraries search: a small network on 500 images, and its loss on 500 others after each of nine epochs. A function of the settings, to the last bit, so
// only the searches differ. As a program it answers one line of JSON, settings, with another, the losses.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { loadFashionMnist } from '../../dist/datasets.js';
import { createRuntime, layers, optimizers, regularizers, sequential } from '../../dist/index.js';

export const EPOCHS = 9;
const ROWS = 500;

const { train } = await loadFashionMnist();
const part = (from) => [
  { ...train.images, data: train.images.data.subarray(784 * from, 784 * (from + ROWS)), shape: [ROWS, 28, 28] },
  { ...train.labels, data: train.labels.data.subarray(from, from + ROWS), shape: [ROWS] },
];
const [[x, y], validationData] = [part(0), part(30_000)];
const runtime = createRuntime({ threads: 1 });
const known = new Map();

/** Losses on the other images, one for each epoch. */
export async function lossesOf({ optimizer, learningRate, momentum, units, batchSize, dropout, l2 }) {
  const key = JSON.stringify([optimizer, learningRate, momentum, units, batchSize, dropout, l2]);
  if (known.has(key)) return known.get(key);
  const kernelRegularizer = regularizers.l2(l2);
  const model = sequential(
    [
      layers.flatten({ inputShape: [28, 28] }),
      layers.dense({ units, activation: 'relu', kernelRegularizer }),
      layers.dropout({ rate: dropout }),
      layers.dense({ units: 10, activation: 'softmax', kernelRegularizer }),
    ],
    { seed: 1, runtime },
  );
  const own = { learningRate, ...(momentum !== undefined && { momentum }) };
  model.compile({ optimizer: optimizers[optimizer](own), loss: 'sparseCategoricalCrossentropy' });
  const { history } = await model.fit(x, y, { epochs: EPOCHS, batchSize, validationData });
  // one that diverges is bad, and no more
  const losses = history.val_loss.map((loss) => (Number.isFinite(loss) ? Math.min(loss, 100) : 100));
  model.dispose();
  known.set(key, losses);
  return losses;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await lossesOf(JSON.parse(line))));
