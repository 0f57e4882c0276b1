import { defineConfig } from 'vitest/config';

/** `npm run test:interop`: conversions proved by Keras and PyTorch, which are too large for `npm test`. */
export default defineConfig({
  test: { include: ['test/convert/interop/*.interop.ts'], testTimeout: 1_800_000 },
});
