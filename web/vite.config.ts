/** The page: `npm run web` serves it, `npm run build:web` makes a folder for any static host, under any path. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { prepare } from './prepare.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Makes the images and the digests before Vite looks for them. */
const images = (): Plugin => ({
  name: 'images and digests',
  async buildStart() {
    await prepare(here('public/'));
  },
});

/** Tells the service worker which files the page consists of. Fashion-MNIST is not among them: its loader keeps it. */
const offline = (): Plugin => ({
  name: 'offline',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const worker = Object.values(bundle).find((file) => file.fileName === 'sw.js');
    if (worker?.type !== 'chunk') throw new Error('the service worker was not built');
    const built = Object.keys(bundle).filter((name) => name !== 'sw.js');
    const fixed = readdirSync(here('public'), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.replace(here('public/'), '').replace(/^\//, ''))
      .filter((name) => !name.startsWith('fashion-mnist/'));
    const files = ['./', ...built.filter((name) => name !== 'index.html'), ...fixed];
    worker.code = worker.code
      .replace('__FILES__', JSON.stringify(files))
      .replace('__BUILT__', JSON.stringify(Date.now()));
  },
});

/** The core comes as a file (core.ts), as in `simdescent/slim`: pages and workers load the same one. */
const slim = (): Plugin => ({
  name: 'the core is given',
  enforce: 'pre',
  resolveId: (source, importer) =>
    /^\.\/(full-)?source\.ts$/.test(source) && importer?.includes('/src/engine/')
      ? here('../src/engine/given.ts')
      : null,
});

/**
 * Modules that no page uses, though what it uses imports them: folders of Node, files and descriptions of models, streams of batches; and how d3-contour
 * chooses levels, because the pictures choose theirs.
 */
const UNUSED = [
  './node/find.ts',
  './model/load.ts',
  './saving.ts',
  './summary.ts',
  '../progress-line.ts',
  './stream-feed.ts',
  './show-array.ts',
  'd3-array',
];
const nothing = (): Plugin => ({
  name: 'nothing that is not used',
  enforce: 'pre',
  resolveId: (source) => (UNUSED.includes(source) ? here('nothing.ts') : null),
});

/** Markers of the report's lines, which the pages do not draw. */
const markers = (): Plugin => ({
  name: 'lines without markers',
  enforce: 'pre',
  transform: (code, id) =>
    /[\\/]optimizers[\\/]facts[\\/]/.test(id) ? code.replace(/(pen: \{[^}]*?),\s*symbol: ('[^']*'|\w+)/g, '$1') : null,
});

/** Workers are chunks like all others, which share the library with the pages; Vite would bundle it once more for each of them. */
const sharing = (): Plugin => ({
  name: 'workers that share chunks',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (!code.includes('new Worker(')) return null;
    return code.replace(/(?<=new Worker\()new URL\('([^']+)', import\.meta\.url\)/g, (_, file: string) => {
      const reference = this.emitFile({ type: 'chunk', id: path.resolve(path.dirname(id), file) });
      return `import.meta.ROLLUP_FILE_URL_${reference}`;
    });
  },
});

/** Parts of the race that follow its first picture; what both pages have; what their workers have too, which have no document; and of the library what more than one has. */
const PARTS =
  /[\\/]web[\\/](draw[\\/]|ui[\\/](charts?|confusion|draw|filters|gallery|inside|line-ends|smooth|weight)\.ts$)/;
const COMMON =
  /[\\/]web[\\/]ui[\\/](dom|format|keys|language|pens|pixels|settings-form|sharing|theme)\.ts$|[\\/]web[\\/]presets\.ts$|[\\/]src[\\/]cli[\\/]report|preload-helper/;
const SHARED =
  /[\\/]web[\\/](race[\\/]keep|classes|lifeline|optimizers|sent|settings)\.ts$|[\\/]src[\\/](cli[\\/]settings|nearest|datasets[\\/]class-names|optimizers[\\/]facts)|[\\/](comlink|idb-keyval)[\\/]/;
const LIBRARY = /[\\/](src|assembly)[\\/](?!cli|datasets|sha256|validate)|[\\/]web[\\/](core|maker)\.ts$/;

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: here('public'),
  plugins: [images(), slim(), nothing(), markers(), sharing(), offline()],
  worker: { format: 'es' },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: here('index.html'), descent: here('descent.html'), sw: here('sw.js') },
      treeshake: { propertyReadSideEffects: false },
      output: {
        // files that are always loaded together are smaller as one
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'parts', test: PARTS },
            { name: 'common', test: COMMON },
            { name: 'shared', test: SHARED },
            { name: 'library', test: LIBRARY, minShareCount: 2 },
          ],
        },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
