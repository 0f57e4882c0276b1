import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defineConfig } from 'tsdown';
import { licences } from './scripts/licences.ts';

/** The published files: no dependencies, they bundle everything the package needs. */
const shared = {
  format: 'esm',
  target: 'es2022',
  outDir: 'dist',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  deps: { onlyBundle: false },
  report: false,
  inputOptions: { checks: { pluginTimings: false } },
  dts: false,
  clean: false,
  // keeps lines, so that a stack trace is useful and an uncaught error does not print the whole file
  minify: { compress: true, mangle: true, codegen: { removeWhitespace: false } },
  outputOptions: { comments: { jsdoc: false } },
} as const;

/** Declarations, with the comments that editors show. They name `Symbol.dispose`, for which few projects have a library. */
const declarations = {
  ...shared,
  dts: { emitDtsOnly: true },
  minify: false,
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
} as const;

/** The namespaces (`export * as NAME` in src/index.ts): separate modules, or bundlers would keep everything in them. */
const namespaces = {
  callbacks: 'src/callbacks/index.ts',
  configs: 'src/namespaces/configs.ts',
  constraints: 'src/constraints.ts',
  initializers: 'src/namespaces/initializers.ts',
  layers: 'src/layers/index.ts',
  losses: 'src/loss-functions.ts',
  metrics: 'src/metrics/index.ts',
  ops: 'src/ops/index.ts',
  optimizers: 'src/optimizers/index.ts',
  regularizers: 'src/namespaces/regularizers.ts',
  schedules: 'src/schedules/index.ts',
};

/** Files of src/ that are not bundled where `from` imports them, but stay imports of their built modules. */
const beside = (from: RegExp, files: Readonly<Record<string, string>>, folder = './') => ({
  name: 'imports between built modules',
  resolveId(source: string, importer: string | undefined) {
    if (!importer || !from.test(importer)) return null;
    // however deep the folder of the importer is
    const name = Object.keys(files).find((one) => source.replace(/^(\.\.\/)+(src\/)?/, '../') === files[one]);
    return name === undefined ? null : { id: `${folder}${name}.js`, external: true };
  },
});

const isIndex = /[\\/]src[\\/]index\.ts$/;
const inIndex = Object.fromEntries(
  Object.entries(namespaces).map(([name, file]) => [name, file.replace('src/', './')]),
);

/** Conversion shares the layers with whoever loads the model. */
const ofConvert = beside(/[\\/]src[\\/]convert[\\/]/, { 'from-config': '../model/from-config.ts' });

/**
 * A module for each format, so that a program has only those it names: what unpacks and parses files does something where it is loaded, which keeps it in
 * a module with others.
 */
const formats = [
  // TensorFlow.js describes models nearly as Keras does
  { name: 'convert-layers', priority: 4, test: /[\\/]convert[\\/]keras[\\/](?!(groups|read|write|zip)\.ts)/ },
  { name: 'convert-keras', priority: 3, test: /[\\/]convert[\\/](keras|hdf5)[\\/]|[\\/]fflate[\\/]/ },
  { name: 'convert-tfjs', priority: 3, test: /[\\/]convert[\\/]tfjs[\\/]/ },
  { name: 'convert-pytorch', priority: 3, test: /[\\/]convert[\\/]pytorch[\\/](?!arrays)/ },
  { name: 'convert-proto', priority: 4, test: /[\\/]convert[\\/]onnx[\\/]proto|[\\/]pbf[\\/]/ },
  { name: 'convert-onnx-write', priority: 3, test: /[\\/]convert[\\/]onnx[\\/](write|emitter|call)/ },
  { name: 'convert-onnx-read', priority: 2, test: /[\\/]convert[\\/]onnx[\\/]/ },
];
const isFormat = (id: string): boolean => formats.some(({ test }) => test.test(id));

const ofWorker = beside(/[\\/]src[\\/]worker[\\/]/, { index: '../index.ts', relaxed: '../relaxed.ts' });

/** A sweep knows the types of callbacks and models. */
const ofSweep = beside(/[\\/]src[\\/]sweep[\\/]/, { index: '../index.ts' });

/** Of what the command line and the page that people lend import, what others can import. */
const published = {
  index: '../index.ts',
  relaxed: '../relaxed.ts',
  datasets: '../datasets/index.ts',
  convert: '../convert/index.ts',
  sweep: '../sweep/index.ts',
};
const ofPage = beside(/[\\/](src[\\/]cli|web[\\/]volunteer)[\\/]/, published, '../');

/** The page that `simdescent sweep --serve` serves: its scripts beside it, the library as it is published. */
const page = {
  name: 'the page that people lend',
  transform: (code: string, id: string) =>
    /volunteer[\\/]main\.ts$/.test(id) ? code.replace("'./worker.ts'", "'./worker.js'") : null,
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): unknown }) {
    const read = (file: string) => readFileSync(resolve('web', file), 'utf8');
    const html = read('volunteer/index.html').replace('../style.css', './style.css').replace('main.ts', 'main.js');
    for (const [name, source] of [
      ['index.html', html],
      ['style.css', read('style.css')],
      ['volunteer.css', read('volunteer/volunteer.css')],
    ] as const)
      this.emitFile({ type: 'asset', fileName: `volunteer/${name}`, source });
  },
};

const load =
  /[\\/]src[\\/](model[\\/](load|from-config|layers-from|parts-from|register|json|find-learning-rate)|files[\\/](?!modules))/;
/** Parts that dense models do without: operations on arrays, functions, and the layers and models made of them. */
const arrays =
  /[\\/]src[\\/](ops[\\/](?!symbolic|result)|functions[\\/]|graph[\\/](evaluate|operations[\\/](conv|arrays[\\/](?!broadcast)))|layers[\\/](?!index|layer\.|dense|activation\.|dropout|flatten|lambda|axes|names|nested|symbolic|traced|weights))/;
const apart =
  /[\\/]src[\\/](index\.ts|slim\.ts|namespaces[\\/]|scalars\.ts|constraints|layers[/]index|loss-functions|losses[\\/]|metrics[\\/]|engine[\\/]full|callbacks|schedules[\\/]index|relaxed\.ts|sparse-parts|model[\\/](sparse|by-rows)\.ts)|core.*\.generated/;

/** The words of an operation as a plain object: a namespace that is used as a value becomes a function for each of its names. */
const words = {
  name: 'words as objects',
  transform: (code: string, id: string) =>
    /[\\/]src[\\/]graph[\\/]operations[\\/]/.test(id)
      ? code.replace(/import \* as (\w+) from '(.*\/assembly\/words\/.*\.ts)';/g, "import $1 from '$2?object';")
      : null,
  resolveId: (source: string, importer: string | undefined) =>
    importer !== undefined && source.endsWith('?object') ? resolve(dirname(importer), source) : null,
  load(id: string) {
    if (!id.endsWith('?object')) return null;
    const named = readFileSync(id.replace('?object', ''), 'utf8').matchAll(/^export const (\w+) = (\d+);$/gm);
    const code = `export default { ${Array.from(named, ([, name, place]) => `${name}: ${place}`).join(', ')} };`;
    return { code, moduleType: 'js' as const };
  },
};

const forAll = {
  ...shared,
  platform: 'neutral' as const,
  outputOptions: {
    ...shared.outputOptions,
    chunkFileNames: '[name].js',
    codeSplitting: {
      groups: [
        // one file for the needs of every model; the rest stays in the module of its namespace, or in one for saved models
        { name: 'core', priority: 3, test: /core\.generated/ },
        { name: 'core-full', priority: 3, test: /core-full\.generated/ },
        // by itself, because it does something where it is imported: bundlers leave it out where nothing of it is used
        { name: 'sparse', priority: 1.2, test: /[\\/]src[\\/](sparse-parts|model[\\/](sparse|by-rows))\.ts$/ },
        { name: 'engine', priority: 2, test: (id: string) => !load.test(id) && !apart.test(id) && !arrays.test(id) },
        { name: 'arrays', priority: 1.5, test: arrays },
        { name: 'load', priority: 1, test: load },
      ],
    },
  },
};

/** Classes among the exports of a namespace are types there: functions make the objects. */
const typesInNamespaces = {
  name: 'types in namespaces',
  generateBundle(_options: unknown, bundle: Record<string, { code?: string }>) {
    for (const [file, chunk] of Object.entries(bundle)) {
      // also where a namespace has an entry of its own
      const lists = Object.keys(namespaces).some((name) => file === `${name}.d.ts`)
        ? /^(declare namespace .*\n|export \{).*/gm
        : /^declare namespace .*\n.*/gm;
      chunk.code = chunk.code
        ?.replace(lists, (text) => text.replace(/(?<=[{,] )[A-Z]/g, 'type $&'))
        // a helper of the bundler, which declarations need not and do not have
        .replace(/(?<=\{ )(__exportAll as \w+|\w+ as __exportAll), |, (__exportAll as \w+|\w+ as __exportAll)\b/g, '');
    }
  },
};

export default defineConfig([
  {
    ...forAll,
    entry: {
      index: 'src/index.ts',
      relaxed: 'src/relaxed.ts',
      'from-config': 'src/model/from-config.ts',
      ...namespaces,
    },
    clean: true,
    plugins: [beside(isIndex, inIndex), words],
    copy: ['core', 'core-relaxed', 'core-full', 'core-full-relaxed'].map((name) => `build/published/${name}.wasm`),
  },
  {
    ...forAll,
    entry: { index: 'src/slim.ts', ...namespaces },
    outDir: 'dist/slim',
    plugins: [
      beside(isIndex, inIndex),
      words,
      {
        name: 'the core is given',
        resolveId: (source: string) =>
          /^\.\/(full-)?source\.ts$/.test(source) ? resolve('src/engine/given.ts') : null,
      },
    ],
  },
  { ...shared, platform: 'neutral', entry: { datasets: 'src/datasets/index.ts' } },
  {
    ...shared,
    platform: 'neutral',
    entry: { predict: 'src/predict/index.ts' },
    plugins: [
      {
        name: 'names are listed',
        resolveId: (source: string) => (source === './nearest.ts' ? resolve('src/predict/nearest.ts') : null),
      },
    ],
  },
  { ...shared, platform: 'neutral', entry: { report: 'src/report/index.ts' } },
  {
    ...shared,
    platform: 'neutral',
    entry: { convert: 'src/convert/index.ts' },
    outputOptions: {
      ...shared.outputOptions,
      chunkFileNames: '[name].js',
      codeSplitting: {
        groups: [
          {
            name: 'convert-shared',
            priority: 5,
            test: (id: string) => !isFormat(id) && !/convert[\\/]index\.ts$/.test(id),
          },
          ...formats,
        ],
      },
    },
    plugins: [ofConvert, licences('dist/THIRD_PARTY_LICENSES.md')],
  },
  {
    ...shared,
    platform: 'neutral',
    entry: { data: 'src/data/index.ts' },
    plugins: [licences('dist/THIRD_PARTY_LICENSES.md')],
  },
  {
    ...shared,
    platform: 'neutral',
    entry: { worker: 'src/worker/worker.ts' },
    plugins: [ofWorker, licences('dist/THIRD_PARTY_LICENSES.md')],
  },
  {
    ...shared,
    platform: 'neutral',
    entry: { client: 'src/worker/client.ts' },
    plugins: [ofWorker, licences('dist/THIRD_PARTY_LICENSES.md')],
  },
  { ...shared, platform: 'neutral', entry: { sweep: 'src/sweep/index.ts' }, plugins: [ofSweep] },
  { ...shared, platform: 'neutral', entry: { 'sweep-process': 'src/sweep/process.ts' }, plugins: [ofSweep] },
  {
    ...declarations,
    entry: {
      index: 'src/index.ts',
      layers: 'src/layers/index.ts',
      losses: 'src/loss-functions.ts',
      metrics: 'src/metrics/index.ts',
      optimizers: 'src/optimizers/index.ts',
    },
    outputOptions: { ...declarations.outputOptions, chunkFileNames: 'shared.d.ts' },
    plugins: [typesInNamespaces],
  },
  {
    ...declarations,
    entry: { 'slim/index': 'src/slim.ts' },
    // the types of the whole package, so that the client accepts objects made with slim
    plugins: [beside(/[\\/]src[\\/]slim(\.d)?\.ts$/, { '../index': './index.ts' })],
  },
  { ...declarations, entry: { relaxed: 'src/relaxed.ts' } },
  { ...declarations, entry: { data: 'src/data/index.ts' } },
  { ...declarations, entry: { datasets: 'src/datasets/index.ts' } },
  { ...declarations, entry: { predict: 'src/predict/index.ts' } },
  { ...declarations, entry: { report: 'src/report/index.ts' } },
  { ...declarations, entry: { convert: 'src/convert/index.ts' }, plugins: [ofConvert] },
  { ...declarations, entry: { sweep: 'src/sweep/index.ts' }, plugins: [ofSweep] },
  { ...declarations, entry: { worker: 'src/worker/worker.ts' }, plugins: [ofWorker] },
  { ...declarations, entry: { client: 'src/worker/client.ts' }, plugins: [ofWorker] },
  {
    ...shared,
    platform: 'node',
    minify: true,
    entry: { cli: 'src/cli/cli.ts', 'sweep-trial': 'src/cli/sweep/trial.ts' },
    // the command line runs on the same files that others import, not on copies
    plugins: [beside(/[\\/]src[\\/]cli[\\/]/, published), licences('dist/THIRD_PARTY_LICENSES.md')],
  },
  {
    ...shared,
    platform: 'browser',
    minify: true,
    entry: { 'volunteer/worker': 'web/volunteer/worker.ts' },
    plugins: [ofPage],
  },
  {
    ...shared,
    platform: 'browser',
    minify: true,
    entry: { 'volunteer/main': 'web/volunteer/main.ts' },
    plugins: [ofPage, page],
  },
]);
