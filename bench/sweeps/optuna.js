// Our searches and Optuna's on the same space, objective and budget of epochs, for ten seeds: the best loss that each finds. `PYTHON=python node bench/sweeps/optuna.js`, where
// that Python has Optuna (`pip install optuna`); without it, only ours. SEEDS and BUDGET change how many.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { search } from '../../dist/sweep.js';
import { EPOCHS, lossesOf } from './objective.js';

const seeds = Number(process.env.SEEDS ?? 10);
const budget = Number(process.env.BUDGET ?? 360);
const space = JSON.parse(readFileSync(new URL('space.json', import.meta.url), 'utf8'));

/** The best loss of a search, which is asked and told one job at a time. */
async function bestOf(method, seed) {
  const ours = search({ space, objective: 'loss', search: method, epochs: EPOCHS, budget, seed });
  for (let job = ours.ask(); job !== undefined; job = ours.ask())
    ours.tell(job, (await lossesOf(job.settings))[job.epochs - 1]);
  return ours.best.value;
}

const found = [];
for (let seed = 0; seed < seeds; seed++)
  for (const [name, method] of [
    ['random', 'random'],
    ['TPE', 'tpe'],
    ['TPE, generations of 1', { method: 'tpe', generation: 1 }],
    ['Hyperband', 'hyperband'],
    ['Hyperband, draws by TPE', { method: 'hyperband', draws: 'tpe' }],
  ])
    found.push({ from: 'SIMDescent', search: name, best: await bestOf(method, seed) });

const script = fileURLToPath(new URL('optuna_search.py', import.meta.url));
const args = [script, process.execPath, String(seeds), String(budget)];
const { status, stdout, stderr, error } = spawnSync(process.env.PYTHON ?? 'python3', args, { encoding: 'utf8' });
if (status === 0) for (const line of stdout.trim().split('\n')) found.push({ from: 'Optuna', ...JSON.parse(line) });
else console.error(`without Optuna: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);

const named = (one) => [one.from, one.search].join(' | ');
const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
console.log(`${seeds} seeds, ${budget} epochs each\n`);
console.log('| library | search | mean of the best losses | standard deviation | worst |\n|---|---|---|---|---|');
for (const key of new Set(found.map(named))) {
  const best = found.filter((one) => named(one) === key).map((one) => one.best);
  const deviation = Math.sqrt(best.reduce((sum, one) => sum + (one - mean(best)) ** 2, 0) / (best.length - 1));
  console.log(`| ${key} | ${[mean(best), deviation, Math.max(...best)].map((one) => one.toFixed(4)).join(' | ')} |`);
}
