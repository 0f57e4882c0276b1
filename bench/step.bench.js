// A training step through the public API, by wall clock over whole calls of `fit`: with the gathering of the batch, the
// accuracy and the yields to the event loop. Each optimizer, batch sizes, widths, threads and SIMD, and a tiny network.
import { createRuntime, optimizerNames, optimizers } from 'simdescent';
import 'simdescent/relaxed';
import { round, summary } from './harness.js';
import { flopOfStep, imageModel, images, points, smallModel } from './network.js';

export const name = 'step';

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const WIDTHS = [128, 256, 512, 1024, 2048];
const VARIANTS = [
  { threads: 1, simd: 'strict' },
  { threads: 2, simd: 'strict' },
  { threads: 1, simd: 'relaxed' },
  { threads: 2, simd: 'relaxed' },
  { threads: 'auto', simd: 'strict' },
];
const ALONE = { threads: 1 };
/** Around others. */
const WRAPPERS = {
  'lookahead, adam': () => optimizers.lookahead({ optimizer: optimizers.adam() }),
  'sam, momentum': () => optimizers.sam({ optimizer: optimizers.momentum() }),
  'multiOptimizer, adam, biases momentum': () =>
    optimizers.multiOptimizer({
      defaultOptimizer: optimizers.adam(),
      optimizerMap: { '*bias': optimizers.momentum() },
    }),
};

/** Milliseconds of a step: fits of `steps` steps, first to warm up, then until the time is over. */
export async function timeSteps(harness, model, data, batchSize, steps) {
  const { x, y } = data;
  const [warmUp, time, fewest] = harness.quick ? [60, 120, 2] : [400, 900, 5];
  const once = async () => {
    const start = performance.now();
    await model.fit(x, y, { batchSize });
    return (performance.now() - start) / steps;
  };
  const begin = performance.now();
  do await once();
  while (performance.now() - begin < warmUp);
  const samples = [];
  const start = performance.now();
  do samples.push(await once());
  while (samples.length < fewest || performance.now() - start < time);
  return summary(samples);
}

export async function run(harness, { pictures = async (count) => images(count) } = {}) {
  /** A case whose model lives while it is measured. */
  const training = ({ hidden = [300, 100], batch = 32, optimizer, variant = ALONE, ...rest }) => ({
    ...rest,
    batch,
    flop: flopOfStep(batch, hidden),
    measure: async () => {
      const steps = Math.max(3, Math.min(1000, Math.round((harness.quick ? 2e9 : 8e9) / flopOfStep(batch, hidden))));
      const runtime = createRuntime(variant);
      const model = imageModel(optimizer, { hidden, runtime });
      try {
        return await timeSteps(harness, model, await pictures(steps * batch), batch, steps);
      } finally {
        model.dispose();
        runtime.dispose();
      }
    },
  });
  const columns = (timing, { batch, flop }) => ({
    'best ms': round(timing.min, 4),
    'median ms': round(timing.median, 4),
    'samples/s': Math.round((1000 * batch) / timing.median),
    'best GFLOP/s': round(flop / timing.min / 1e6, 1),
  });

  await harness.table(
    'training step, 784-300-100-10, batch 32, by optimizer',
    [
      ...optimizerNames.map((name) => training({ name, optimizer: optimizers[name]() })),
      ...Object.entries(WRAPPERS).map(([name, make]) => training({ name, optimizer: make() })),
    ],
    columns,
  );
  await harness.table(
    'training step, 784-300-100-10, Adam, by batch size',
    BATCHES.filter((batch) => !harness.quick || [1, 32, 256, 1024].includes(batch)).map((batch) =>
      training({ name: `batch ${batch}`, optimizer: 'adam', batch }),
    ),
    columns,
  );
  await harness.table(
    'training step, 784-w-w-10, Adam, batch 32, by width',
    WIDTHS.filter((width) => !harness.quick || width <= 1024).map((width) =>
      training({ name: `w ${width}`, optimizer: 'adam', hidden: [width, width] }),
    ),
    columns,
  );
  const available = VARIANTS.filter((variant) => {
    try {
      createRuntime(variant).dispose();
      return true;
    } catch {
      return false; // not in this version or this engine
    }
  });
  await harness.table(
    'training step, 784-300-100-10, by threads and SIMD',
    available.flatMap((variant) =>
      [32, 256].flatMap((batch) =>
        ['sgd', 'adam'].map((optimizer) =>
          training({
            name: `${variant.threads} thread${variant.threads === 1 ? '' : 's'}, ${variant.simd}, ${optimizer}, batch ${batch}`,
            optimizer,
            batch,
            variant,
          }),
        ),
      ),
    ),
    columns,
  );
  await harness.table(
    'small model, 2-16-1, batch 4',
    optimizerNames.map((optimizer) => ({
      name: optimizer,
      measure: () => timeSteps(harness, smallModel(optimizers[optimizer]()), points(40_000), 4, 10_000),
    })),
    (timing) => ({
      'best µs': round(timing.min * 1000, 2),
      'median µs': round(timing.median * 1000, 2),
      'steps/s (median)': Math.round(1000 / timing.median),
      'steps/s (best)': Math.round(1000 / timing.min),
    }),
  );
}
