/** Convolutions leave out zeros without changing a bit: against sums that leave out nothing, in float32, at every share of zeros. */
import { describe, expect, test } from 'vitest';
import * as words from '../../assembly/words/conv.ts';
import * as gradientWords from '../../assembly/words/conv-input-gradient.ts';
import * as kernelWords from '../../assembly/words/conv-kernel-gradient.ts';
import { builds, randomFloats } from '../core.ts';
import { loadOperations } from './operation.ts';

const { fround } = Math;
/** Output pixels whose products are one chain of additions in a kernel gradient. */
const BLOCK = 512;

interface Sizes {
  readonly images: number;
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
  readonly groups?: number;
  readonly stride?: number;
  readonly before?: number;
  readonly out: number;
}

const cases: Readonly<Record<string, Sizes>> = {
  'inside of the image': { images: 3, size: 6, channels: 24, filters: 34, kernel: 3, out: 4 },
  'padded, strides 2': { images: 2, size: 9, channels: 20, filters: 24, kernel: 3, out: 5, stride: 2, before: 1 },
  '1x1': { images: 5, size: 3, channels: 64, filters: 45, kernel: 1, out: 3 },
  'groups, padded': { images: 2, size: 5, channels: 32, filters: 60, kernel: 3, out: 5, groups: 2, before: 1 },
  'one channel': { images: 9, size: 10, channels: 1, filters: 70, kernel: 5, out: 10, before: 2 },
  'one channel, strides 2': { images: 2, size: 19, channels: 1, filters: 9, kernel: 3, out: 9, stride: 2 },
  'one channel, patches of two blocks': {
    images: 1,
    size: 26,
    channels: 1,
    filters: 3,
    kernel: 23,
    out: 26,
    before: 11,
  },
  'three channels, padded': { images: 2, size: 13, channels: 3, filters: 8, kernel: 3, out: 13, before: 1 },
};

/** What stands at a place that may be outside of the image, where there are zeros. */
const at = (x: Float32Array, place: number): number => (place < 0 ? 0 : (x[place] as number));
const add = (x: Float32Array, place: number, a: number, b: number): void => {
  x[place] = fround((x[place] as number) + fround(a * b));
};

/** The products of a convolution, as places of the output pixel, the input, the kernel's element and the output, in the order of their sums. */
function* products({ images, size, channels, filters, kernel, out, groups = 1, stride = 1, before = 0 }: Sizes) {
  const [inGroup, outGroup] = [channels / groups, filters / groups];
  for (let pixel = 0; pixel < images * out * out; pixel++) {
    const [image, i, j] = [Math.floor(pixel / (out * out)), Math.floor(pixel / out) % out, pixel % out];
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const [y, x] = [i * stride - before + Math.floor(tap / kernel), j * stride - before + (tap % kernel)];
      const inside = y >= 0 && y < size && x >= 0 && x < size;
      for (let c = 0; c < inGroup; c++)
        for (let f = 0; f < filters; f++) {
          const channel = Math.floor(f / outGroup) * inGroup + c;
          yield {
            pixel,
            x: inside ? ((image * size + y) * size + x) * channels + channel : -1,
            kernel: (tap * inGroup + c) * filters + f,
            y: pixel * filters + f,
          };
        }
    }
  }
}

function forward(sizes: Sizes, x: Float32Array, kernel: Float32Array, y: Float32Array): void {
  for (const place of products(sizes)) add(y, place.y, at(x, place.x), at(kernel, place.kernel));
}

function kernelGradient(sizes: Sizes, x: Float32Array, dz: Float32Array, dkernel: Float32Array): void {
  const block = new Float32Array(dkernel.length);
  let last = 0;
  const finish = () => {
    for (const [i, sum] of block.entries()) dkernel[i] = last < BLOCK ? sum : fround((dkernel[i] as number) + sum);
    block.fill(0);
  };
  for (const place of products(sizes)) {
    if (place.pixel % BLOCK === 0 && place.pixel !== last) finish();
    last = place.pixel;
    add(block, place.kernel, at(x, place.x), at(dz, place.y));
  }
  finish();
}

/** Each input pixel takes the taps from the last to the first, of which it skips those between the strides. */
function inputGradient(sizes: Sizes, dz: Float32Array, kernel: Float32Array, dx: Float32Array): void {
  const { images, size, channels, filters, kernel: width, out, groups = 1, stride = 1, before = 0 } = sizes;
  const [inGroup, outGroup] = [channels / groups, filters / groups];
  for (let pixel = 0; pixel < images * size * size; pixel++) {
    const [image, y, x] = [Math.floor(pixel / (size * size)), Math.floor(pixel / size) % size, pixel % size];
    for (let tap = width * width - 1; tap >= 0; tap--) {
      const [i, j] = [(y + before - Math.floor(tap / width)) / stride, (x + before - (tap % width)) / stride];
      if (!Number.isInteger(i) || !Number.isInteger(j)) continue;
      const inside = i >= 0 && i < out && j >= 0 && j < out;
      for (let f = 0; f < filters; f++)
        for (let c = 0; c < inGroup; c++) {
          const from = inside ? ((image * out + i) * out + j) * filters + f : -1;
          const element = (tap * inGroup + c) * filters + f;
          add(dx, pixel * channels + Math.floor(f / outGroup) * inGroup + c, at(dz, from), at(kernel, element));
        }
    }
  }
}

const special = [0, -0, 1e-40, -1e-45, Number.POSITIVE_INFINITY, Number.NaN];

describe.each(builds)('%s', (build) => {
  const core = loadOperations(build);

  describe.each(Object.entries(cases))('%s', (_, sizes) => {
    const { images, size, channels, filters, kernel, out, groups = 1, stride = 1, before = 0 } = sizes;
    const lengths = {
      x: images * size * size * channels,
      kernel: (kernel * kernel * channels * filters) / groups,
      y: images * out * out * filters,
    };

    /** One of the three operations with operands of which `density` is not zero, and what it should give. */
    function check(density: number, odd: 'left' | 'right' | undefined) {
      core.reset();
      const random = randomFloats(Math.round(density * 100) + size);
      const dense = (length: number) => core.f32(Float32Array.from({ length }, random));
      const sparse = (length: number) =>
        core.f32(Float32Array.from({ length }, () => (random() + 1 < 2 * density ? random() : random() < 0 ? -0 : 0)));
      const spoil = ({ view }: { view: Float32Array }, which: typeof odd) => {
        if (odd === which) for (const [i, value] of special.entries()) view[(i * 17) % view.length] = value;
      };
      const [x, dz, k] = [sparse(lengths.x), sparse(lengths.y), dense(lengths.kernel)];
      const [denseX, y, dx, dk] = [dense(lengths.x), dense(lengths.y), dense(lengths.x), dense(lengths.kernel)];
      spoil(x, 'left');
      spoil(dz, 'left');
      spoil(k, 'right');
      spoil(denseX, 'right');
      const about = core.i32(
        Int32Array.of(
          size,
          size,
          channels,
          out,
          out,
          filters,
          kernel,
          kernel,
          stride,
          stride,
          before,
          before,
          1,
          1,
          groups,
        ),
      ).ptr;
      const each = { sizes: about, times: 1, perRow: 1 };
      const expected = (to: Float32Array, fill: (to: Float32Array) => void) => {
        const values = new Float32Array(to.length);
        fill(values);
        return values;
      };
      expect(core.run(words, { ...each, y: y.ptr, x: x.ptr, kernel: k.ptr }, y, images)).toEqual(
        expected(y.view, (to) => forward(sizes, x.view, k.view, to)),
      );
      expect(core.run(gradientWords, { ...each, dx: dx.ptr, dz: dz.ptr, kernel: k.ptr }, dx, images)).toEqual(
        expected(dx.view, (to) => inputGradient(sizes, dz.view, k.view, to)),
      );
      expect(core.run(kernelWords, { ...each, dkernel: dk.ptr, x: denseX.ptr, dz: dz.ptr }, dk, images)).toEqual(
        expected(dk.view, (to) => kernelGradient(sizes, denseX.view, dz.view, to)),
      );
    }

    test.each([0, 0.05, 0.3, 0.5, 0.7, 1])('a share of %f is not zero', (density) => check(density, undefined));
    test.each(['left', 'right'] as const)('infinities, NaN, denormals and zeros of both signs on the %s', (odd) =>
      check(0.2, odd),
    );
  });
});
