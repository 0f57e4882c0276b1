// The products of a training step on the operands that it has: pixels, what relu lets through, gradients behind its mask, of a batch of 32
// images, with initial weights and after an epoch. Beside each the share of its left operand that is not zero, and the same product of
// random numbers, none of them zero, in turns: what leaving out zeros wins.
import { optimizers } from 'simdescent';
import { loadCore, randomFloats } from './core.js';
import { round } from './harness.js';
import { imageModel } from './network.js';
import { pictures } from './pictures.js';

export const name = 'zeros';

const BATCH = 32;

/** z = a b with the rows of a, or of its transpose. */
function times(a, b, [m, k, n], { transposeA = false, transposeB = false } = {}) {
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++) {
      const left = transposeA ? a[l * m + i] : a[i * k + l];
      if (left === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] += left * (transposeB ? b[j * k + l] : b[l * n + j]);
    }
  return out;
}

const share = (numbers) => numbers.filter((value) => value !== 0).length / numbers.length;

/** The products of a step in the order in which it computes them, with their operands. */
async function productsOf(model, { x, y }) {
  const layers = model.layers.slice(1).map((layer) => layer.name);
  const outputs = (await model.layerOutputs(x, { layers })).map(({ data }) => data);
  const weights = model.weights.map(({ tensor }) => tensor).filter(({ shape }) => shape.length === 2);
  const kernels = weights.map(({ data }) => Float32Array.from(data));
  const sizes = [784, ...weights.map(({ shape }) => shape[1])];
  const inputs = [Float32Array.from(x.data, (byte) => byte / 255), ...outputs];
  const last = kernels.length - 1;
  // softmax and cross-entropy: probabilities less the labels
  let dz = Float32Array.from(outputs[last], (p, i) => (p - (y.data[Math.floor(i / 10)] === i % 10 ? 1 : 0)) / BATCH);
  const forward = kernels.map((_, i) => ({
    name: `[${BATCH},${sizes[i]}]·[${sizes[i]},${sizes[i + 1]}] forward`,
    left: { numbers: inputs[i], of: i === 0 ? 'pixels' : 'relu' },
    right: kernels[i],
    sizes: [BATCH, sizes[i], sizes[i + 1]],
  }));
  const backward = [];
  for (let i = last; i >= 0; i--) {
    const [inner, outer] = [sizes[i], sizes[i + 1]];
    backward.push({
      name: `[${BATCH},${inner}]ᵀ·[${BATCH},${outer}] kernel gradient`,
      left: { numbers: inputs[i], of: i === 0 ? 'pixels' : 'relu' },
      right: dz,
      sizes: [inner, BATCH, outer],
      as: { transposeA: true },
    });
    if (i === 0) break;
    backward.push({
      name: `[${BATCH},${outer}]·[${inner},${outer}]ᵀ input gradient`,
      left: { numbers: dz, of: i === last ? 'gradient of softmax' : 'gradient behind relu' },
      right: kernels[i],
      sizes: [BATCH, outer, inner],
      as: { transposeB: true },
    });
    const gradient = times(dz, kernels[i], [BATCH, outer, inner], { transposeB: true });
    dz = gradient.map((value, at) => (inputs[i][at] > 0 ? value : 0));
  }
  return [...forward, ...backward];
}

/** A product as the core computes it. */
function product(
  core,
  scratch,
  { left, right, sizes: [m, k, n], as: { transposeA = false, transposeB = false } = {} },
) {
  const { x } = core;
  const [a, b, c] = [core.f32(left).at, core.f32(right).at, core.alloc(4 * m * n)];
  const [lda, ldb] = [transposeA ? m : k, transposeB ? k : n];
  return () => x.gemm(c, n, a, lda, transposeA, b, ldb, transposeB, m, n, k, 0, false, 0, scratch);
}

export async function run(harness, { module, codes }) {
  const title = 'products of a step with the zeros of their operands';
  if (!harness.wants(title)) return;
  const count = harness.quick ? 6400 : 60_000;
  const { x, y, name } = await pictures(count);
  const model = imageModel(optimizers.adam());
  model.build([28, 28]);
  const batch = {
    x: { ...x, data: x.data.subarray(0, BATCH * 784), shape: [BATCH, 28, 28] },
    y: { data: y.data.subarray(0, BATCH) },
  };
  try {
    for (const moment of ['initial weights', `after an epoch of ${count / BATCH} steps, Adam`]) {
      if (moment !== 'initial weights') await model.fit(x, y, { batchSize: BATCH });
      const core = loadCore(module, codes);
      const scratch = core.alloc(core.x.gemmScratchBytes());
      await harness.table(
        `${title}: ${name}, ${moment}`,
        (await productsOf(model, batch)).map((one) => ({
          ...one,
          measure: () => {
            const { left, right } = one;
            const random = randomFloats(left.numbers.length).map((value) => value || 0.5);
            const skipping = product(core, scratch, { ...one, left: left.numbers, right });
            const dense = product(core, scratch, { ...one, left: random, right });
            const { first, second, over } = harness.timeBoth(dense, skipping);
            return { ...second, dense: first, over };
          },
        })),
        ({ min, dense, over }, { left: { numbers, of } }) => ({
          'left operand': of,
          'not zero %': round(100 * share(numbers), 1),
          'best µs': round(min * 1000, 2),
          'best µs, dense operand': round(dense.min * 1000, 2),
          'times as fast': round(over, 2),
        }),
      );
    }
  } finally {
    model.dispose();
  }
}
