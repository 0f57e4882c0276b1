// npm run fuzz -- --runs 1000000 --seed 7: runs the tests with hostile files that many times.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const options = { runs: { type: 'string', default: '100000' }, seed: { type: 'string', default: String(Date.now()) } };
const { runs, seed } = parseArgs({ options }).values;
if (!(Number.isSafeInteger(Number(runs)) && Number(runs) > 0)) throw new Error(`--runs must be a number, got ${runs}`);
console.log(`${runs} runs from seed ${seed}`);
const { status } = spawnSync('npx', ['vitest', 'run', 'test/fuzz', '--disable-console-intercept'], {
  stdio: 'inherit',
  env: { ...process.env, SIMDESCENT_FUZZ_RUNS: runs, SIMDESCENT_FUZZ_SEED: seed },
});
process.exitCode = status ?? 1;
