// A process that start.bench.js starts: imports the library, trains one step, and prints the milliseconds of both.
const start = performance.now();
const { layers, optimizers, sequential } = await import('simdescent');
const imported = performance.now();
const model = sequential(
  [
    layers.dense({ units: 300, activation: 'relu', inputShape: [784] }),
    layers.dense({ units: 100, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
  { seed: 42 },
);
model.compile({ optimizer: optimizers.adam(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
const images = Uint8Array.from({ length: 32 * 784 }, (_, i) => i % 251);
await model.fit(
  { data: images, shape: [32, 784], divisor: 255 },
  { data: Uint8Array.from({ length: 32 }, (_, i) => i % 10), shape: [32] },
);
console.log(JSON.stringify({ imported: imported - start, trained: performance.now() - imported }));
