// A bag of words beside PyTorch's EmbeddingBag with sparse gradients: 100,000 columns, 50 values a row, a dense layer of 64, relu, 10 classes, SGD, batch 32,
// from the same weights and batches, in turns. Options: --rounds N (9), --threads N (1), --columns N, --python PYTHON (one that has torch).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRuntime, layers, optimizers, sequential, sparse } from '../../dist/index.js';
import { randomFloats } from '../core.js';
import { round, summary } from '../harness.js';
import { describe, machine } from '../machine.js';
import { installed, Peer } from './peer.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '1' },
    columns: { type: 'string', default: '100000' },
    python: { type: 'string', default: 'python3' },
  },
});
const [threads, columns] = [Number(values.threads), Number(values.columns)];
const [batchSize, steps, each, units, classes, rate] = [32, 100, 50, 64, 10, 0.1];
const [WARM_UP, TURN, AGREEMENT] = [1500, 400, 1e-4];
const rows = batchSize * steps;

/** Rows of `each` columns, ascending: a few words are frequent, most are rare, as in texts. */
function data() {
  const random = randomFloats(rows * each * 4).map((value) => Math.abs(value));
  const indices = new Int32Array(rows * each);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    const own = new Set();
    // the square of a uniform number: half of the words are among the first quarter of the columns
    while (own.size < each) own.add(Math.floor(random[at++ % random.length] ** 2 * columns));
    indices.set(
      [...own].sort((a, b) => a - b),
      r * each,
    );
  }
  return {
    indices,
    values: Float32Array.from({ length: rows * each }, (_, i) => 0.1 + random[i]),
    offsets: Int32Array.from({ length: rows + 1 }, (_, r) => r * each),
    labels: Int32Array.from({ length: rows }, (_, r) => Math.floor(random[r] * classes)),
  };
}

const runtime = createRuntime({ threads });
const { labels, ...parts } = data();
const x = sparse({ ...parts, shape: [rows, columns] });

function trainer(weights) {
  const stack = [
    layers.dense({ units, activation: 'relu', inputShape: [columns] }),
    layers.dense({ units: classes, activation: 'softmax' }),
  ];
  const model = sequential(stack, { seed: 1, runtime });
  if (weights) model.setWeights(weights);
  model.compile({ optimizer: optimizers.sgd({ learningRate: rate }), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

const model = trainer();
const fit = (one, epochs = 1) => one.fit(x, labels, { batchSize, shuffle: false, epochs });
const weights = model.getWeights();
console.log(`${describe(machine())}; ${threads} thread(s), ${columns} columns`);
const dir = mkdtempSync(join(tmpdir(), 'simdescent-sparse-'));
let peer;
try {
  writeFileSync(
    join(dir, 'meta.json'),
    JSON.stringify({ batchSize, steps, each, columns, units, classes, rate, threads }),
  );
  for (const [name, array] of Object.entries({ indices: parts.indices, values: parts.values, labels }))
    writeFileSync(join(dir, `${name}.bin`), new Uint8Array(array.buffer));
  for (const [i, array] of weights.entries()) writeFileSync(join(dir, `weight${i}.bin`), new Uint8Array(array.buffer));
  if (installed(values.python, 'torch'))
    peer = new Peer('pytorch', values.python, [fileURLToPath(new URL('sparse.py', import.meta.url)), dir]);
  const other = peer && (await peer.ask({ do: 'about' }));

  const once = trainer(weights);
  await fit(once);
  const { loss } = await once.evaluate(x, labels, { batchSize });
  once.dispose();
  if (peer) {
    const theirs = await peer.ask({ do: 'loss' });
    if (!(Math.abs(theirs.loss / loss - 1) < AGREEMENT)) throw new Error(`they compute ${theirs.loss}, not ${loss}`);
    await peer.ask({ do: 'step', milliseconds: WARM_UP });
  }
  const before = runtime.memory.used;
  await fit(model, 20);
  const [ours, theirs] = [[], []];
  for (let turn = 0; turn < Number(values.rounds); turn++) {
    const epochs = turn === 0 ? 5 : Math.max(1, Math.round(TURN / (ours[0] * steps)));
    const { trainSeconds } = await fit(model, epochs);
    ours.push((trainSeconds.reduce((sum, one) => sum + one, 0) * 1000) / (epochs * steps));
    if (peer) theirs.push((await peer.turn({ do: 'step', milliseconds: TURN })).milliseconds);
  }
  const shown = (all) => `${round(summary(all).min, 4)} / ${round(summary(all).median, 4)} ms`;
  console.log(
    `loss after ${steps} steps ${loss.toFixed(6)}; memory beside the weights ${((before - 4 * units * columns) / 1e6).toFixed(1)} MB`,
  );
  console.log(`a step, best / median: simdescent ${shown(ours)}`);
  if (peer)
    console.log(
      `${other.name} ${other.version} ${shown(theirs)}: ${round(summary(theirs.map((value, i) => value / ours[i])).median, 3)} times ours`,
    );
} finally {
  await peer?.end();
  rmSync(dir, { recursive: true, force: true });
}
