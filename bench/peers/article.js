// The article's experiment beside Keras 3: 784-300-100-10 on all of Fashion-MNIST, batch 32, `fit` with validation, seconds an epoch, from
// the same weights, on all processors. Each library, and each backend of Keras that Python has, in its own process; they take turns, an epoch
// each. Options: --rounds N (3, after one to warm up), --optimizers sgd,nadam, --only NAME,NAME, --keras PYTHON.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadFashionMnist } from '../../dist/datasets.js';
import { round, summary } from '../harness.js';
import { describe, machine } from '../machine.js';
import { imageModel } from '../network.js';
import { installed, Peer } from './peer.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    optimizers: { type: 'string', default: 'sgd,nadam' },
    only: { type: 'string' },
    keras: { type: 'string', default: 'python3' },
  },
});
const BACKENDS = { jax: 'jax', tensorflow: 'tensorflow', torch: 'torch' };
const rounds = Number(values.rounds);
const wanted = values.only?.split(',');
const script = (file) => fileURLToPath(new URL(file, import.meta.url));
const line = (cells) => console.log(`| ${cells.join(' | ')} |`);

const on = machine();
console.log(`${describe(on)}; ${availableParallelism()} processors each, in turns\n`);
const dir = mkdtempSync(join(tmpdir(), 'simdescent-article-'));
try {
  const { train, test } = await loadFashionMnist();
  for (const [part, { images, labels }] of Object.entries({ train, test })) {
    writeFileSync(join(dir, `${part}-images.bin`), images.data);
    writeFileSync(join(dir, `${part}-labels.bin`), labels.data);
  }
  const model = imageModel('sgd');
  model.build([28, 28]);
  const shapes = model.weights.map(({ tensor }) => tensor.shape);
  writeFileSync(join(dir, 'weights.json'), JSON.stringify(shapes));
  for (const [i, { tensor }] of model.weights.entries())
    writeFileSync(join(dir, `weight${i}.bin`), Buffer.from(Float32Array.from(tensor.data).buffer));
  model.dispose();

  const makers = { simdescent: () => new Peer('simdescent', process.execPath, [script('article-serve.js'), dir]) };
  for (const [backend, module] of Object.entries(BACKENDS))
    if (installed(values.keras, `keras, ${module}`))
      makers[`keras-${backend}`] = () =>
        new Peer(`keras-${backend}`, values.keras, [script('article.py'), dir], { KERAS_BACKEND: backend });
  const names = Object.keys(makers).filter((name) => name === 'simdescent' || (wanted?.includes(name) ?? true));

  line(['', 'seconds an epoch, best', 'median', 'over ours', 'loss', 'val_accuracy']);
  line(['---', '--:', '--:', '--:', '--:', '--:']);
  for (const optimizer of values.optimizers.split(',')) {
    const peers = names.map((name) => makers[name]());
    try {
      const epochs = Object.fromEntries(names.map((name) => [name, []]));
      const about = {};
      for (const peer of peers) ({ about: about[peer.name] } = await peer.ask({ do: 'about' }));
      for (let i = 0; i <= rounds; i++)
        for (const peer of peers) epochs[peer.name].push(await peer.turn({ do: 'epoch', optimizer }));
      const measured = (name) => epochs[name].slice(1).map(({ seconds }) => seconds);
      const ours = measured('simdescent');
      for (const name of names) {
        const seconds = measured(name);
        const over = summary(seconds.map((value, i) => value / ours[i])).median;
        const { loss, accuracy } = epochs[name].at(-1);
        const label = `${optimizer}, ${about[name]}`;
        line([
          label,
          round(Math.min(...seconds), 2),
          round(summary(seconds).median, 2),
          round(over, 2),
          loss.toFixed(4),
          accuracy.toFixed(4),
        ]);
      }
    } finally {
      await Promise.all(peers.map((peer) => peer.end()));
    }
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
