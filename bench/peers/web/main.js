// simdescent beside jax-js on this page, taking turns: the training step, and one large product. `window.report` has the result.
import { supportsRelaxedSimd } from 'simdescent';
import { randomFloats } from '../../core.js';
import { imageModel, images } from '../../network.js';
import { answering } from '../answer.js';
import { open as openJax } from '../jax.js';
import { open as openOurs } from '../simdescent.js';

const status = document.querySelector('#status');
const query = new URLSearchParams(location.search);
const rounds = Number(query.get('rounds') ?? 7);
const [WARM_UP, TURN] = query.has('quick') ? [400, 80] : [2500, 250];

const VARIANTS = [
  { threads: 1, simd: 'strict' },
  { threads: 1, simd: 'relaxed' },
  { threads: 2, simd: 'strict' },
  { threads: 2, simd: 'relaxed' },
  { threads: 'auto', simd: 'strict' },
].filter(({ threads, simd }) => (threads === 1 || crossOriginIsolated) && (simd === 'strict' || supportsRelaxedSimd()));

const TASKS = [
  { name: 'step, batch 32, SGD', batch: 32, do: 'step', optimizer: 'sgd' },
  { name: 'step, batch 32, Adam', batch: 32, do: 'step', optimizer: 'adam' },
  { name: 'step, batch 256, Adam', batch: 256, do: 'step', optimizer: 'adam' },
  { name: 'A·B 1024³', batch: 32, do: 'product', as: 'NN', m: 1024, k: 1024, n: 1024 },
];

/** The data for steps of `batchSize`, the same for all peers. */
function givenFor(batchSize, steps) {
  const { x, y } = images(steps * batchSize);
  const model = imageModel('sgd');
  const weights = model.weights.map(({ tensor }) => ({ shape: tensor.shape, data: tensor.data.slice() }));
  model.dispose();
  const numbers = randomFloats(1024 * 1024);
  return {
    ...{ images: x.data, labels: y.data, weights, batchSize, steps, rates: { sgd: 0.01, adam: 0.001 } },
    matrix: (rows, cols) => numbers.subarray(0, rows * cols),
  };
}

/** Yields to the page: workers start, idle threads go to sleep. */
const pause = () => new Promise((done) => setTimeout(done, 100));

const median = (values) => Float64Array.from(values).sort()[values.length >> 1];

try {
  const tasks = [];
  for (const { name, batch, ...request } of TASKS.filter((task) => task.name.includes(query.get('task') ?? ''))) {
    const given = givenFor(batch, batch > 32 ? 20 : 100);
    const peers = [{ name: 'jax-js', answer: answering(await openJax(given)) }];
    for (const variant of VARIANTS) {
      const label = `${variant.threads} thread${variant.threads === 1 ? '' : 's'}, ${variant.simd}`;
      peers.push({ name: label, answer: answering(await openOurs(given, '', variant)) });
    }
    const times = peers.map(() => []);
    for (const { name: peer, answer } of peers) {
      status.textContent = `${name}: ${peer} warms up`;
      await answer({ ...request, milliseconds: WARM_UP / 5 });
      await pause();
      await answer({ ...request, milliseconds: WARM_UP });
    }
    for (let round = 0; round < rounds; round++) {
      status.textContent = `${name}: round ${round + 1} of ${rounds}`;
      for (const [i, { answer }] of peers.entries()) {
        await pause();
        times[i].push((await answer({ ...request, milliseconds: TURN })).milliseconds);
      }
    }
    const rows = peers.map((peer, i) => ({
      peer: peer.name,
      best: Math.min(...times[i]),
      median: median(times[i]),
      ratio: median(times[i].map((value, round) => times[0][round] / value)),
    }));
    tasks.push({ name, rows });
  }
  status.textContent = 'Done.';
  window.report = { browser: navigator.userAgent, isolated: crossOriginIsolated, tasks };
} catch (error) {
  status.textContent = `Failed: ${error.message}`;
  window.report = { error: String(error.stack ?? error) };
}
