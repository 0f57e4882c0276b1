// Captures the reference runs for any host of WebAssembly: `npm run capture -- [FOLDER]` writes, for each, the memory just before the first call of
// `run`, and the SHA-256 of the whole memory after 2 and 40 steps, or as many as an epoch has (docs/core.md). Default folder: build/captured. Takes some 150 MB.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadFashionMnist } from '../dist/datasets.js';
import { replay } from '../test/engines/replay.js';
import { dataOf, modelOf, runs } from '../test/reference-runs/runs.js';

const PAGE = 65536;
const [folder = 'build/captured'] = process.argv.slice(2);
const cores = ['core.wasm', 'core-full.wasm'];
const bytesOf = Object.fromEntries(cores.map((file) => [file, readFileSync(path.join('dist', file))]));

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Which core a module was compiled of, by its exact bytes; published files end in a section of their own. */
const compiled = new WeakMap();
const { Instance, Module } = WebAssembly;
WebAssembly.Module = class extends Module {
  constructor(bytes) {
    super(bytes);
    const file = cores.find((name) => bytesOf[name].subarray(0, bytes.length).equals(Buffer.from(bytes)));
    compiled.set(this, file);
  }
};
/** Steps after which memories are compared: two, and an epoch, at most 40. */
let marks;
/** The first call of `run` since it was cleared. */
let first;
WebAssembly.Instance = class {
  constructor(module, imports) {
    const { exports } = new Instance(module, imports);
    const { memory } = imports.env;
    const run = (program, ...rest) => {
      first ??= { core: compiled.get(module), program, memory: new Uint8Array(memory.buffer).slice(), steps: 0 };
      const done = exports.run(program, ...rest);
      if (program === first.program) first.steps += done;
      if (program === first.program && first.steps === marks[1]) first.end ??= sha256(new Uint8Array(memory.buffer));
      return done;
    };
    this.exports = { ...exports, run };
  }
};

const simdescent = await import(pathToFileURL(path.resolve('dist/index.js')).href);
const { train } = await loadFashionMnist({ apt: true });
mkdirSync(folder, { recursive: true });
for (const file of cores) copyFileSync(path.join('dist', file), path.join(folder, file));
const captured = [];
for (const run of runs) {
  const runtime = simdescent.createRuntime({ threads: 1 });
  const model = modelOf(simdescent, run, runtime);
  const { x, y, ...weights } = dataOf(run, { images: train.images.data, labels: train.labels.data });
  first = undefined;
  marks = [2, Math.min(40, Math.ceil(x.shape[0] / 32))];
  await model.fit(x, y, { epochs: 1, batchSize: 32, ...weights });
  const { core, program, memory, end } = first;
  if (core === undefined) throw new Error(`${run.name} ran on an unknown core`);
  const file = `${run.name}.memory`;
  writeFileSync(path.join(folder, file), memory);
  const hashes = replay(new Module(bytesOf[core]), memory, program, marks, sha256);
  if (hashes[marks[1]] !== end) throw new Error(`${run.name}: the replay is not the training`);
  captured.push({ name: run.name, core, memory: file, pages: memory.length / PAGE, program, sha256: hashes });
  runtime.dispose();
}
writeFileSync(path.join(folder, 'captured.json'), `${JSON.stringify(captured, null, 2)}\n`);
console.log(
  `${captured.length} runs, ${(captured.reduce((sum, { pages }) => sum + pages, 0) / 16).toFixed(0)} MiB: ${folder}`,
);
