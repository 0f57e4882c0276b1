// Every kernel by itself, on one thread: matrix products in GFLOP/s and as a share of the register tile's rate in the L1
// cache, streaming kernels in GB/s, the rest in nanoseconds per element.
import { loadCore } from './core.js';
import { nanoseconds, round } from './harness.js';

export const name = 'kernels';

// one panel of each operand, 24 KB together: fits the L1 cache of any current processor
const TILE_K = 512;
const TILE_FLOP = 2 * 4 * 8 * TILE_K;

const NN = { label: 'A·B', transposeA: false, transposeB: false };
const NT = { label: 'A·Bᵀ', transposeA: false, transposeB: true };
const TN = { label: 'Aᵀ·B', transposeA: true, transposeB: false };

/** The products of a training step at batch 32, then cubes. k is the inner size. */
const PRODUCTS = [
  { name: '[32,784]·[784,300] forward', m: 32, k: 784, n: 300, as: NN },
  { name: '[32,784]ᵀ·[32,300] kernel gradient', m: 784, k: 32, n: 300, as: TN },
  { name: '[32,300]·[784,300]ᵀ input gradient', m: 32, k: 300, n: 784, as: NT },
  { name: '[32,300]·[300,100] forward', m: 32, k: 300, n: 100, as: NN },
  { name: '[32,300]ᵀ·[32,100] kernel gradient', m: 300, k: 32, n: 100, as: TN },
  { name: '[32,100]·[300,100]ᵀ input gradient', m: 32, k: 100, n: 300, as: NT },
  { name: '[32,100]·[100,10] forward', m: 32, k: 100, n: 10, as: NN },
  { name: '[32,100]ᵀ·[32,10] kernel gradient', m: 100, k: 32, n: 10, as: TN },
  { name: '[32,10]·[100,10]ᵀ input gradient', m: 32, k: 10, n: 100, as: NT },
  ...[512, 1024, 2048].flatMap((size) =>
    [NN, NT, TN].map((as) => ({ name: `${size}³ ${as.label}`, m: size, k: size, n: size, as })),
  ),
];

export async function run(harness, { module, relaxed, codes }) {
  const core = () => loadCore(module, codes);
  await products(harness, core(), 'strict');
  if (relaxed !== undefined) await products(harness, loadCore(relaxed, codes), 'relaxed');
  await streams(harness, core());
  await activations(harness, core());
  await losses(harness, core());
  await others(harness, core());
}

async function products(harness, core, simd) {
  const { x } = core;
  const scratch = core.alloc(x.gemmScratchBytes());
  const panelA = core.random(4 * TILE_K);
  const panelB = core.random(8 * TILE_K);
  const corner = core.random(32);
  const tile = () => x.tiles(corner, 32, panelA, panelB, 0, 32, TILE_K, 4, 8, false, 0, false, 0);
  const longest = 2048 * 2048;
  // one set of operands for all sizes: C, A, B
  const [c, a, b] = [core.alloc(4 * longest), core.random(longest), core.random(longest)];

  const cases = PRODUCTS.filter(({ m, as }) => !harness.quick || m < 2048 || as === NN).map((product) => {
    const { m, n, k, as } = product;
    const lda = as.transposeA ? m : k;
    const ldb = as.transposeB ? k : n;
    const product0 = () => x.gemm(c, n, a, lda, as.transposeA, b, ldb, as.transposeB, m, n, k, 0, false, 0, scratch);
    return { ...product, flop: 2 * m * n * k, run: product0 };
  });
  await harness.table(
    `gemm: matrix products, ${simd}, one thread`,
    [
      {
        name: `bare 4x8 tile, k ${TILE_K}, in L1`,
        flop: TILE_FLOP,
        measure: () => ({ ...harness.time(tile), share: 1 }),
      },
      ...cases.map((one) => ({
        ...one,
        measure: () => {
          const { second, over } = harness.timeBoth(tile, one.run);
          return { ...second, share: (over * one.flop) / TILE_FLOP };
        },
      })),
    ],
    (timing, { flop }) => ({
      'best GFLOP/s': round(flop / timing.min / 1e6, 1),
      'median GFLOP/s': round(flop / timing.median / 1e6, 1),
      '% of tile': round(100 * timing.share, 1),
      'median µs': round(timing.median * 1000, 2),
    }),
  );
}

/** Bytes that a call reads and writes: a size that stays in L1, one that stays in L2 and one that fits no cache. */
async function streams(harness, core) {
  const { x } = core;
  const largest = 1 << 23;
  const [out, a, b] = [core.random(largest), core.random(largest), core.random(largest)];
  const kernels = [
    { name: 'add', bytes: 12, call: (n) => x.add(out, a, b, n) },
    { name: 'subtract', bytes: 12, call: (n) => x.subtract(out, a, b, n) },
    { name: 'multiply', bytes: 12, call: (n) => x.multiply(out, a, b, n) },
    { name: 'divide', bytes: 12, call: (n) => x.divide(out, a, b, n) },
    { name: 'scale', bytes: 8, call: (n) => x.scale(out, a, n, 1.5) },
    { name: 'clip', bytes: 8, call: (n) => x.clip(out, a, n, 0.5) },
    { name: 'axpy', bytes: 12, call: (n) => x.axpy(out, a, n, 1e-9) },
    { name: 'penaltyGradient', bytes: 12, call: (n) => x.penaltyGradient(out, a, n, 1e-9, 1e-9) },
    { name: 'sqrt', bytes: 8, call: (n) => x.sqrt(out, b, n) },
    { name: 'sum', bytes: 4, call: (n) => x.sum(a, n) },
    { name: 'sumSquares', bytes: 4, call: (n) => x.sumSquares(a, n) },
    { name: 'sumAbs', bytes: 4, call: (n) => x.sumAbs(a, n) },
    { name: 'weightedSum', bytes: 8, call: (n) => x.weightedSum(a, b, n) },
    { name: 'columnSums of [n/256, 256]', bytes: 4, call: (n) => x.columnSums(out, a, n / 256, 256, 0, 256) },
    { name: 'transpose of [n/64, 64]', bytes: 8, call: (n) => x.transpose(out, a, n / 64, 64) },
  ];
  const sizes = harness.quick ? [2048, 65536] : [2048, 65536, largest];
  const label = (n) => (n < 1 << 20 ? `${(n * 4) / 1024} KB` : `${(n * 4) / 1048576} MB`);
  await harness.table(
    'streaming kernels, best GB/s by size of an operand',
    kernels.map((kernel) => ({
      ...kernel,
      measure: () => {
        const timings = sizes.map((n) => harness.time(() => kernel.call(n)));
        return { ...timings[0], timings };
      },
    })),
    ({ timings }, { bytes }) =>
      Object.fromEntries(sizes.map((n, i) => [label(n), round((bytes * n) / timings[i].min / 1e6, 1)])),
  );
}

const perElement = (timing, { n }) => ({
  'best ns': nanoseconds(timing.min, n),
  'median ns': nanoseconds(timing.median, n),
  elements: n,
});

async function activations(harness, core) {
  const { x, codes } = core;
  const n = 32 * 300;
  const [out, dx, z, dy] = [core.alloc(4 * n), core.alloc(4 * n), core.random(n, 4), core.random(n)];
  const kinds = Object.keys(codes)
    .slice(Object.keys(codes).indexOf('LINEAR'), Object.keys(codes).indexOf('HARD_TANH') + 1)
    .filter((kind) => kind !== 'SOFTMAX');
  const readsInput = ['GELU', 'GELU_TANH', 'SILU', 'HARD_SILU'];
  const cases = kinds.map((kind) => {
    const code = codes[kind];
    return {
      name: kind.toLowerCase(),
      n,
      measure: () => {
        const forward = harness.time(() => x.activation(code, out, z, n, 0.5));
        const back = harness.time(() =>
          x.activationGradient(code, dx, dy, readsInput.includes(kind) ? z : 0, out, n, 0.5),
        );
        return { ...forward, back };
      },
    };
  });
  const softmaxes = [
    [32, 10],
    [1024, 10],
    [32, 1000],
  ].map(([rows, cols]) => ({
    name: `softmax [${rows}, ${cols}]`,
    n: rows * cols,
    measure: () => {
      const [size, y, g] = [rows * cols, core.alloc(4 * rows * cols), core.alloc(4 * rows * cols)];
      const logits = core.random(size, 4);
      const forward = harness.time(() => x.softmax(y, logits, rows, cols));
      const back = harness.time(() => x.softmaxGradient(g, logits, y, rows, cols));
      return { ...forward, back };
    },
  }));
  await harness.table('activations, ns per element', [...cases, ...softmaxes], (timing, one) => ({
    'forward best': nanoseconds(timing.min, one.n),
    'forward median': nanoseconds(timing.median, one.n),
    'gradient best': nanoseconds(timing.back.min, one.n),
    'gradient median': nanoseconds(timing.back.median, one.n),
    elements: one.n,
  }));
  const maths = ['exp', 'log', 'tanh', 'erf', 'sigmoid', 'softplus'].map((fn) => ({
    name: fn,
    n,
    run: () => x[fn](out, fn === 'log' ? positive : z, n),
  }));
  const positive = core.f32(Float32Array.from({ length: n }, (_, i) => (i + 1) / 100)).at;
  await harness.table('mathematical functions, ns per element', maths, perElement);
}

async function losses(harness, core) {
  const { x, codes } = core;
  const names = Object.keys(codes);
  const kinds = names.slice(names.indexOf('SPARSE_CROSSENTROPY'), names.indexOf('HUBER') + 1);
  const none = -2147483648;
  const cases = kinds.flatMap((kind) =>
    [32, 1024].map((rows) => {
      const cols = 10;
      const n = rows * cols;
      const [values, gradient, probabilities] = [core.alloc(4 * rows), core.alloc(4 * n), core.alloc(4 * n)];
      const logits = core.random(n, 3);
      const chances = core.alloc(4 * n);
      x.softmax(chances, logits, rows, cols);
      const sparse = kind.startsWith('SPARSE');
      const labels = core.i32(Int32Array.from({ length: rows }, (_, r) => (r * 7) % cols)).at;
      const oneHot = core.f32(
        Float32Array.from({ length: n }, (_, i) => ((Math.floor(i / cols) * 7) % cols === i % cols ? 1 : 0)),
      ).at;
      const isLogits = kind.endsWith('LOGITS');
      return {
        name: `${kind.toLowerCase()} [${rows}, ${cols}]`,
        n,
        run: () =>
          x.loss(
            codes[kind],
            values,
            gradient,
            isLogits ? probabilities : 0,
            isLogits ? logits : chances,
            sparse ? labels : oneHot,
            0,
            rows,
            cols,
            1 / rows,
            kind === 'HUBER' ? 1 : 0,
            none,
          ),
      };
    }),
  );
  await harness.table('losses with their gradient, ns per prediction', cases, perElement);
}

/** Batches gathered from bytes and floats, and the random numbers. */
async function others(harness, core) {
  const { x } = core;
  const [rows, perRow, count] = [32, 784, 4096];
  const n = rows * perRow;
  const out = core.alloc(4 * n);
  const bytes = core.u8(count * perRow).at;
  const floats = core.random(count * perRow);
  const order = core.i32(count).at;
  x.shuffle(order, count, 1, 2, 0);
  let start = 0;
  const next = () => (start = (start + rows) % count);
  const cases = [
    { name: 'gatherBytes [32, 784] / 255', n, run: () => x.gatherBytes(out, bytes, order, next(), rows, perRow, 255) },
    { name: 'gatherFloats [32, 784]', n, run: () => x.gatherFloats(out, floats, order, next(), rows, perRow, 1) },
    { name: 'dropout', n, run: () => x.dropout(out, floats, n, 0, 1, 2, 0, 7, 0.5) },
    { name: 'philox', n, run: () => x.philox(out, n / 4, 1, 2, 0, 0, 0, 1) },
    { name: 'uniform', n, run: () => x.uniform(out, n, 1, 2, 0, -1, 1) },
    { name: 'normal', n, run: () => x.normal(out, n, 1, 2, 0, 0, 1) },
    { name: 'truncatedNormal', n, run: () => x.truncatedNormal(out, n, 1, 2, 0, 0, 1) },
    { name: 'shuffle', n: count, run: () => x.shuffle(order, count, 1, 2, 0) },
  ];
  await harness.table('batches and random numbers, ns per element', cases, perElement);
}
