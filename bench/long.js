// What a long training does to speed and memory: 32,000 steps of Adam. Run with node --expose-gc.
import { optimizers } from 'simdescent';
import { machine, referenceModel, trainingData } from './network.js';

const STEPS = 1000;
const { x, y } = await trainingData(STEPS * 32);
const model = referenceModel(optimizers.adam());
const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

// warm: the engine compiles the kernels in the background during the first few hundred steps
await model.fit(x, y);
const seconds = [];
let before = 0;
let growth = 0;
for (let thousand = 0; thousand < 31; thousand++) {
  if (thousand === 1) before = heap();
  const { trainSeconds } = await model.fit(x, y);
  seconds.push(trainSeconds[0]);
  if (thousand === 10) growth = heap() - before;
}
const ms = (value) => `${value.toFixed(3)} ms`;
const last = seconds.at(-1);
console.log(`Adam, 784-300-100-10, batch 32, one thread; ${machine()}`);
console.log(`step in the first thousand (after ${STEPS} to warm up): ${ms(seconds[0])}`);
console.log(
  `step in the thousand after ${model.optimizer.iterations - STEPS}: ${ms(last)} (${(last / seconds[0]).toFixed(3)} times)`,
);
console.log(
  `JavaScript heap growth over 10,000 steps: ${(growth / 1024).toFixed(1)} kB${globalThis.gc ? '' : ' (without --expose-gc: not collected before)'}`,
);
