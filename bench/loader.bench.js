// The core loaded through @assemblyscript/loader, as in the tests, and the cost of its wrappers: each call sets the number of
// arguments and passes them on as an array. `original` is the export below a wrapper.
import { instantiateSync } from '@assemblyscript/loader';
import { nanoseconds } from './harness.js';

export const name = 'loader';

/** Calls in a sample: enough to hide the cost of calling the sample itself. */
const CALLS = 1000;

/** Small calls of a core through the loader's wrappers and directly, and the product that the last one computes. */
export function load(module) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  const { heapBase, sum, gemm } = instantiateSync(module, { env: { memory } }).exports;
  // two 4x4 matrices, their product, and the panels that it needs
  const a = Math.ceil(heapBase() / 64) * 64;
  const [b, c, panels] = [a + 64, a + 128, a + 192];
  new Float32Array(memory.buffer, a, 32).fill(0.5);
  const sums = (sum) => () => {
    for (let i = 0; i < CALLS; i++) sum(a, 16);
  };
  const products = (gemm) => () => {
    for (let i = 0; i < CALLS; i++) gemm(c, 4, a, 4, false, b, 4, false, 4, 4, 4, 0, false, 0, panels);
  };
  return {
    cases: [
      { name: 'sum(x, 16)', wrapped: sums(sum), direct: sums(sum.original) },
      {
        name: 'gemm of [4, 4] and [4, 4]: 15 arguments',
        wrapped: products(gemm),
        direct: products(gemm.original),
      },
    ],
    product: new Float32Array(memory.buffer, c, 16),
  };
}

export async function run(harness, { module }) {
  const cases = load(module).cases.map(({ name, wrapped, direct }) => ({
    name,
    measure: () => {
      const { first, second } = harness.timeBoth(wrapped, direct);
      return { ...second, wrapped: first.min };
    },
  }));
  const title = "small calls of the core: its exports, and the loader's wrappers";
  await harness.table(title, cases, (timing) => ({
    'export ns': nanoseconds(timing.min, CALLS),
    'wrapper ns': nanoseconds(timing.wrapped, CALLS),
    'wrapper adds ns': nanoseconds(timing.wrapped - timing.min, CALLS),
  }));
}
