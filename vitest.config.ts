import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: [
      'test/browsers/install.ts',
      'test/engines/binaries.ts',
      'test/package/project.ts',
      'test/convert/install.ts',
      'test/sweep/install.ts',
      'test/data.ts',
    ],
    setupFiles: ['test/equality.ts'],
    // many tests wait for browsers and programs: even on two processors, two files at a time take less
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // for what hangs: on a busy machine nothing that is tested takes a fraction of it
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
