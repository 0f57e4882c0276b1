// Performs the reference runs with the built package and reports differences from test/digests.json. With --accept it writes
// the new digests there: a change of bits is a decision, and a release note.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadFashionMnist } from '../dist/datasets.js';
import * as simdescent from '../dist/index.js';
import { performAll } from '../test/reference-runs/runs.js';

const file = new URL('../test/digests.json', import.meta.url);
const accept = process.argv.includes('--accept');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--accept');
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(' ')}; the only option is --accept`);
  process.exit(2);
}

/** The accepted results; none if the file does not exist yet. */
function kept() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** A float64 from its 16 hex digits. */
const number = (hex) => Buffer.from(hex, 'hex').readDoubleBE();

const { train } = await loadFashionMnist({ apt: true });
const now = await performAll(simdescent, { images: train.images.data, labels: train.labels.data });
const before = kept();
const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
let changed = 0;
for (const name of names) {
  const [old, made] = [before[name], now[name]];
  const loss = made?.loss.map((hex) => number(hex).toFixed(6)).join(' ') ?? '';
  if (JSON.stringify(old) === JSON.stringify(made)) {
    console.log(`same     ${name.padEnd(22)} ${made.digest.slice(0, 12)}  loss ${loss}`);
    continue;
  }
  changed++;
  console.log(`${old ? (made ? 'CHANGED' : 'REMOVED') : 'NEW'}`);
  console.log(`  old    ${name.padEnd(22)} ${old?.digest ?? 'none'}`);
  console.log(`  new    ${name.padEnd(22)} ${made?.digest ?? 'none'}  loss ${loss}`);
  const epoch = made?.loss.findIndex((hex, i) => hex !== old?.loss[i]) ?? -1;
  if (old && epoch >= 0)
    console.log(`         loss of epoch ${epoch + 1}: ${number(old.loss[epoch])} -> ${number(made.loss[epoch])}`);
}
if (changed === 0) {
  console.log(`${names.length} of ${names.length} the same`);
} else if (accept) {
  writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  console.log(`${changed} of ${names.length} changed: accepted, written to test/digests.json`);
} else {
  console.log(`${changed} of ${names.length} changed; if that is intended: npm run digests -- --accept`);
  process.exitCode = 1;
}
