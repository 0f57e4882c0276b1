// Measures bundles with the package by size-limit, against the limits of .size-limit.js. Reports which is too large, and when the
// README's figures are out of date; --write updates them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const write = process.argv.includes('--write');
const { stdout, stderr } = spawnSync('npx', ['size-limit', '--json'], { encoding: 'utf8' });
if (!stdout.startsWith('[')) throw new Error(stderr || stdout);
const sizes = JSON.parse(stdout);
const kB = (bytes) => (bytes / 1000).toFixed(1);

let failed = false;
for (const { name, size, sizeLimit } of sizes) {
  const over = size > sizeLimit;
  console.log(
    `${name.padEnd(14)} ${kB(size).padStart(5)} kB gzip, at most ${kB(sizeLimit)}${over ? ': too large' : ''}`,
  );
  failed ||= over;
}

const readme = readFileSync('README.md', 'utf8');
const row = /(?<=\| in a bundle, gzip \| )([\d.]+) kB \(one optimizer\), ([\d.]+) kB whole/;
const figures = row.exec(readme);
if (figures === null) throw new Error("README.md has no row '| in a bundle, gzip | N kB (one optimizer), N kB whole'");
const of = (name) => sizes.find((one) => one.name === name).size;
const [one, whole] = [of('one optimizer'), of('whole')];
if (write) {
  writeFileSync(
    'README.md',
    readme.replace(row, `${Math.round(one / 1000)} kB (one optimizer), ${Math.round(whole / 1000)} kB whole`),
  );
} else if ([one, whole].some((size, i) => Math.abs(size / 1000 - Number(figures[i + 1])) > 1)) {
  console.log(`README.md says ${figures[0]}, which is more than 1 kB off: npm run sizes`);
  failed = true;
}
if (failed) process.exitCode = 1;
