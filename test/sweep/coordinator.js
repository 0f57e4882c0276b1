// A sweep of its own, to be killed: node coordinator.js FOLDER WORKERS. It prints each result and, at the end, the digest.
import { processes, sweep } from '../../dist/sweep.js';

const [out, workers] = process.argv.slice(2);
export const OPTIONS = {
  space: { rate: { log: [1e-3, 0.1] }, units: { integer: [2, 9] }, optimizer: ['sgd', 'nadam'] },
  ...{ objective: 'loss', search: 'hyperband', epochs: 9 },
};
const result = await sweep({
  ...OPTIONS,
  hands: processes({
    ...{ module: new URL('./trial.js', import.meta.url), workers: Number(workers), checkpoints: `${out}/checkpoints` },
    context: { pause: 2, pids: process.env.PIDS },
  }),
  ...{ out, resume: true },
  onTrial: ({ trial, epochs }) => console.log(`trial ${trial} ${epochs}`),
});
console.log(`digest ${result.digest}`);
