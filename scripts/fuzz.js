// npm run fuzz -- --runs 1000000 --seed 7 --only onnx: runs the tests with hostile files that often in all, in one process.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const options = {
  runs: { type: 'string', default: '100000' },
  seed: { type: 'string', default: String(Date.now()) },
  only: { type: 'string' },
};
const { runs, seed, only } = parseArgs({ options }).values;
if (!(Number.isSafeInteger(Number(runs)) && Number(runs) > 0)) throw new Error(`--runs must be a number, got ${runs}`);
console.log(`${runs} runs from seed ${seed}`);
const args = ['vitest', 'run', 'test/fuzz', '--maxWorkers=1', '--disable-console-intercept'];
const { status } = spawnSync('npx', only === undefined ? args : [...args, '-t', only], {
  stdio: 'inherit',
  env: { ...process.env, SIMDESCENT_FUZZ_RUNS: runs, SIMDESCENT_FUZZ_SEED: seed },
});
process.exitCode = status ?? 1;
