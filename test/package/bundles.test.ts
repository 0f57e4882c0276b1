/** What is in a bundle: licences of all that the build put into the package, and of the package only what a program uses. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Bundlers, as the fixtures have them. */
const own = createRequire(new URL('project/main.js', import.meta.url));
const { build } = own('esbuild');
const { rollup } = own('rollup');
const { nodeResolve } = own('@rollup/plugin-node-resolve');

interface Built {
  readonly outputFiles: readonly { readonly text: string }[];
  readonly metafile: {
    readonly outputs: Record<string, { readonly inputs: Record<string, { readonly bytesInOutput: number }> }>;
  };
}

const bundle = (options: object): Promise<Built> =>
  build({ bundle: true, format: 'esm', write: false, logLevel: 'silent', absWorkingDir: root, ...options });

/** The text of a program in a bundle. */
async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await bundle({ stdin: { contents, resolveDir: root }, minify: true });
  return outputFiles[0]?.text ?? '';
}

test('the package lists the licence of each package that it has code of', async () => {
  const entryPoints = [
    'index.ts',
    'slim.ts',
    'relaxed.ts',
    'data/index.ts',
    'datasets/index.ts',
    'predict/index.ts',
    'report/index.ts',
    'convert/index.ts',
    'worker/worker.ts',
    'worker/client.ts',
    'cli/cli.ts',
  ];
  const { metafile } = await bundle({
    entryPoints: entryPoints.map((name) => `src/${name}`),
    outdir: 'nowhere',
    platform: 'node',
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const packages = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const listed = readFileSync(`${root}dist/THIRD_PARTY_LICENSES.md`, 'utf8').match(/^## \S+/gm) ?? [];
  expect(new Set(listed.map((line) => line.slice(3)))).toEqual(new Set(packages));
  expect(packages).toContain('commander');
});

/** A piece of what core-full.js holds: letters, digits and signs that mean nothing in a pattern but `+`. */
const [piece = ''] = /[\w+/]{60}/.exec(readFileSync(`${root}dist/core-full.js`, 'utf8')) ?? [];

/** What only this part of the package has in its text, as a pattern. */
const words = {
  'layers.dense': '[`\'"]dense[`\'"]',
  'layers.dropout': '[`\'"]dropout[`\'"]',
  'layers.reshape': 'targetShape',
  'optimizers.adagrad': 'initialAccumulatorValue',
  'optimizers.rmsprop': 'centered',
  'optimizers.adam': 'amsgrad',
  schedules: 'staircase',
  initializers: 'glorotUniform',
  'callbacks.earlyStopping': 'restoreBestWeights',
  'callbacks.modelCheckpoint': 'saveBestOnly',
  files: 'indexeddb',
  loadModel: 'expected a safetensors',
  'ops.matmul': 'transposeA',
  'the full core': piece.replaceAll('+', '\\+'),
} as const;
type Part = keyof typeof words;
const partsOf = (text: string): Part[] =>
  (Object.keys(words) as Part[]).filter((part) => text.search(words[part]) >= 0);

describe('of the package a program gets what it uses', () => {
  /** Bundled by Rollup, which looks into namespaces. */
  async function partsIn(program: string): Promise<Part[]> {
    const plugin = {
      name: 'program',
      resolveId: (id: string) => (id === 'program' ? id : null),
      load: (id: string) => (id === 'program' ? program : null),
    };
    await using made = await rollup({ input: 'program', plugins: [plugin, nodeResolve({ rootDir: root })] });
    const { output } = await made.generate({ format: 'esm' });
    return partsOf(output[0].code);
  }
  const all = "import * as simdescent from 'simdescent'; globalThis.simdescent = simdescent;";

  test('all of it', async () => {
    expect(await partsIn(all)).toEqual(Object.keys(words));
  });

  test('a tensor: no layer, no optimizer, nothing else', async () => {
    const program = "import { tensor } from 'simdescent'; tensor([1]);";
    expect(await partsIn(program)).toEqual([]);
    expect(partsOf(await bundled(program))).toEqual([]);
  });

  test('an optimizer: none of the others', async () => {
    const program =
      "import { optimizers, tensor } from 'simdescent'; optimizers.rmsprop().apply([[tensor([1]), tensor([1])]]);";
    expect(await partsIn(program)).toEqual(['optimizers.rmsprop']);
  });

  test('a model: no other layers, no callbacks, schedules, files; all optimizers, which compile knows by name', async () => {
    const program = readFileSync(new URL('one-optimizer.js', import.meta.url), 'utf8');
    const optimizers = ['optimizers.adagrad', 'optimizers.rmsprop', 'optimizers.adam'];
    const parts = ['layers.dense', ...optimizers, 'initializers'];
    expect(await partsIn(program)).toEqual(parts);
    // esbuild looks into a module, but not into a namespace that another module exports
    expect(partsOf(await bundled(program))).toEqual(parts);
    const functional = readFileSync(new URL('functional-model.js', import.meta.url), 'utf8');
    expect(await partsIn(functional)).toEqual(parts);
    expect(partsOf(await bundled(functional))).toEqual(parts);
    const whole = readFileSync(new URL('all-layers.js', import.meta.url), 'utf8');
    expect(await partsIn(whole)).toEqual(parts);
    expect(partsOf(await bundled(whole))).toContain('layers.dropout');
  });
});

test('with esbuild a program gets single losses and metrics of their entries', async () => {
  const [own, all] = await Promise.all(
    ['simdescent/losses', 'simdescent'].map((entry) =>
      bundled(
        entry === 'simdescent'
          ? "import { losses, metrics } from 'simdescent'; globalThis.used = [losses.huber, metrics.precision];"
          : "import * as losses from 'simdescent/losses'; import * as metrics from 'simdescent/metrics'; globalThis.used = [losses.huber, metrics.precision];",
      ),
    ),
  );
  for (const name of ['tversky', 'meanIoU']) {
    expect(own, name).not.toContain(name);
    expect(all, name).toContain(name);
  }
  expect(own).toContain('huber');
});

test.each([
  ['fromKeras', ['keras', 'layers']],
  ['fromKerasWeights', ['keras', 'layers']],
  ['toKeras', ['keras', 'layers']],
  ['fromTfjs', ['layers', 'tfjs']],
  ['toTfjs', ['layers', 'tfjs']],
  ['fromOnnx', ['onnx-read', 'proto']],
  ['toOnnx', ['onnx-write', 'proto']],
  ['fromPytorch', ['pytorch']],
  ['toPytorch', ['pytorch']],
])('of simdescent/convert, %s brings its own format alone', async (name, own) => {
  const contents = `import { ${name} } from 'simdescent/convert'; globalThis.used = ${name};`;
  const { metafile } = await bundle({
    stdin: { contents, resolveDir: root },
    metafile: true,
    external: ['./configs.js'],
  });
  const brought = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? (/convert-(?!shared)([\w-]+)\.js/.exec(path)?.[1] ?? []) : [],
    ),
  );
  expect(brought.sort()).toEqual(own);
});

describe('imported for nothing but its side effects', () => {
  test.each([
    'simdescent',
    'simdescent/layers',
    'simdescent/optimizers',
    'simdescent/losses',
    'simdescent/metrics',
    'simdescent/slim',
    'simdescent/client',
    'simdescent/datasets',
    'simdescent/predict',
    'simdescent/report',
    'simdescent/convert',
  ])('%s, which has none, falls away', async (entry) => {
    expect(await bundled(`import '${entry}';`)).toBe('');
  });

  test('simdescent/worker and simdescent/relaxed, which have nothing else, are there', async () => {
    const model = "import { createRuntime } from 'simdescent'; createRuntime({ simd: 'relaxed' });";
    const [strict, relaxed] = [await bundled(model), await bundled(`import 'simdescent/relaxed'; ${model}`)];
    expect(relaxed.length - strict.length).toBeGreaterThan(1000);
    expect(await bundled("import 'simdescent/worker';")).toContain('WorkerGlobalScope');
  });
});
