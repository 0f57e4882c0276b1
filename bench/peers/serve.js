// One peer, in a process of its own: `node serve.js NAME DIR`. Takes one JSON request a line and answers each with one line; step.py
// speaks the same language. Between requests it sleeps, so that it costs the others nothing.
//
//   { "do": "about" }                                          -> { name, version, threads }
//   { "do": "loss", optimizer, steps }                         -> { loss }         of the first `steps` batches, after as many steps
//   { "do": "step" | "product", ..., "milliseconds", "calls" } -> { milliseconds, calls }   of one call; over at least so long or so many
//     A step goes on with the training of the requests before, or with "fresh" starts from the initial weights.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [, , name, dir] = process.argv;
const meta = JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8'));
const bytes = (file) => readFileSync(join(dir, file));
const floats = (file) => new Float32Array(new Uint8Array(bytes(file)).buffer);

/** What was handed over: batches of images (bytes) and labels, weights as [{ shape, data }] in layer order, matrices by their size. */
const given = {
  ...meta,
  images: new Uint8Array(bytes('images.bin')),
  labels: new Uint8Array(bytes('labels.bin')),
  weights: meta.weights.map((shape, i) => ({ shape, data: floats(`weight${i}.bin`) })),
  /** The same numbers for everyone: the first rows * cols of one long list. */
  matrix: (rows, cols) => matrix.subarray(0, rows * cols),
};
const matrix = floats('matrix.bin');

const peers = {
  simdescent: './simdescent.js',
  'tfjs-cpu': './tfjs.js',
  'tfjs-wasm': './tfjs.js',
  'jax-js': './jax.js',
};
const { open } = await import(peers[name]);
const peer = await open(given, name);
const running = new Map();

/** What is asked for again and again is made once: a trainer or a product, `run(n)` of which makes n calls or a few more. */
async function runner(request) {
  const { do: kind, optimizer, as, m, n, k } = request;
  const key = JSON.stringify([kind, optimizer, as, m, n, k]);
  if (!running.has(key))
    running.set(key, kind === 'step' ? await peer.trainer(optimizer) : await peer.product(request));
  return running.get(key);
}

async function time(one, milliseconds, calls) {
  const start = performance.now();
  let done = 0;
  let took = 0;
  let n = 1;
  do {
    done += await one.run(n);
    took = performance.now() - start;
    n = Math.max(1, Math.min(done, Math.ceil(((milliseconds - took) * done) / took)));
  } while (took < milliseconds && done < calls);
  return { milliseconds: took / done, calls: done };
}

async function answer(request) {
  if (request.do === 'about') return peer.about;
  if (request.fresh) {
    const trainer = await peer.trainer(request.optimizer);
    await trainer.run(1);
    return time(trainer, request.milliseconds, request.calls ?? Number.POSITIVE_INFINITY);
  }
  if (request.do !== 'loss')
    return time(await runner(request), request.milliseconds, request.calls ?? Number.POSITIVE_INFINITY);
  const trainer = await peer.trainer(request.optimizer, request.steps);
  await trainer.run(request.steps);
  return { loss: await trainer.loss() };
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error) => ({ error: String(error.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
