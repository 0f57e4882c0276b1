// A sweep of its own: node coordinator.js FOLDER WORKERS RESULTS. It prints each result and, at the end, the digest, and kills itself after so many results.
import { processes, sweep } from '../../dist/sweep.js';

const [out, workers, last] = process.argv.slice(2);
let results = 0;
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
  onTrial: ({ trial, epochs }) => {
    console.log(`trial ${trial} ${epochs}`);
    if (++results === Number(last)) process.kill(process.pid, 'SIGKILL');
  },
});
console.log(`digest ${result.digest}`);
