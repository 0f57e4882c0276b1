// A bag of words: is a sentence from a licence, from the documents or from the change log of this project? Words, and pairs of neighbouring words, are hashed to a million columns;
// the rows stay sparse, and a step of SGD updates only the rows of the kernel whose words are in the batch.
// `node examples/bag-of-words.js`, after `npm run build`.
// @ts-check
import { readFileSync } from 'node:fs';
import { layers, optimizers, sequential, sparse } from 'simdescent';

const COLUMNS = 2 ** 20;
const kinds = [
  ['LICENSE', 'dist/THIRD_PARTY_LICENSES.md'],
  ['docs/architecture.md', 'docs/determinism.md'],
  ['CHANGELOG.md'],
];

/** FNV-1a, a hash of a string. @param {string} text */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (value >>> 0) % COLUMNS;
}

/** The words of a text. @param {string} text */
const wordsOf = (text) => text.toLowerCase().match(/[a-z]+/g) ?? [];

const sentences = kinds.flatMap((files, label) => {
  const texts = files.map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
  return texts
    .join('\n')
    .replace(/```.*?```/gs, '')
    .split(/[.:;|]\s|\n\s*\n/)
    .map((sentence) => ({ label, words: wordsOf(sentence) }))
    .filter(({ words }) => words.length >= 5);
});

/** @param {typeof sentences} all */
function rowsOf(all) {
  /** @type {number[]} */
  const indices = [];
  const offsets = [0];
  for (const { words } of all) {
    const features = words.flatMap((word, i) => (i === 0 ? [word] : [word, `${words[i - 1]} ${word}`]));
    indices.push(...[...new Set(features.map(hash))].sort((a, b) => a - b));
    offsets.push(indices.length);
  }
  // without values each is 1
  return sparse({ indices, offsets, shape: [all.length, COLUMNS] });
}

// every fifth sentence is kept for testing
const [train, test] = [sentences.filter((_, i) => i % 5 !== 0), sentences.filter((_, i) => i % 5 === 0)];
const [x, y] = [rowsOf(train), train.map(({ label }) => label)];
const model = sequential(
  [layers.dense({ units: 16, activation: 'relu' }), layers.dense({ units: kinds.length, activation: 'softmax' })],
  { seed: 1 },
);
model.compile({
  optimizer: optimizers.sgd({ learningRate: 0.5 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(x, y, { epochs: 20 });
const { accuracy } = await model.evaluate(
  rowsOf(test),
  test.map(({ label }) => label),
);
console.log(`${x}`);
console.log(`accuracy ${accuracy?.toFixed(3)} on ${test.length} sentences that it has not seen`);
console.log(`digest ${await model.digest()}`);
model.dispose();
