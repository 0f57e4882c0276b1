// `npm run build:wasm`: compiles the core (compile-wasm.js), if anything that it is made of has changed since the last time, or anything
// that was made then. The compilers are loaded only if they are needed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Everything that decides what is made. */
const INPUTS = [
  'assembly',
  'asconfig.json',
  'scripts/build-wasm.js',
  'scripts/compile-wasm.js',
  'src/engine/unpack.ts',
  'package-lock.json',
];
const STAMP = 'build/stamp.json';
const generated = ['core', 'core-full', 'core-predict', 'core-relaxed'].map(
  (name) => `src/engine/${name}.generated.ts`,
);
const filesOf = (path) =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesOf(`${path}/${name}`)) : [path];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const hashOf = (paths) => sha256(paths.map((path) => `${path} ${sha256(readFileSync(path))}\n`).join(''));
const stamp = () => {
  const made = [...filesOf('build').filter((path) => path !== STAMP), ...generated];
  return JSON.stringify({ inputs: hashOf(INPUTS.flatMap(filesOf).sort()), outputs: hashOf(made.sort()) });
};

if (existsSync(STAMP) && generated.every((path) => existsSync(path)) && readFileSync(STAMP, 'utf8') === stamp()) {
  console.log('the core has not changed');
} else {
  rmSync(STAMP, { force: true });
  await import('./compile-wasm.js');
  writeFileSync(STAMP, stamp());
}
