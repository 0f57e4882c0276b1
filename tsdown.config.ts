import { defineConfig } from 'tsdown';

/** What is published: no dependencies, everything the package needs is inside it. */
const shared = {
  format: 'esm',
  target: 'es2022',
  outDir: 'dist',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  deps: { onlyBundle: false },
  report: false,
} as const;

const library = {
  ...shared,
  platform: 'neutral' as const,
  dts: true,
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
};

export default defineConfig([
  // Two builds, so that each is one file: built together they would share what both use as a third.
  { ...library, entry: { index: 'src/index.ts' }, clean: true },
  { ...library, entry: { datasets: 'src/datasets/index.ts' }, clean: false },
  {
    ...shared,
    entry: { cli: 'src/cli/cli.ts' },
    platform: 'node',
    dts: false,
    clean: false,
    minify: true,
    // The command line runs on the same two files that others import, not on copies of them.
    plugins: [
      {
        name: 'the library from beside',
        resolveId(source: string, importer: string | undefined) {
          if (!importer || !/[\\/]src[\\/]cli[\\/]/.test(importer)) return null;
          if (source === '../index.ts') return { id: './index.js', external: true };
          if (source === '../datasets/index.ts') return { id: './datasets.js', external: true };
          return null;
        },
      },
    ],
  },
]);
