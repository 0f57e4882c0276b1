// Convolutions by themselves, on one thread: forward and both gradients, in GFLOP/s and as a share of what the register tile of the
// matrix product reaches out of the L1 cache, measured in turns; then how much faster they are when zeros can be left out.
import { loadCore, randomFloats } from './core.js';
import { round } from './harness.js';

export const name = 'conv';

// One panel of each operand, 24 KB together: in the L1 cache of any processor of today.
const TILE_K = 512;
const TILE_FLOP = 2 * 4 * 8 * TILE_K;

/** Images, kernels and filters of networks that people train; strides 1. */
const CASES = [
  { name: '28x28x1, 5x5, 24 filters', images: 32, size: 28, channels: 1, kernel: 5, filters: 24 },
  { name: '12x12x24, 3x3, 32 filters', images: 32, size: 12, channels: 24, kernel: 3, filters: 32 },
  { name: '28x28x1, 3x3, 32 filters', images: 128, size: 28, channels: 1, kernel: 3, filters: 32 },
  { name: '13x13x32, 3x3, 64 filters', images: 128, size: 13, channels: 32, kernel: 3, filters: 64 },
  { name: '32x32x3, 3x3, 32 filters, same', images: 32, size: 32, channels: 3, kernel: 3, filters: 32, same: true },
  { name: '16x16x16, 3x3, 16 filters, same', images: 32, size: 16, channels: 16, kernel: 3, filters: 16, same: true },
  { name: '16x16x64, 3x3, 64 filters, same', images: 32, size: 16, channels: 64, kernel: 3, filters: 64, same: true },
  { name: '16x16x64, 1x1, 128 filters', images: 32, size: 16, channels: 64, kernel: 1, filters: 128 },
  {
    name: '16x16x64, 3x3, 64 filters, same, stride 2',
    images: 32,
    size: 16,
    channels: 64,
    kernel: 3,
    filters: 64,
    same: true,
    stride: 2,
  },
];

/** Shares of an operand's elements that are not zero: about what relu leaves, and what relu and a 2x2 max pooling leave of a gradient. */
const DENSITIES = [0.5, 0.15];

const withZeros = (floats, density) => {
  const kept = randomFloats(floats.length);
  return floats.map((value, i) => (kept[i] < 2 * density - 1 ? value : 0));
};

export async function run(harness, { module, codes }) {
  const core = loadCore(module, codes);
  const { x } = core;
  const scratch = core.alloc(x.gemmScratchBytes());
  const [panelA, panelB, corner] = [core.random(4 * TILE_K), core.random(8 * TILE_K), core.random(32)];
  const tile = () => x.tiles(corner, 32, panelA, panelB, 0, 32, TILE_K, 4, 8, false, 0, false, 0);
  const rows = [];
  const zeros = [];
  for (const { name, images, size, channels, kernel, filters, same = false, stride = 1 } of CASES) {
    if (!harness.wants('conv', name)) continue;
    const out = same ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
    const before = same ? Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2) : 0;
    const flop = 2 * images * out * out * kernel * kernel * channels * filters;
    const sizes = core.i32(
      Int32Array.of(size, size, channels, out, out, filters, kernel, kernel, stride, stride, before, before, 1, 1, 1),
    ).at;
    const [pixels, gradients] = [
      randomFloats(images * size * size * channels),
      randomFloats(images * out * out * filters),
    ];
    const [weights, bias] = [core.random(kernel ** 2 * channels * filters), core.random(filters)];
    const [y, dx] = [core.alloc(4 * gradients.length), core.alloc(4 * pixels.length)];
    const [dkernel, dbias] = [core.alloc(4 * kernel ** 2 * channels * filters), core.alloc(4 * filters)];
    const words = (...values) => core.i32(Int32Array.of(0, ...values, 0, 0, 0, 0)).at;
    const calls = (density) => {
      const [image, dz] = [pixels, gradients].map((all) => core.f32(density === 1 ? all : withZeros(all, density)).at);
      const forward = words(y, image, weights, bias, sizes, 1, 1, 0);
      const inputGradient = words(dx, dz, weights, 0, sizes, 1, 1);
      const kernelGradient = words(dkernel, dbias, image, dz, sizes, 1, 1);
      return {
        forward: () => x.conv(forward, images, scratch, 0, 1),
        'input gradient': () => x.convInputGradient(inputGradient, images, scratch, 0, 1),
        'kernel gradient': () => x.convKernelGradient(kernelGradient, images, scratch, 0, 1),
      };
    };
    const dense = calls(1);
    const row = { case: name };
    for (const [label, call] of Object.entries(dense)) {
      harness.onCase(`conv: ${name}, ${label}`);
      const { second, over } = harness.timeBoth(tile, call);
      row[`${label} GFLOP/s`] = round(flop / second.min / 1e6, 1);
      row[`% of tile, ${label}`] = round((100 * over * flop) / TILE_FLOP, 1);
    }
    rows.push(row);
    for (const density of DENSITIES) {
      const faster = { case: `${name}; ${density} not zero` };
      for (const [label, call] of Object.entries(calls(density))) {
        harness.onCase(`conv: ${name}, ${label}, ${density} not zero`);
        faster[`${label}, times as fast`] = round(harness.timeBoth(dense[label], call).over, 2);
      }
      zeros.push(faster);
    }
  }
  harness.show('conv: convolutions, strict, one thread', rows);
  harness.show('conv: the same with zeros in images (forward) and gradients, over none', zeros);
}
