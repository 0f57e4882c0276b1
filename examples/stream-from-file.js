// Trains on Fashion-MNIST from a file, of which only a few batches are in memory. Arguments: epochs (3), training images (60000).
// `node examples/stream-from-file.js`, after `npm run build`.
// @ts-check
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, sampleOrder, sequential } from 'simdescent';
import { loadFashionMnist } from 'simdescent/datasets';

const [epochs = 3, count = 60_000] = process.argv.slice(2).map(Number);
const [batchSize, pixels] = [64, 28 * 28];
const record = pixels + 1;
/** Records that are read at once: a call for each batch would cost a tenth of the training. */
const block = 16 * batchSize;

const folder = await mkdtemp(join(tmpdir(), 'simdescent-stream-'));
const path = join(folder, 'fashion.bin');

/** Each record of the file is an image and its label. */
async function prepare() {
  const { train, test } = await loadFashionMnist();
  const bytes = new Uint8Array(count * record);
  for (let i = 0; i < count; i++) {
    bytes.set(train.images.data.subarray(i * pixels, (i + 1) * pixels), i * record);
    bytes[i * record + pixels] = train.labels.data[i] ?? 0;
  }
  await writeFile(path, bytes);
  return test;
}

/**
 * The batches of an epoch: blocks of the file, and the records of each, in orders that depend on the epoch alone, so that training resumes to the same bits. The
 * arrays are used for every batch, because `fit` copies what it gets.
 */
async function* batches(/** @type {number} */ epoch) {
  const file = await open(path);
  const bytes = new Uint8Array(block * record);
  const images = new Uint8Array(batchSize * pixels);
  const labels = new Uint8Array(batchSize);
  try {
    for (const number of sampleOrder(Math.ceil(count / block), { seed: 1, epoch })) {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, number * bytes.length);
      const order = sampleOrder(bytesRead / record, { seed: 2 + number, epoch });
      for (let from = 0; from < order.length; from += batchSize) {
        const rows = order.subarray(from, from + batchSize);
        for (const [i, row] of rows.entries()) {
          images.set(bytes.subarray(row * record, row * record + pixels), i * pixels);
          labels[i] = bytes[row * record + pixels] ?? 0;
        }
        const x = { data: images.subarray(0, rows.length * pixels), shape: [rows.length, pixels], divisor: 255 };
        yield { x, y: labels.subarray(0, rows.length) };
      }
    }
  } finally {
    // also when training ends early: `fit` ends the generator
    await file.close();
  }
}

const test = await prepare();
const stack = [
  layers.dense({ units: 128, activation: 'relu', inputShape: [pixels] }),
  layers.dropout({ rate: 0.2 }),
  layers.dense({ units: 10, activation: 'softmax' }),
];
const model = sequential(stack, { seed: 1 });
model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
try {
  const images = { ...test.images, shape: [test.labels.data.length, pixels] };
  await model.fit(batches, { epochs, validationData: [images, test.labels], verbose: 2 });
} finally {
  await rm(folder, { recursive: true });
}
console.log(`digest ${await model.digest()}`);
model.dispose();
