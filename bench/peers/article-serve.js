// Ours in the comparison of article.js: `node article-serve.js DIR`. One JSON request a line, one line each as answer:
//   { "do": "about" } -> { about }, { "do": "epoch", optimizer } -> { seconds, loss, accuracy } of one more epoch, the latter of validation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRuntime } from '../../dist/index.js';
import { imageModel } from '../network.js';

const dir = process.argv[2];
const bytes = (file) => new Uint8Array(readFileSync(join(dir, file)));
const [train, test] = ['train', 'test'].map((part) => {
  const y = bytes(`${part}-labels.bin`);
  return [{ data: bytes(`${part}-images.bin`), shape: [y.length, 28, 28], divisor: 255 }, y];
});
const runtime = createRuntime();
let model;

async function answer({ do: what, optimizer }) {
  if (what === 'about') return { about: 'simdescent' };
  model ??= imageModel(optimizer, { runtime });
  const start = performance.now();
  const { history } = await model.fit(...train, { epochs: 1, batchSize: 32, validationData: test });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, loss: history.loss[0], accuracy: history.val_accuracy[0] };
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error) => ({ error: String(error.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
