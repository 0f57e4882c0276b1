// Compiles assembly/ into build/, each binary with its .wat text and the declarations of what it exports. Published are `core` and
// `core-relaxed` (with fused multiply-add); tests and benchmarks call every kernel by itself in `release` and `relaxed`, which are the
// same but for their export list, and in `debug`. What is published goes, packed, into src/engine/core.generated.ts.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { compress } from '@blu3r4y/lzma';
import asc from 'assemblyscript/asc';

const binaries = {
  core: ['assembly/index.ts', 'release'],
  'core-relaxed': ['assembly/index.ts', 'relaxed'],
  release: ['assembly/kernels.ts', 'release'],
  relaxed: ['assembly/kernels.ts', 'relaxed'],
  debug: ['assembly/kernels.ts', 'debug'],
};
for (const [name, [entry, target]] of Object.entries(binaries)) {
  const out = ['-o', `build/${name}.wasm`, '--textFile', `build/${name}.wat`];
  const { error, stderr } = await asc.main([entry, '--config', 'asconfig.json', '--target', target, ...out]);
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exit(1);
  }
}

const [strict, relaxed] = ['core', 'core-relaxed'].map((name) => readFileSync(`build/${name}.wasm`));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
// one behind the other: the second costs a tenth of the first
const packed = Buffer.from(compress(Buffer.concat([strict, relaxed]), 9));
writeFileSync(
  'src/engine/core.generated.ts',
  `// Made by scripts/build-wasm.js from assembly/: not in version control, never edited.
export const STRICT_BYTES: number = ${strict.length};
export const STRICT_SHA256: string = '${sha256(strict)}';
export const RELAXED_SHA256: string = '${sha256(relaxed)}';
export const PACKED: string =
  '${packed.toString('base64')}';
`,
);
const kB = (bytes) => `${(bytes.length / 1000).toFixed(1)} kB`;
console.log(`the core: ${kB(strict)}, relaxed ${kB(relaxed)}, packed together ${kB(packed)}`);
