// Compiles assembly/ into build/, each binary with its .wat text and the declarations of its exports. Four are published: `core`, `full`
// (with the operations of assembly/arrays/), and both with fused multiply-add; `predict` is within simdescent/predict. Tests and benchmarks call every kernel by itself in `release`
// and `relaxed`, which are the full ones with a longer export list, and in `debug`. The published ones go, packed, into src/engine/core*.generated.ts.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compress } from '@blu3r4y/lzma';
import asc from 'assemblyscript/asc';
import binaryen from 'binaryen';
import ts from 'typescript';

const binaries = {
  core: ['assembly/index.ts', 'release'],
  'core-relaxed': ['assembly/index.ts', 'relaxed'],
  full: ['assembly/full.ts', 'release'],
  'full-relaxed': ['assembly/full.ts', 'relaxed'],
  predict: ['assembly/predict.ts', 'predict'],
  release: ['assembly/kernels.ts', 'release'],
  relaxed: ['assembly/kernels.ts', 'relaxed'],
  debug: ['assembly/kernels.ts', 'debug'],
};
const { Features } = binaryen;
const FEATURES =
  Features.MutableGlobals |
  Features.SignExt |
  Features.NontrappingFPToInt |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.Atomics |
  Features.SIMD128 |
  Features.RelaxedSIMD;
binaryen.setOptimizeLevel(3);
binaryen.setShrinkLevel(0);
binaryen.setOneCallerInlineMaxSize(0);
binaryen.setAlwaysInlineMaxSize(0);
binaryen.setFlexibleInlineMaxSize(0);
for (const [name, [entry, target]] of Object.entries(binaries)) {
  const out = ['--debug', '-o', `build/${name}.wasm`, '--textFile', `build/${name}.wat`];
  const { error, stderr } = await asc.main([entry, '--config', 'asconfig.json', '--target', target, ...out]);
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exit(1);
  }
  if (target !== 'debug') optimizeAgain(`build/${name}`);
}

const [strict, relaxed, full, fullRelaxed, predict] = ['core', 'core-relaxed', 'full', 'full-relaxed', 'predict'].map(
  (name) => readFileSync(`build/${name}.wasm`),
);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
/** The file published for `simdescent/slim`: the binary and a section with its SHA-256, because it may arrive compiled. */
const marked = (bytes) => Buffer.concat([bytes, Buffer.from([0, 71, 6]), Buffer.from(`sha256${sha256(bytes)}`)]);
const published = { core: strict, 'core-relaxed': relaxed, 'core-full': full, 'core-full-relaxed': fullRelaxed };
mkdirSync('build/published', { recursive: true });
for (const [name, bytes] of Object.entries(published)) writeFileSync(`build/published/${name}.wasm`, marked(bytes));

const { HEADER, unpack } = await unpacker();
/** Packs binaries together: the second costs a tenth of the first. */
const pack = (...all) => Buffer.from(compress(Buffer.concat(all), 9)).subarray(HEADER);
/** How much of `packed` suffices to unpack its beginning, because the unpacker reads ahead. Found by trying; in whole characters of base64. */
function enoughFor(packed, ...all) {
  const bytes = Buffer.concat(all);
  let [enough, few] = [packed.length, 0];
  while (enough - few > 1) {
    const middle = (enough + few) >> 1;
    if (bytes.equals(unpack(packed.toString('latin1', 0, middle), bytes.length))) enough = middle;
    else few = middle;
  }
  return Math.ceil(enough / 3) * 3;
}
const packed = pack(strict, relaxed);
const cut = enoughFor(packed, strict);
// begins like `packed`, until the compressor sees what follows the strict core
const packedFull = pack(strict, full, fullRelaxed);
const common = packed.findIndex((byte, i) => byte !== packedFull[i]);
const shared = Math.floor(Math.min(common, cut) / 3) * 3;
const cutFull = enoughFor(packedFull, strict, full);

/** Writes src/engine/NAME.generated.ts. */
const generate = (name, constants) =>
  writeFileSync(
    `src/engine/${name}.generated.ts`,
    `// Made by scripts/compile-wasm.js from assembly/: not in version control, do not edit.
${Object.entries(constants)
  .map(
    ([key, value]) =>
      `export const ${key}: ${typeof value} =${typeof value === 'number' ? ` ${value}` : `\n  '${value}'`};\n`,
  )
  .join('')}`,
  );
/** The names of the hashes in given.ts: of the binaries and of the files. */
const hashes = Object.entries({ STRICT: strict, RELAXED: relaxed, FULL: full, FULL_RELAXED: fullRelaxed }).flatMap(
  ([name, bytes]) => [
    [`${name}_SHA256`, sha256(bytes)],
    [`${name}_FILE`, sha256(marked(bytes))],
  ],
);
generate('core', {
  STRICT_BYTES: strict.length,
  ...Object.fromEntries(hashes),
  PACKED: packed.toString('base64', 0, cut),
});
generate('core-full', {
  FULL_BYTES: full.length,
  /** How many characters of PACKED come first. */
  SHARED: (shared / 3) * 4,
  PACKED_FULL: packedFull.toString('base64', shared, cutFull),
});
generate('core-relaxed', {
  RELAXED_BYTES: relaxed.length,
  PACKED_RELAXED: packed.toString('base64', cut),
  FULL_RELAXED_BYTES: fullRelaxed.length,
  PACKED_FULL_RELAXED: packedFull.toString('base64', cutFull),
});
const packedPredict = pack(predict);
generate('core-predict', { PREDICT_BYTES: predict.length, PACKED_PREDICT: packedPredict.toString('base64') });
const kB = (bytes) => `${((bytes.length ?? bytes) / 1000).toFixed(1)} kB`;
console.log(`the core: ${kB(strict)}, relaxed ${kB(relaxed)}, packed ${kB(cut)} and ${kB(packed.length - cut)} more`);
console.log(
  `in full: ${kB(full)}, relaxed ${kB(fullRelaxed)}, packed ${kB(cutFull - shared)} and ${kB(packedFull.length - cutFull)} more`,
);
console.log(`to predict: ${kB(predict)}, packed ${kB(packedPredict)}`);

/**
 * Optimizes Binaryen's output once more, and sorts functions by name, which makes the packed file a twentieth smaller.
 * Inlines nothing more: the tiles and the wait of a thread must stay separate functions. Drops names, except in the text.
 */
function optimizeAgain(file) {
  const module = binaryen.readBinary(readFileSync(`${file}.wasm`));
  module.setFeatures(FEATURES);
  module.optimize();
  module.runPasses(['reorder-functions-by-name']);
  if (!module.validate()) throw new Error(`${file}.wasm is no longer valid`);
  writeFileSync(`${file}.wat`, module.emitText());
  binaryen.setDebugInfo(false);
  writeFileSync(`${file}.wasm`, module.emitBinary());
  module.dispose();
}

/** src/engine/unpack.ts, compiled, because this Node may not read TypeScript. */
async function unpacker() {
  const { outputText } = ts.transpileModule(readFileSync('src/engine/unpack.ts', 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}
