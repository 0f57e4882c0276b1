import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/browsers/install.ts', 'test/engines/binaries.ts', 'test/package/project.ts', 'test/data.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
