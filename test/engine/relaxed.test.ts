import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, test } from 'vitest';
import { supportsRelaxedSimd } from '../../src/engine/load.ts';
import {
  createRuntime,
  layers,
  type OptimizerName,
  optimizerNames,
  optimizers,
  type Runtime,
  type Sequential,
  sequential,
} from '../../src/index.ts';
import { runSync } from '../child.ts';
import { loadCore, randomFloats } from '../core.ts';
import { matmulOracle } from '../reference/matmul.ts';
import { threaded } from '../threads.ts';

// Node 20 has the instructions behind a flag, which must be set before the first module is compiled
beforeAll(() => setFlagsFromString('--experimental-wasm-relaxed-simd'));

test('is found to be supported where the engine compiles it', () => {
  expect(supportsRelaxedSimd()).toBe(true);
});

test('products differ from the strict ones by no more than their roundings', () => {
  const core = loadCore('relaxed');
  const random = randomFloats(7);
  for (const [m, n, k] of [
    [1, 1, 1],
    [5, 9, 13],
    [32, 10, 100],
    [17, 33, 600],
    [65, 258, 31],
  ] as const) {
    for (const [ta, tb] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const a = core.f32(Float32Array.from({ length: m * k }, random));
      const b = core.f32(Float32Array.from({ length: k * n }, random));
      const c = core.f32(m * n);
      const scratch = core.alloc(core.x.gemmScratchBytes());
      core.x.gemm(c.ptr, n, a.ptr, ta ? m : k, ta, b.ptr, tb ? k : n, tb, m, n, k, 0, false, 0, scratch);
      const want = matmulOracle(a.view, b.view, m, n, k, { transposeA: ta, transposeB: tb });
      const worst = c.view.reduce((most, value, i) => Math.max(most, Math.abs(value - (want[i] ?? Number.NaN))), 0);
      expect(worst, `${m} ${n} ${k} ${ta} ${tb}`).toBeLessThanOrEqual(k * 2 ** -24 * Math.sqrt(k) + 2 ** -24);
      core.reset();
    }
  }
});

const random = randomFloats(3);
const x = { data: Float32Array.from({ length: 200 * 20 }, random), shape: [200, 20] };
const y = {
  data: Uint8Array.from(
    { length: 200 },
    (_, i) => ((x.data[i * 20] ?? 0) > 0 ? 1 : 0) + ((x.data[i * 20 + 1] ?? 0) > 0 ? 2 : 0),
  ),
  shape: [200],
};

async function trained(runtime: Runtime, name: OptimizerName): Promise<{ model: Sequential; loss: number }> {
  const stack = [
    layers.dense({ units: 33, activation: 'tanh', inputShape: [20] }),
    layers.dense({ units: 4, activation: 'softmax' }),
  ];
  const model = sequential(stack, { seed: 1, runtime });
  model.compile({ optimizer: optimizers[name](), loss: 'sparseCategoricalCrossentropy' });
  const { history } = await model.fit(x, y, { epochs: 5, batchSize: 16 });
  return { model, loss: history.loss?.at(-1) ?? Number.NaN };
}

describe.each(optimizerNames)('training with %s', (name) => {
  test('goes the way of the strict binary, but for the last bits', async () => {
    using relaxed = createRuntime({ simd: 'relaxed', maximumMemory: 2 ** 24 });
    using strict = createRuntime({ maximumMemory: 2 ** 24 });
    expect([relaxed.simd, strict.simd]).toEqual(['relaxed', 'strict']);
    const [one, other] = [await trained(relaxed, name), await trained(strict, name)];
    // a sign is all or nothing: it hides last bits, or turns them into whole steps
    const signs = name === 'lion' || name === 'signSgd' || name === 'rprop';
    // a search compares losses, a basis is turned by eigenvectors: both make more of last bits
    const sensitive = name === 'lbfgs' || name === 'soap';
    const near = signs ? 2e-2 : sensitive ? 5e-3 : 1e-4;
    expect(Math.abs(one.loss - other.loss)).toBeLessThan(near);
    if (!signs) expect(await one.model.digest()).not.toBe(await other.model.digest());
  });
});

test('gives the same bits with any number of threads', async () => {
  const digests = [];
  for (const threads of [1, 2, 3]) {
    using runtime = await threaded(threads, undefined, 'relaxed');
    digests.push(await (await trained(runtime, 'adam')).model.digest());
  }
  expect(new Set(digests).size).toBe(1);
});

test('asks for its core, which is an import of its own', () => {
  const program =
    "import('./dist/index.js').then(({ createRuntime }) => createRuntime({ simd: 'relaxed' })).catch(console.log)";
  const { stdout } = runSync(process.execPath, ['--experimental-wasm-relaxed-simd', '-e', program], {
    cwd: new URL('../..', import.meta.url),
  });
  expect(stdout).toContain("Error: simd: 'relaxed' needs its own core: first import 'simdescent/relaxed'");
});

// later Nodes have no such flag and nothing to refuse
test.runIf(process.versions.node.startsWith('20.'))('is refused, in words that help, by an engine without it', () => {
  const program =
    "import('./dist/relaxed.js').then(() => import('./dist/index.js')).then(({ createRuntime, supportsRelaxedSimd }) => { console.log(supportsRelaxedSimd()); createRuntime({ simd: 'relaxed' }); }).catch((error) => console.log(error.message))";
  const { stdout } = runSync(process.execPath, ['-e', program], { cwd: new URL('../..', import.meta.url) });
  expect(stdout).toMatch(/^false\nsimd: 'relaxed' needs WebAssembly's relaxed SIMD.* simd: 'strict' runs everywhere/s);
});
