// Compiles assembly/ into build/release.wasm and build/debug.wasm (with their .wat text and the declarations of what they
// export), and writes the release binary as base64 into src/engine/core.generated.ts, from where the bundle carries it.
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

for (const target of ['release', 'debug']) {
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--target', target]);
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exit(1);
  }
}

const binary = readFileSync('build/release.wasm');
writeFileSync(
  'src/engine/core.generated.ts',
  `// Made by scripts/build-wasm.js from assembly/: not in version control, never edited.\nexport const CORE_BASE64: string =\n  '${binary.toString('base64')}';\n`,
);
console.log(`build/release.wasm ${(binary.length / 1024).toFixed(1)} kB`);
