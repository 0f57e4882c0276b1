// Compiles assembly/ into build/release.wasm, build/relaxed.wasm (with fused multiply-add) and build/debug.wasm, with their .wat
// text and the declarations of what they export, and writes what the bundle carries into src/engine/core.generated.ts: the release
// binary as base64, and the relaxed one as its difference from it, which is a tenth of the size.
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { differenceOf } from './difference.js';

for (const target of ['release', 'relaxed', 'debug']) {
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--target', target]);
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exit(1);
  }
}

const release = readFileSync('build/release.wasm');
const relaxed = readFileSync('build/relaxed.wasm');
const difference = differenceOf(release, relaxed);
writeFileSync(
  'src/engine/core.generated.ts',
  `// Made by scripts/build-wasm.js from assembly/: not in version control, never edited.
export const CORE_BASE64: string =
  '${release.toString('base64')}';
export const RELAXED_BASE64: string =
  '${difference.toString('base64')}';
`,
);
const kB = (bytes) => `${(bytes.length / 1024).toFixed(1)} kB`;
console.log(`build/release.wasm ${kB(release)}, build/relaxed.wasm ${kB(relaxed)}, of which ${kB(difference)} differ`);
