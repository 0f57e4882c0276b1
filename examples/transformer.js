// A character-level transformer made of `ops` alone, which learns a poem by heart: embedding, causal attention with four heads, layer normalization.
// `node examples/transformer.js`, after `npm run build`.
// @ts-check
import { compileFunction, compileStep, digest, initializers, ops, optimizers, tensor } from 'simdescent';

const TEXT = `The river begins as a line in the moss,
as thin as the thread that the hills have lost.
It counts the stones, and it learns their names,
it turns at the mill, and it turns again.

The river grows wide where the valleys bend,
it carries a leaf to the water's end.
It asks the bridge what the bridges know,
and the bridge says only: the waters go.

The river falls still where the sea begins,
with salt in its mouth and the moon on its skin.
It dreams of a line in the moss on a hill,
of rain that has fallen, and rain falling still.
`;
const [LENGTH, WIDTH, HEADS, BLOCKS] = [32, 32, 4, 2]; // characters that it sees, numbers for each of them
const [STEPS, BATCH] = [600, 16];
const alphabet = [...new Set(TEXT)].sort();
const codes = Array.from(TEXT, (character) => alphabet.indexOf(character));

/** @typedef {import('simdescent').SymbolicValue} Value */
let seed = 1;
const weight = (/** @type {number[]} */ ...shape) => tensor(shape, initializers.glorotUniform(), { seed: seed++ });
const norm = () => ({ gain: tensor([WIDTH], initializers.ones()), shift: tensor([WIDTH]) });
const parameters = {
  characters: weight(alphabet.length, WIDTH),
  places: weight(LENGTH, WIDTH),
  blocks: Array.from({ length: BLOCKS }, () => ({
    attention: {
      norm: norm(),
      query: weight(WIDTH, WIDTH),
      key: weight(WIDTH, WIDTH),
      value: weight(WIDTH, WIDTH),
      output: weight(WIDTH, WIDTH),
    },
    mlp: { norm: norm(), up: weight(WIDTH, 4 * WIDTH), down: weight(4 * WIDTH, WIDTH) },
  })),
  norm: norm(),
  output: weight(WIDTH, alphabet.length),
};
/** @typedef {import('simdescent').Symbolic<typeof parameters>} Parameters */

/** Mean 0 and variance 1 over the last axis, then scaled and shifted. @param {Value} x @param {Parameters['norm']} parameters */
function normalize(x, { gain, shift }) {
  const centred = ops.subtract(x, ops.mean(x, { axis: -1, keepdims: true }));
  const variance = ops.mean(ops.square(centred), { axis: -1, keepdims: true });
  return ops.add(ops.multiply(centred, ops.multiply(ops.rsqrt(ops.add(variance, 1e-5)), gain)), shift);
}

/** Each place looks at itself and those before it. @param {Value} x @param {Parameters['blocks'][0]['attention']} parameters */
function attend(x, { norm, query, key, value, output }) {
  const normal = normalize(x, norm);
  const [q, k, v] = /** @type {[Value, Value, Value]} */ (
    [query, key, value].map((kernel) => {
      const heads = ops.reshape(ops.matmul(normal, kernel), [-1, LENGTH, HEADS, WIDTH / HEADS]);
      return ops.transpose(heads, { axes: [0, 2, 1, 3] });
    })
  );
  const scores = ops.divide(ops.matmul(q, k, { transposeB: true }), Math.sqrt(WIDTH / HEADS));
  const past = ops.where(ops.tril(ops.onesLike(scores)), scores, -1e9);
  const mixed = ops.transpose(ops.matmul(ops.softmax(past), v), { axes: [0, 2, 1, 3] });
  return ops.matmul(ops.reshape(mixed, [-1, LENGTH, WIDTH]), output);
}

/** @param {Value} x @param {Parameters['blocks'][0]['mlp']} parameters */
const think = (x, { norm, up, down }) => ops.matmul(ops.relu(ops.matmul(normalize(x, norm), up)), down);

/** What may come after each of the characters [n, LENGTH]: [n, LENGTH, alphabet]. @param {Parameters} p @param {Value} characters */
function logits(p, characters) {
  let x = ops.add(ops.take(p.characters, characters), p.places);
  for (const { attention, mlp } of p.blocks) {
    x = ops.add(x, attend(x, attention));
    x = ops.add(x, think(x, mlp));
  }
  return ops.matmul(normalize(x, p.norm), p.output);
}

/** The mean cross-entropy of the characters that do come. @param {Parameters} p @param {Value} characters @param {Value} next */
function loss(p, characters, next) {
  const chosen = ops.multiply(ops.logSoftmax(logits(p, characters)), ops.oneHot(next, alphabet.length));
  return ops.negate(ops.mean(ops.sum(chosen, { axis: -1 })));
}

/** Pieces of the text that begin at these places, and the same one character later. @param {number[]} starts */
const pieces = (starts) =>
  /** @type {const} */ ([
    starts.map((at) => codes.slice(at, at + LENGTH)),
    starts.map((at) => codes.slice(at + 1, at + LENGTH + 1)),
  ]);

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const learningRate = 3e-3;
const step = compileStep({ loss, parameters, optimizer: optimizers.adam({ learningRate }) });
for (let i = 1; i <= STEPS; i++) {
  const last = step(...pieces(Array.from({ length: BATCH }, () => Math.floor(random() * (codes.length - LENGTH)))));
  if (i % 100 === 0) console.log(`step ${i}: loss ${last.toFixed(3)}`);
}

// The loss over all of the text, then the text itself: each time the likeliest character after those before it.
const evaluate = compileFunction(loss);
const places = Array.from({ length: codes.length - LENGTH }, (_, at) => at);
console.log(`loss of the whole text: ${evaluate(parameters, ...pieces(places)).data[0]?.toFixed(3)}`);
const likeliest = compileFunction((/** @type {Parameters} */ p, /** @type {Value} */ characters) =>
  ops.argMax(logits(p, characters), { axis: -1 }),
);
const written = Array.from('The river', (character) => alphabet.indexOf(character));
while (written.length < 300) {
  const seen = written.slice(-LENGTH);
  const after = likeliest(parameters, [[...seen, ...new Array(LENGTH - seen.length).fill(0)]]);
  written.push(after.data[seen.length - 1] ?? 0);
  after.dispose();
}
console.log(written.map((code) => alphabet[code]).join(''));
console.log('digest', await digest(parameters));
