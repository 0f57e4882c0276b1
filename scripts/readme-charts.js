// Makes the charts of the README, docs/loss.svg and docs/val-loss.svg, by running the comparison that its table shows: four to six minutes.
// `npm run charts -- FOLDER` takes them from the folder of an existing report. Refuses a report with other digests.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(path.join(os.tmpdir(), 'simdescent-charts-'));
try {
  if (given === undefined)
    execFileSync(process.execPath, [path.join(root, 'dist/cli.js'), 'compare', '--out', folder], { stdio: 'inherit' });
  const { runs } = JSON.parse(readFileSync(path.join(folder, 'history.json'), 'utf8'));
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const others = runs.filter(({ digest }) => !readme.includes(`| ${digest.slice(0, 12)} |`));
  if (runs.length < 7 || others.length > 0)
    throw new Error(`not the runs of the README's table: ${others.map(({ optimizer }) => optimizer).join(', ')}`);
  copyFileSync(path.join(folder, 'loss.svg'), path.join(root, 'docs/loss.svg'));
  copyFileSync(path.join(folder, 'val_loss.svg'), path.join(root, 'docs/val-loss.svg'));
} finally {
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}
