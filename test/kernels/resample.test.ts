/** Pictures between their pixels: the kernels against the plain version in float64. */
import { describe, test } from 'vitest';
import * as codes from '../../assembly/codes.ts';
import * as words from '../../assembly/words/resample.ts';
import * as gradientWords from '../../assembly/words/resample-gradient.ts';
import { tapsOf } from '../../src/graph/evaluate-pictures.ts';
import { builds, randomFloats } from '../core.ts';
import { expectClose } from '../helpers.ts';
import { integers, loadOperations } from './operation.ts';

const outsides = [
  ['constant', codes.OUTSIDE_CONSTANT],
  ['nearest', codes.OUTSIDE_NEAREST],
  ['reflect', codes.OUTSIDE_REFLECT],
  ['wrap', codes.OUTSIDE_WRAP],
] as const;

describe.each(builds)('resampling, %s build', (build) => {
  const core = loadOperations(build);
  const numbers = (n: number, seed: number): Float32Array => {
    const random = randomFloats(seed);
    return Float32Array.from({ length: n }, () => random());
  };

  /** Runs both kernels and compares them with the plain version. */
  function check(at: Record<string, number>, rows: number, matrix?: Float32Array): void {
    const { height = 1, width = 1, channels = 1, outHeight = 1, outWidth = 1, value = 0 } = at;
    const [n, m] = [rows * height * width * channels, rows * outHeight * outWidth * channels];
    const [x, y, dx, dy] = [core.f32(numbers(n, 1)), core.f32(m), core.f32(n), core.f32(numbers(m, 2))];
    const given = matrix && core.f32(matrix);
    const shared = { ...at, value: { float: value }, matrix: given?.ptr ?? 0 };
    const got = core.run(words, { ...shared, y: y.ptr, x: x.ptr }, y, rows);
    const taps = tapsOf(at, rows, matrix && Float64Array.from(matrix));
    const want = new Float64Array(m);
    const back = new Float64Array(n);
    for (let i = 0; i < m; i++) {
      const c = i % channels;
      for (const { pixel, weight } of taps[(i - c) / channels] ?? []) {
        want[i] = (want[i] ?? 0) + weight * (pixel < 0 ? value : (x.view[pixel * channels + c] ?? 0));
        if (pixel >= 0) back[pixel * channels + c] = (back[pixel * channels + c] ?? 0) + weight * (dy.view[i] ?? 0);
      }
    }
    expectClose(got, want, 2e-6, 'y');
    expectClose(core.run(gradientWords, { ...shared, dx: dx.ptr, dy: dy.ptr }, dx, rows), back, 2e-6, 'dx');
    core.reset();
  }

  describe.each(outsides)('outside %s', (_, outside) => {
    test.each([1, 0])('turned, stretched and moved at random, smooth %i', (smooth) => {
      const random = randomFloats(outside + smooth);
      const integer = integers(random);
      for (let round = 0; round < 25; round++) {
        const rows = integer(1, 3);
        const at = {
          ...{ height: integer(1, 7), width: integer(1, 7), channels: integer(1, 6) },
          ...{ outHeight: integer(1, 7), outWidth: integer(1, 7), smooth, outside, value: 0.25 },
        };
        // multiples of 1/16 but for a little, so that no place is where rounding decides
        const matrix = Float32Array.from({ length: rows * 6 }, (_none, i) =>
          i % 3 === 2 ? Math.round(random() * 160) / 16 + 1 / 64 : Math.round(random() * 32) / 16,
        );
        check(at, rows, matrix);
      }
    });
  });

  test.each([1, 0])('resized, smooth %i', (smooth) => {
    const integer = integers(randomFloats(5));
    for (let round = 0; round < 25; round++) {
      const at = {
        ...{ height: integer(1, 9), width: integer(1, 9), channels: integer(1, 9) },
        ...{ outHeight: integer(1, 12), outWidth: integer(1, 12), smooth, outside: codes.OUTSIDE_NEAREST },
      };
      check(at, integer(1, 3));
    }
  });

  test('matrices of NaN, infinity and huge numbers give what lies outside', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1e30, 1e30])
      for (const [, outside] of outsides)
        check(
          { height: 3, width: 2, channels: 5, outHeight: 2, outWidth: 2, smooth: 1, outside, value: 2 },
          1,
          Float32Array.of(1, 0, bad, 0, 1, bad),
        );
  });
});
