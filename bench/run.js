// All benchmarks: prints tables, writes JSON. Options: --quick (under a minute), --only NAME (of a group, a table or a case),
// --json FILE (default bench/results/bench.json).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as calls from './calls.bench.js';
import * as conv from './conv.bench.js';
import { moduleOf, parseCodes, SHARED } from './core.js';
import { Harness } from './harness.js';
import * as kernels from './kernels.bench.js';
import * as loader from './loader.bench.js';
import * as long from './long.bench.js';
import { describe, machine } from './machine.js';
import * as optimizers from './optimizers.bench.js';
import { pictures } from './pictures.js';
import * as start from './start.bench.js';
import * as step from './step.bench.js';
import * as streams from './streams.bench.js';
import * as zeros from './zeros.bench.js';

const root = new URL('..', import.meta.url);
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string', default: fileURLToPath(new URL('bench/results/bench.json', root)) },
  },
});

const on = machine();
const groups = [start, loader, kernels, zeros, conv, optimizers, step, streams, calls, long];
const named = groups.filter(({ name }) => name === values.only);
const harness = new Harness({
  quick: values.quick,
  only: named.length > 0 ? '' : values.only,
  onTable: ({ title, rows }) => {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.log(`\n${title}`);
    console.table(Object.fromEntries(rows.map(({ case: label, ...row }) => [label, row])));
  },
  onCase: (label) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${label}`),
});
const { name: shown, density } = await pictures(10_000);
const method = `${harness.method}; images are of ${shown}, ${Math.round(100 * density)} % of their pixels not zero`;
console.log(`${describe(on)}\n${method}`);

const built = (name) => moduleOf(readFileSync(new URL(`build/${name}.wasm`, root)));
const [module, relaxed] = [await built('release'), await built('relaxed')];
const codes = parseCodes(SHARED.map((file) => readFileSync(new URL(file, root), 'utf8')).join());
const begun = performance.now();
for (const group of named.length > 0 ? named : groups) await group.run(harness, { module, relaxed, codes, pictures });
if (harness.tables.length === 0) {
  console.error(`no benchmark is named ${values.only}; groups are ${groups.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

const seconds = Math.round((performance.now() - begun) / 1000);
const file = resolve(values.json);
mkdirSync(dirname(file), { recursive: true });
const { tables } = harness;
writeFileSync(file, `${JSON.stringify({ machine: on, quick: values.quick, method, seconds, tables }, null, 1)}\n`);
console.log(`\n${seconds} s; written to ${file}`);
