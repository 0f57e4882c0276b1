// Compiles assembly/ into build/, each binary with its .wat text and the declarations of what it exports. Published are `core` and
// `core-relaxed` (with fused multiply-add); tests and benchmarks call every kernel by itself in `release` and `relaxed`, which are the
// same but for their export list, and in `debug`. What is published goes, packed, into src/engine/core.generated.ts and core-relaxed.generated.ts.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compress } from '@blu3r4y/lzma';
import asc from 'assemblyscript/asc';
import binaryen from 'binaryen';
import ts from 'typescript';

const binaries = {
  core: ['assembly/index.ts', 'release'],
  'core-relaxed': ['assembly/index.ts', 'relaxed'],
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

const [strict, relaxed] = ['core', 'core-relaxed'].map((name) => readFileSync(`build/${name}.wasm`));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
/** The file that is published for `simdescent/slim`: the binary and a section that says its SHA-256, for it may come compiled. */
const marked = (bytes) => Buffer.concat([bytes, Buffer.from([0, 71, 6]), Buffer.from(`sha256${sha256(bytes)}`)]);
const files = [marked(strict), marked(relaxed)];
mkdirSync('build/published', { recursive: true });
writeFileSync('build/published/core.wasm', files[0]);
writeFileSync('build/published/core-relaxed.wasm', files[1]);
// one behind the other: the second costs a tenth of the first
const { HEADER, unpack } = await unpacker();
const packed = Buffer.from(compress(Buffer.concat([strict, relaxed]), 9)).subarray(HEADER);
// the unpacker reads on as it writes, so the first bytes of what is packed are enough for the strict one: these, found by trying
let [enough, few] = [packed.length, 0];
while (enough - few > 1) {
  const middle = (enough + few) >> 1;
  if (strict.equals(unpack(packed.toString('latin1', 0, middle), strict.length))) enough = middle;
  else few = middle;
}
const cut = Math.ceil(enough / 3) * 3; // base64 writes three bytes as four characters
const base64 = (from, to) => packed.subarray(from, to).toString('base64');
writeFileSync(
  'src/engine/core.generated.ts',
  `// Made by scripts/build-wasm.js from assembly/: not in version control, never edited.
export const STRICT_BYTES: number = ${strict.length};
export const STRICT_SHA256: string = '${sha256(strict)}';
export const RELAXED_SHA256: string = '${sha256(relaxed)}';
export const STRICT_FILE: string = '${sha256(files[0])}';
export const RELAXED_FILE: string = '${sha256(files[1])}';
export const PACKED: string =
  '${base64(0, cut)}';
`,
);
writeFileSync(
  'src/engine/core-relaxed.generated.ts',
  `// Made by scripts/build-wasm.js from assembly/: not in version control, never edited.
export const RELAXED_BYTES: number = ${relaxed.length};
export const PACKED_RELAXED: string =
  '${base64(cut)}';
`,
);
const kB = (bytes) => `${(bytes.length / 1000).toFixed(1)} kB`;
console.log(`the core: ${kB(strict)}, relaxed ${kB(relaxed)}, packed together ${kB(packed)}`);

/**
 * Lets Binaryen optimize once more what it has made, and puts functions of like names side by side: packed, that is a twentieth less.
 * Nothing more is inlined: the tiles and the wait of a thread must stay functions of their own. Names go, but for the text.
 */
function optimizeAgain(file) {
  const module = binaryen.readBinary(readFileSync(`${file}.wasm`));
  module.setFeatures(FEATURES);
  module.optimize();
  module.runPasses(['reorder-functions-by-name']);
  if (!module.validate()) throw new Error(`${file}.wasm is not valid any more`);
  writeFileSync(`${file}.wat`, module.emitText());
  binaryen.setDebugInfo(false);
  writeFileSync(`${file}.wasm`, module.emitBinary());
  module.dispose();
}

/** src/engine/unpack.ts, which this Node may not be able to read as it is. */
async function unpacker() {
  const { outputText } = ts.transpileModule(readFileSync('src/engine/unpack.ts', 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}
