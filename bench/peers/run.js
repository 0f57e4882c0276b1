// The comparison: every peer in its own process, the same network, weights, batches and matrices, taking turns (A B A B ...), so
// that other work on the machine affects all alike. Ratios are taken within a round. Options: --rounds N (7), --quick, --only PEER,PEER,
// --task TEXT, --threads N (1; of those that can), --hidden 300,100, --python COMMAND, --json FILE, --markdown FILE. The images are the first of
// Fashion-MNIST's, or made ones where that is not installed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { toOnnx } from '../../dist/convert.js';
import { randomFloats } from '../core.js';
import { round, summary } from '../harness.js';
import { describe, machine } from '../machine.js';
import { imageModel } from '../network.js';
import { pictures } from '../pictures.js';
import { installed, Peer } from './peer.js';
import { table } from './table.js';

const results = (file) => fileURLToPath(new URL(`../results/${file}`, import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    task: { type: 'string', default: '' },
    threads: { type: 'string', default: '1' },
    hidden: { type: 'string', default: '300,100' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'string', default: results('peers.json') },
    markdown: { type: 'string', default: results('peers.md') },
  },
});
const ROUNDS = values.quick ? 3 : Number(values.rounds);
/** Milliseconds to warm up (1,000 calls are enough), and of one turn. */
const [WARM_UP, TURN] = values.quick ? [300, 60] : [1500, 200];
const BATCHES = 100;
const CHECKED_STEPS = 20;
const AGREEMENT = 1e-3;

const TASKS = [
  { name: 'step, SGD', do: 'step', optimizer: 'sgd' },
  // moments of weights without a gradient become denormal after some 700 steps, which slows down peers that do not flush them
  { name: 'step, Adam, first steps', do: 'step', optimizer: 'adam', fresh: true },
  { name: 'step, Adam, going on', do: 'step', optimizer: 'adam', warmUp: 6000 },
  { name: 'step, Nadam', do: 'step', optimizer: 'nadam' },
  ...[1, 32, 1000].map((rows) => ({ name: `predict ${rows} ${rows === 1 ? 'row' : 'rows'}`, do: 'predict', rows })),
  ...[
    ['A·B 512³', 'NN', 512, 512, 512],
    ['A·Bᵀ 512³', 'NT', 512, 512, 512],
    ['Aᵀ·B 512³', 'TN', 512, 512, 512],
    ['A·B [32,784]·[784,300]', 'NN', 32, 784, 300],
    ['Aᵀ·B [32,784]ᵀ·[32,300]', 'TN', 784, 32, 300],
    ['A·Bᵀ [32,300]·[784,300]ᵀ', 'NT', 32, 300, 784],
    ['A·B [32,300]·[300,100]', 'NN', 32, 300, 100],
    ['Aᵀ·B [32,300]ᵀ·[32,100]', 'TN', 300, 32, 100],
    ['A·Bᵀ [32,100]·[300,100]ᵀ', 'NT', 32, 100, 300],
  ].map(([name, as, m, k, n]) => ({ name, do: 'product', as, m, k, n })),
];

/** Bytes of images and their labels. */
async function pictureBytes(count) {
  const { x, y, ...about } = await pictures(count);
  return { x: x.data, y: y.data, ...about };
}

/** Writes the common starting point. */
async function handOver(dir, { x, y }) {
  const model = imageModel('sgd', { hidden: values.hidden.split(',').map(Number) });
  const rates = { sgd: 0.01, adam: 0.001, nadam: 0.001 };
  const shapes = model.weights.map(({ tensor }) => tensor.shape);
  const meta = { batchSize: 32, steps: BATCHES, rates, threads: Number(values.threads), weights: shapes };
  writeFileSync(join(dir, 'meta.json'), JSON.stringify(meta));
  writeFileSync(join(dir, 'images.bin'), x);
  writeFileSync(join(dir, 'labels.bin'), y);
  for (const [i, { tensor }] of model.weights.entries())
    writeFileSync(join(dir, `weight${i}.bin`), Buffer.from(Float32Array.from(tensor.data).buffer));
  writeFileSync(join(dir, 'model.onnx'), await toOnnx(model));
  writeFileSync(join(dir, 'matrix.bin'), new Uint8Array(randomFloats(512 * 512).buffer));
}

async function compare(peers) {
  const losses = {};
  for (const optimizer of ['sgd', 'adam']) {
    for (const peer of peers.filter(({ name }) => name !== 'onnxruntime')) {
      const { loss } = await peer.ask({ do: 'loss', optimizer, steps: CHECKED_STEPS });
      losses[optimizer] = { ...losses[optimizer], [peer.name]: loss };
    }
  }
  for (const [name, loss] of Object.entries(losses.sgd)) {
    const off = Math.abs(loss / losses.sgd.simdescent - 1);
    if (!(off < AGREEMENT))
      throw new Error(`${name} computes something else: loss ${loss}, not ${losses.sgd.simdescent}`);
  }

  const tasks = [];
  for (const { name, warmUp = WARM_UP, ...request } of TASKS.filter((task) => task.name.includes(values.task))) {
    const able = [];
    for (const peer of peers) {
      try {
        await peer.ask({ ...request, milliseconds: warmUp, calls: 1000 });
        able.push(peer);
      } catch (error) {
        console.error(`${name}: without ${error.message.split('\n')[0]}`);
      }
    }
    const times = Object.fromEntries(able.map((peer) => [peer.name, []]));
    for (let turn = 0; turn < ROUNDS; turn++) {
      for (const peer of able) {
        const { milliseconds } = await peer.turn({ ...request, milliseconds: TURN });
        times[peer.name].push(milliseconds);
      }
    }
    const ours = times.simdescent;
    const rows = Object.entries(times).map(([peer, all]) => ({
      peer,
      ...summary(all),
      ratio: peer === 'simdescent' ? undefined : summary(all.map((value, i) => value / ours[i])),
      minRatio: Math.min(...all) / Math.min(...ours),
    }));
    tasks.push({
      name,
      request,
      flop: request.do === 'product' ? 2 * request.m * request.n * request.k : undefined,
      rows,
    });
    console.log(
      `${name}: ${rows.map(({ peer, median, ratio }) => `${peer} ${round(median, 4)} ms${ratio ? ` (${round(ratio.median, 2)}x)` : ''}`).join(', ')}`,
    );
  }
  return { losses, tasks };
}

const on = machine();
const dir = mkdtempSync(join(tmpdir(), 'simdescent-peers-'));
const script = (file) => fileURLToPath(new URL(file, import.meta.url));
const names = ['simdescent', 'jax-js', 'tfjs-wasm', 'tfjs-cpu', 'onnxruntime'];
const natives = ['pytorch', 'keras'].filter((name) => installed(values.python, name === 'pytorch' ? 'torch' : name));
const wanted = values.only?.split(',');
const chosen = [...names, ...natives].filter((name) => name === 'simdescent' || !wanted || wanted.includes(name));
let peers = [];
try {
  const data = await pictureBytes(BATCHES * 32);
  await handOver(dir, data);
  peers = chosen.map((name) =>
    natives.includes(name)
      ? new Peer(name, values.python, [script('step.py'), name, dir])
      : new Peer(name, process.execPath, [script('serve.js'), name, dir]),
  );
  const about = [];
  for (const peer of peers) about.push(await peer.ask({ do: 'about' }));
  console.log(`${describe(on)}\n${about.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
  const method = `peers take turns, ${ROUNDS} rounds of ${TURN} ms or longer after ${WARM_UP} ms (or 1000 calls) of warming up; ratios within a round; threads: ${values.threads} where a library lets one choose; 784-${values.hidden.replaceAll(',', '-')}-10 on ${data.name}, ${round(100 * data.density, 0)} % of whose pixels are not zero`;
  const report = { machine: on, method, peers: about, ...(await compare(peers)) };
  for (const file of [values.json, values.markdown]) mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(values.markdown, table(report));
  console.log(`\n${table(report)}\nwritten to ${resolve(values.json)} and ${resolve(values.markdown)}`);
} finally {
  await Promise.all(peers.map((peer) => peer.end()));
  rmSync(dir, { recursive: true, force: true });
}
