/** The page: `npm run web` serves it, `npm run build:web` makes a folder for any static host, under any path. */
import { readdirSync } from 'node:fs';
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

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: here('public'),
  plugins: [images(), offline()],
  worker: { format: 'es' },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: here('index.html'), descent: here('descent.html'), sw: here('sw.js') },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
});
