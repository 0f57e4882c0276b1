/**
 * Makes what the page shows but no source file holds: the four files of Fashion-MNIST, the small set of its first images, and
 * digests that this machine's Node computes for the settings the page opens with.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { network } from '../src/cli/network.ts';
import { type FashionMnist, type Images, type Labels, loadFashionMnist } from '../src/datasets/index.ts';
import { idxOf } from '../src/files/idx.ts';
import { optimizers } from '../src/index.ts';
import type { Facts } from './data/facts.ts';
import { recordedDescents } from './descent/proof.ts';
import { entrant } from './descent/settings.ts';
import { SURFACES } from './descent/surfaces.ts';
import { NAMES } from './optimizers.ts';
import recorded from './recorded.json' with { type: 'json' };
import { DEFAULTS, type Entrant, FIRST, trainLine } from './settings.ts';

const compress = promisify(gzip);
const PIXELS = 784;

/** Writes into `folder` whatever is not there yet. */
export async function prepare(folder: string): Promise<void> {
  await mkdir(`${folder}data`, { recursive: true });
  await mkdir(`${folder}fashion-mnist`, { recursive: true });
  await writeFashionMnist(`${folder}fashion-mnist/`);
  const core = await readFile(new URL('../src/engine/core.generated.ts', import.meta.url));
  const made = createHash('sha256')
    .update(core)
    .update(JSON.stringify([DEFAULTS, FIRST, recorded, SURFACES, NAMES.map((name) => entrant(name))]))
    .digest('hex');
  const facts = `${folder}data/facts.json`;
  const before = await readFile(facts, 'utf8')
    .then(JSON.parse)
    .catch(() => ({}));
  if (before.made === made && before.node === process.version) return;
  const set = await loadFashionMnist({ apt: true });
  const first = await writeFirst(`${folder}data/first.bin`, set);
  const digests: Record<string, string> = { ...recorded.digests };
  for (const entrant of DEFAULTS.entrants) digests[trainLine(DEFAULTS, entrant)] = await digestOf(entrant, set);
  const descents = await recordedDescents();
  await write(facts, JSON.stringify({ made, node: process.version, first, digests, descents }, null, 1));
}

async function writeFashionMnist(folder: string): Promise<void> {
  const files: readonly [string, (set: FashionMnist) => Images | Labels][] = [
    ['train-images-idx3', ({ train }) => train.images],
    ['train-labels-idx1', ({ train }) => train.labels],
    ['t10k-images-idx3', ({ test }) => test.images],
    ['t10k-labels-idx1', ({ test }) => test.labels],
  ];
  const pathOf = (name: string) => `${folder}${name}-ubyte.gz`;
  const there = await Promise.all(files.map(([name]) => stat(pathOf(name)).catch(() => undefined)));
  if (there.every((file) => file !== undefined)) return;
  const set = await loadFashionMnist({ apt: true });
  for (const [name, of] of files) await write(pathOf(name), await compress(idxOf(of(set)), { level: 6 }));
}

async function writeFirst(file: string, { train, test }: FashionMnist): Promise<Facts['first']> {
  const bytes = Buffer.concat([
    train.images.data.subarray(0, FIRST.train * PIXELS),
    train.labels.data.subarray(0, FIRST.train),
    test.images.data.subarray(0, FIRST.test * PIXELS),
    test.labels.data.subarray(0, FIRST.test),
  ]);
  await write(file, await compress(bytes, { level: 9 }));
  return { ...FIRST, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The digest that `simdescent train` prints for these settings. It leaves the validation out, which changes no weight. */
async function digestOf({ name, options }: Entrant, { train }: FashionMnist): Promise<string> {
  const { limit, epochs, batchSize } = DEFAULTS;
  const model = network(DEFAULTS);
  model.compile({ optimizer: optimizers[name](options as never), loss: 'sparseCategoricalCrossentropy' });
  const { images, labels } = train;
  const x = { ...images, data: images.data.subarray(0, limit * PIXELS), shape: [limit, 28, 28] };
  await model.fit(x, { data: labels.data.subarray(0, limit), shape: [limit] }, { epochs, batchSize });
  const digest = await model.digest();
  model.dispose();
  return digest;
}

/** Readers find no file or the whole one, also while two builds write it. */
async function write(file: string, content: string | Uint8Array): Promise<void> {
  const own = `${file}.${process.pid}.tmp`;
  await writeFile(own, content);
  await rename(own, file);
}
