/** The page that people lend, for static hosts: apart from the others, so that what it alone needs is in no chunk of theirs. The package has it, too (tsdown.config.ts). */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  worker: { format: 'es' },
  build: {
    outDir: here('../dist/volunteer'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
  },
});
