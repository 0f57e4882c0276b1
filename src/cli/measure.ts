/** The measurements of `simdescent bench`, all through the public API. */
import os from 'node:os';
import { Bench } from 'tinybench';
import {
  configs,
  createRuntime,
  layers,
  ops,
  type Runtime,
  type RuntimeOptions,
  type Sequential,
  sequential,
  supportsRelaxedSimd,
  tensor,
} from '../index.ts';
import { textTable } from '../text-table.ts';
import { shortDigest } from './report/text.ts';

const STEPS = 100;
const BATCH = 32;
const PIXELS = 784;

/** Products of a training step and a large one: [m, k] · [k, n]. */
const PRODUCTS = [
  { name: '[32,784]·[784,300]', m: 32, k: 784, n: 300, transposeA: false, transposeB: false },
  { name: '[32,784]ᵀ·[32,300]', m: 784, k: 32, n: 300, transposeA: true, transposeB: false },
  { name: '[32,300]·[784,300]ᵀ', m: 32, k: 300, n: 784, transposeA: false, transposeB: true },
  { name: '512³', m: 512, k: 512, n: 512, transposeA: false, transposeB: false },
  { name: '1024³', m: 1024, k: 1024, n: 1024, transposeA: false, transposeB: false },
] as const;

/** Integers that look random (Knuth's multiplicative hash), the same everywhere. */
const hashed = (i: number): number => Math.imul(i + 1, 2654435761) >>> 8;

/** As many images as STEPS takes, two thirds of them black, and labels. */
function images() {
  const count = STEPS * BATCH;
  const x = Uint8Array.from({ length: count * PIXELS }, (_, i) => (hashed(i) % 3 === 0 ? hashed(i) & 255 : 0));
  const y = Uint8Array.from({ length: count }, (_, i) => hashed(i) % 10);
  return [
    { data: x, shape: [count, PIXELS], divisor: 255 },
    { data: y, shape: [count] },
  ] as const;
}

/** @throws RangeError for an optimizer that does not exist */
function network(optimizer: string, runtime: Runtime): Sequential {
  const model = sequential(
    [
      layers.dense({ units: 300, activation: 'relu', inputShape: [PIXELS] }),
      layers.dense({ units: 100, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 42, runtime },
  );
  model.compile({
    optimizer: configs.optimizerFrom(optimizer),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/** Milliseconds of a call, the fastest and the median, after a warm-up: V8 optimizes a kernel in the background. */
async function time(run: () => unknown, quick: boolean): Promise<{ best: number; median: number }> {
  const [warmupTime, milliseconds] = quick ? [60, 60] : [300, 500];
  const bench = new Bench({ time: milliseconds, warmupTime, iterations: 3, warmupIterations: 2, throws: true });
  bench.add('case', async () => void (await run()));
  const [task] = await bench.run();
  const { result } = task ?? {};
  if (result === undefined || !('latency' in result)) throw new Error('nothing was measured');
  return { best: result.latency.min, median: result.latency.p50 };
}

interface Variant {
  readonly name: string;
  readonly options: RuntimeOptions;
}

function variants(): Variant[] {
  const simds = supportsRelaxedSimd() ? (['strict', 'relaxed'] as const) : (['strict'] as const);
  const most = Math.min(8, os.availableParallelism());
  const counts = most > 1 ? [1, most] : [1];
  return simds.flatMap((simd) =>
    counts.map((threads) => ({
      name: `${simd}, ${threads} thread${threads > 1 ? 's' : ''}`,
      options: { threads, simd },
    })),
  );
}

/** Measures everything; `say` gets each table when it is done. */
export async function measureAll(optimizers: readonly string[], quick: boolean, say: (text: string) => void) {
  const machine = {
    cpu: os.cpus()[0]?.model.trim() ?? 'an unknown processor',
    cores: os.cpus().length,
    node: process.versions.node,
    v8: process.versions.v8,
  };
  say(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node} (V8 ${machine.v8})`);
  const all = variants();
  const runtimes = all.map(({ name, options }) => ({ name, runtime: createRuntime(options) }));
  try {
    // before anything is measured
    for (const optimizer of optimizers) configs.optimizerFrom(optimizer);
    say('\nmatrix products, GFLOP/s (best)');
    const products = await measureProducts(runtimes, quick);
    say(
      textTable([
        ['', ...all.map(({ name }) => name)],
        ...products.map(({ name, gflops }) => [name, ...gflops.map((value) => value.toFixed(1))]),
      ]),
    );

    say('\ntraining step, 784-300-100-10, batch 32, ms (median)');
    const { steps, digest } = await measureSteps(optimizers, runtimes, quick);
    say(
      textTable([
        ['', ...all.map(({ name }) => name)],
        ...steps.map(({ optimizer, ms }) => [optimizer, ...ms.map((value) => value.toFixed(3))]),
      ]),
    );

    const stepsPerSecond = Math.round(await measureSmall(quick));
    say(`\n2-16-1, batch 4, adam: ${stepsPerSecond.toLocaleString('en')} steps a second`);
    say(`digest after ${STEPS} steps of adam, strict: ${shortDigest(digest)}, the same on every machine`);
    return { machine, variants: all.map(({ name }) => name), products, steps, stepsPerSecond, digest };
  } finally {
    for (const { runtime } of runtimes) runtime.dispose();
  }
}

interface Prepared {
  readonly name: string;
  readonly runtime: Runtime;
}

async function measureProducts(runtimes: readonly Prepared[], quick: boolean) {
  const rows = [];
  for (const { name, m, k, n, transposeA, transposeB } of PRODUCTS) {
    const gflops = [];
    for (const { runtime } of runtimes) {
      const numbers = (length: number) => Float32Array.from({ length }, (_, i) => (hashed(i) & 1023) / 1024 - 0.5);
      using a = tensor(transposeA ? [k, m] : [m, k], numbers(m * k), { runtime });
      using b = tensor(transposeB ? [n, k] : [k, n], numbers(k * n), { runtime });
      using out = tensor([m, n], undefined, { runtime });
      const { best } = await time(() => ops.matmul(a, b, { transposeA, transposeB, out }), quick);
      gflops.push((2 * m * n * k) / best / 1e6);
    }
    rows.push({ name, gflops });
  }
  return rows;
}

async function measureSteps(optimizers: readonly string[], runtimes: readonly Prepared[], quick: boolean) {
  const [x, y] = images();
  const steps = [];
  for (const optimizer of optimizers) {
    const ms = [];
    for (const { runtime } of runtimes) {
      using model = network(optimizer, runtime);
      const { median } = await time(() => model.fit(x, y, { batchSize: BATCH }), quick);
      ms.push(median / STEPS);
    }
    steps.push({ optimizer, ms });
  }
  const [first] = runtimes;
  if (first === undefined) throw new Error('there is no runtime');
  using model = network('adam', first.runtime);
  await model.fit(x, y, { batchSize: BATCH });
  return { steps, digest: await model.digest() };
}

async function measureSmall(quick: boolean): Promise<number> {
  using runtime = createRuntime({ threads: 1 });
  using model = sequential(
    [
      layers.dense({ units: 16, activation: 'tanh', inputShape: [2] }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
    { seed: 42, runtime },
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
  const count = 40_000;
  const x = {
    data: Float32Array.from({ length: 2 * count }, (_, i) => (hashed(i) & 255) / 128 - 1),
    shape: [count, 2],
  };
  const y = { data: Uint8Array.from({ length: count }, (_, i) => hashed(i) & 1), shape: [count, 1] };
  const { median } = await time(() => model.fit(x, y, { batchSize: 4 }), quick);
  return (1000 * (count / 4)) / median;
}
