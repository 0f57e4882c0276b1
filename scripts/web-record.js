// Runs the command lines whose digests the page knows, and writes the results into web/recorded.json: some five minutes.
// Reports changes. Arguments select lines that contain them all: `npm run web:record -- nadam`.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const file = process.env.RECORDED ?? fileURLToPath(new URL('../web/recorded.json', import.meta.url));
const words = process.argv.slice(2);

/** The digest that a command line of the page gives. */
function digestOf(line) {
  const [program, ...args] = line.split(' ');
  if (program !== 'simdescent') throw new Error(`${file}: not a command line of simdescent: ${line}`);
  // its Error includes what the command prints on stderr
  const output = execFileSync(process.execPath, [cli, ...args, '--json'], { stdio: 'pipe' });
  return JSON.parse(output.toString().trim().split('\n').at(-1)).digest;
}

const recorded = JSON.parse(readFileSync(file, 'utf8'));
const lines = Object.keys(recorded.digests).filter((line) => words.every((word) => line.includes(word)));
if (lines.length === 0) throw new Error(`no command line in ${file} contains ${words.join(' and ')}`);
let changed = 0;
for (const line of lines) {
  const [before, now] = [recorded.digests[line], digestOf(line)];
  console.log(`${before === now ? 'same   ' : 'CHANGED'} ${now.slice(0, 12)}  ${line}`);
  if (before === now) continue;
  changed++;
  recorded.digests[line] = now;
  // at once, so that a failure of the next one loses nothing
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
}
console.log(`${lines.length - changed} of ${lines.length} the same`);
