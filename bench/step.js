// A training step of the reference network at batch 32 on one thread, for each optimizer.
import { optimizers } from 'simdescent';
import { Bench } from 'tinybench';
import { machine, referenceModel, trainingData } from './network.js';

const STEPS = 100;
const { x, y } = await trainingData(STEPS * 32);
const bench = new Bench({ time: 1500, warmupTime: 1000 });

for (const name of optimizers.names) {
  const model = referenceModel(name);
  bench.add(name, async () => {
    await model.fit(x, y, { batchSize: 32 });
  });
}
await bench.run();

console.log(`training step, 784-300-100-10, batch 32, one thread, strict; ${machine()}`);
console.table(
  bench.tasks.map(({ name, result }) => ({
    optimizer: name,
    'ms/step (median)': Number((result.latency.p50 / STEPS).toFixed(3)),
    fastest: Number((result.latency.min / STEPS).toFixed(3)),
    'samples/s': Math.round((32 * STEPS * 1000) / result.latency.p50),
  })),
);
