// Performs the reference runs in every engine and writes the table of the README; with `--all` also replays captured runs in every host and
// processor that can be had, for ten minutes or so, and writes theirs. One file after the other, because both write the README.
import { spawnSync } from 'node:child_process';

const all = process.argv.includes('--all');
const files = ['test/engines/engines.test.ts', ...(all ? ['test/engines/captured.test.ts'] : [])];
const { status } = spawnSync('npx', ['vitest', 'run', '--mode', 'table', '--no-file-parallelism', ...files], {
  stdio: 'inherit',
  env: { ...process.env, ...(all && { ENGINES: 'all' }) },
});
process.exitCode = status ?? 1;
