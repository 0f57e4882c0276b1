// Convolutional networks beside other libraries: a training step of each network of network.js on the first images of Fashion-MNIST, from
// the same weights, each library in its own process, taking turns. Options: --rounds N (7), --quick, --threads N (1; of those that can),
// --only PEER,PEER, --network TEXT, --checked N (10: steps after which losses must agree; fewer for those that take seconds for one),
// --pytorch PYTHON, --keras PYTHON (Pythons that have them; KERAS_BACKEND says which backend).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadFashionMnist } from '../../dist/datasets.js';
import { createRuntime } from '../../dist/index.js';
import { round, summary } from '../harness.js';
import { describe, machine } from '../machine.js';
import { convnet, convnets } from '../network.js';
import { installed, Peer } from './peer.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    threads: { type: 'string', default: '1' },
    only: { type: 'string' },
    network: { type: 'string', default: '' },
    checked: { type: 'string', default: '10' },
    pytorch: { type: 'string', default: 'python3' },
    keras: { type: 'string', default: 'python3' },
  },
});
const IMAGES = 3200;
const AGREEMENT = 1e-3;
const OPTIMIZERS = { 'convnet 24-32': 'sgd', 'convnet 32-64': 'adam' };
const rates = { sgd: 0.01, adam: 0.001 };
const rounds = values.quick ? 3 : Number(values.rounds);
const [warmUp, turn] = values.quick ? [500, 300] : [3000, 1000];
const script = (file) => fileURLToPath(new URL(file, import.meta.url));
const wanted = values.only?.split(',');
const on = machine();
console.log(`${describe(on)}; threads: ${values.threads} where a library lets one choose`);

const { train } = await loadFashionMnist();
for (const [name, network] of Object.entries(convnets).filter(([name]) => name.includes(values.network))) {
  const dir = mkdtempSync(join(tmpdir(), 'simdescent-convnets-'));
  const peers = [];
  try {
    const model = convnet(name, createRuntime({ threads: 1 }));
    const weights = model.weights.map(({ tensor }) => tensor);
    const meta = { ...network, optimizer: OPTIMIZERS[name], rates, threads: Number(values.threads) };
    writeFileSync(
      join(dir, 'meta.json'),
      JSON.stringify({ ...meta, name, weights: weights.map(({ shape }) => shape) }),
    );
    writeFileSync(join(dir, 'images.bin'), train.images.data.subarray(0, IMAGES * 28 * 28));
    writeFileSync(join(dir, 'labels.bin'), train.labels.data.subarray(0, IMAGES));
    for (const [i, { data }] of weights.entries())
      writeFileSync(join(dir, `weight${i}.bin`), Buffer.from(Float32Array.from(data).buffer));
    model.dispose();

    for (const [peer, python, module] of [
      ['simdescent'],
      ['pytorch', values.pytorch, 'torch'],
      ['keras', values.keras, 'keras'],
      ['tfjs-cpu'],
      ['jax-js'],
    ]) {
      if (wanted && peer !== 'simdescent' && !wanted.includes(peer)) continue;
      if (python === undefined) peers.push(new Peer(peer, process.execPath, [script('convnets-serve.js'), peer, dir]));
      else if (installed(python, module)) peers.push(new Peer(peer, python, [script('convnets.py'), peer, dir]));
    }
    const about = [];
    for (const peer of peers) about.push((await peer.ask({ do: 'about' })).about);
    console.log(`\n${name}, batch ${network.batchSize}, ${OPTIMIZERS[name]}: ${about.join(', ')}`);
    const able = [];
    let ours;
    for (const peer of peers) {
      try {
        const { loss } = await peer.ask({ do: 'loss', steps: Number(values.checked) });
        ours ??= loss;
        if (!(Math.abs(loss / ours - 1) < AGREEMENT)) throw new Error(`computes something else: ${loss}, not ${ours}`);
        await peer.ask({ do: 'step', milliseconds: warmUp });
        able.push(peer);
      } catch (error) {
        console.log(`  without ${peer.name}: ${error.message.split('\n')[0].slice(0, 160)}`);
      }
    }
    const times = Object.fromEntries(able.map((peer) => [peer.name, []]));
    for (let i = 0; i < rounds; i++)
      for (const peer of able)
        times[peer.name].push((await peer.turn({ do: 'step', milliseconds: turn })).milliseconds);
    const table = Object.entries(times).map(([peer, all]) => {
      const ratio = summary(all.map((value, i) => value / times.simdescent[i]));
      return {
        peer,
        'best ms': round(Math.min(...all), 2),
        'median ms': round(summary(all).median, 2),
        'over ours': round(ratio.median, 2),
        'spread %': round(ratio.spread, 1),
      };
    });
    console.table(Object.fromEntries(table.map(({ peer, ...rest }) => [peer, rest])));
  } finally {
    await Promise.all(peers.map((peer) => peer.end()));
    rmSync(dir, { recursive: true, force: true });
  }
}
