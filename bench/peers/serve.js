// One peer in its own process: `node serve.js NAME DIR`. Takes one JSON request a line and answers each with one line; step.py
// speaks the same language. Between requests it sleeps, so that it costs the others nothing.
//
//   { "do": "about" }                                          -> { name, version, threads }
//   { "do": "loss", optimizer, steps }                         -> { loss }         of the first `steps` batches, after as many steps
//   { "do": "step" | "product" | "predict", ..., "milliseconds", "calls" } -> { milliseconds, calls }   of one call; over at least so long or so many
//     A step continues the training of earlier requests, or with "fresh" starts from the initial weights.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { answering } from './answer.js';

const [, , name, dir] = process.argv;
const meta = JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8'));
const bytes = (file) => readFileSync(join(dir, file));
const floats = (file) => new Float32Array(new Uint8Array(bytes(file)).buffer);

/** The given data: batches of images (bytes) and labels, weights as [{ shape, data }] in layer order, matrices by their size. */
const given = {
  ...meta,
  dir,
  images: new Uint8Array(bytes('images.bin')),
  labels: new Uint8Array(bytes('labels.bin')),
  weights: meta.weights.map((shape, i) => ({ shape, data: floats(`weight${i}.bin`) })),
  /** The same numbers for all peers: the first rows * cols of one long list. */
  matrix: (rows, cols) => matrix.subarray(0, rows * cols),
};
const matrix = floats('matrix.bin');

const peers = {
  simdescent: './simdescent.js',
  'tfjs-cpu': './tfjs.js',
  'tfjs-wasm': './tfjs.js',
  'jax-js': './jax.js',
  onnxruntime: './onnxruntime.js',
};
const require = createRequire(import.meta.url);
const read = (file) => JSON.parse(readFileSync(file, 'utf8')).version;
// a package may not export its package.json, which lies above its entry
const above = (module) => read(join(require.resolve(module).split('/dist/')[0], 'package.json'));
const versions = {
  simdescent: () => read(new URL('../../package.json', import.meta.url)),
  'tfjs-cpu': () => above('@tensorflow/tfjs'),
  'tfjs-wasm': () => above('@tensorflow/tfjs'),
  'jax-js': () => above('@jax-js/jax'),
  onnxruntime: () => above('onnxruntime-web'),
};
const { open } = await import(peers[name]);
const peer = await open(given, name);
const answer = answering(peer);
const about = { version: versions[name](), threads: 1, ...peer.about };

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const reply =
    request.do === 'about' ? about : await answer(request).catch((error) => ({ error: String(error.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
