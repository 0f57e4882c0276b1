/** The kernels of batch normalization against plain ones in float64, on ragged shapes and several blocks. */
import { describe, expect, test } from 'vitest';
import * as momentWords from '../../assembly/words/batch-moments.ts';
import * as sumWords from '../../assembly/words/channel-sums.ts';
import * as totalWords from '../../assembly/words/channel-totals.ts';
import * as words from '../../assembly/words/normalize.ts';
import * as gradientWords from '../../assembly/words/normalize-gradient.ts';
import { builds, randomFloats } from '../core.ts';
import { expectClose } from '../helpers.ts';
import { loadOperations } from './operation.ts';

/** rows, positions in a row, channels, positions in a block: on both sides of vectors, eights, chunks of 256 channels and blocks. */
const shapes: readonly (readonly [number, number, number, number])[] = [
  [1, 1, 1, 64],
  [3, 7, 1, 4],
  [5, 1, 3, 2],
  [2, 9, 4, 5],
  [4, 5, 7, 3],
  [1, 33, 8, 32],
  [3, 11, 9, 64],
  [2, 40, 31, 16],
  [1, 70, 64, 64],
  [2, 3, 255, 4],
  [2, 3, 257, 64],
  [1, 5, 600, 2],
];

describe.each(builds)('batch normalization, %s build', (build) => {
  const core = loadOperations(build);
  const numbers = (n: number, seed: number, scale = 1, offset = 0): Float32Array => {
    const random = randomFloats(seed);
    return Float32Array.from({ length: n }, () => random() * scale + offset);
  };
  const list = (n: number, of: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => of(i));

  test.each(shapes)('%i rows of %i positions of %i channels, blocks of %i', (rows, times, channels, block) => {
    const positions = rows * times;
    const n = positions * channels;
    // far from 0: a sum of squares in float32 would lose the variance
    const x = core.f32(numbers(n, 1, 0.5, 40));
    const dy = core.f32(numbers(n, 2));
    const [gamma, beta] = [core.f32(numbers(channels, 3)), core.f32(numbers(channels, 4))];
    const [mean, inverse] = [core.f32(channels), core.f32(channels)];
    const moving = [core.f32(numbers(channels, 5)), core.f32(numbers(channels, 6, 0.5, 1))] as const;
    const before = moving.map(({ view }) => [...view]);
    const sums = core.f32(Math.ceil(positions / block) * 4 * Math.ceil(channels / 8) * 8);
    const sizes = { channels, times, block };
    const column = (of: Float32Array, c: number): number[] => list(positions, (p) => of[p * channels + c] ?? 0);
    const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

    core.run(sumWords, { sums: sums.ptr, x: x.ptr, ...sizes }, sums, rows);
    const follows = { momentum: { float: 0.75 }, rest: { float: 0.25 }, epsilon: { float: 1e-3 } };
    const addresses = { movingMean: moving[0].ptr, movingVariance: moving[1].ptr };
    const moments = { mean: mean.ptr, inverse: inverse.ptr, sums: sums.ptr, ...sizes, ...follows, ...addresses };
    core.execute(momentWords, moments, rows);
    const means = list(channels, (c) => total(column(x.view, c)) / positions);
    const variances = list(
      channels,
      (c) => total(column(x.view, c).map((v) => (v - (means[c] ?? 0)) ** 2)) / positions,
    );
    const inverses = variances.map((variance) => 1 / Math.sqrt(variance + Math.fround(1e-3)));
    expectClose(mean.view, means, 1e-7, 'mean');
    expectClose(inverse.view, inverses, 1e-6, 'inverse');
    const followed = (i: number, to: readonly number[]) => list(channels, (c) => 0.75 * (before[i]?.[c] ?? 0) + 0.25 * (to[c] ?? 0)); // biome-ignore format: a formula
    expectClose(moving[0].view, followed(0, means), 1e-6, 'moving mean');
    expectClose(moving[1].view, followed(1, variances), 1e-6, 'moving variance');

    const y = core.f32(n);
    const lists = { mean: mean.ptr, inverse: inverse.ptr };
    const unit = list(n, (i) => {
      const c = i % channels;
      return Math.fround(Math.fround((x.view[i] ?? 0) - (mean.view[c] ?? 0)) * (inverse.view[c] ?? 0));
    });
    for (const relu of [0, 1]) {
      const got = core.run(
        words,
        { y: y.ptr, x: x.ptr, ...lists, gamma: gamma.ptr, beta: beta.ptr, channels, times, relu },
        y,
        rows,
      );
      const want = unit.map((u, i) => u * (gamma.view[i % channels] ?? 0) + (beta.view[i % channels] ?? 0));
      expectClose(got, relu ? want.map((v) => Math.max(v, 0)) : want, 2e-6, 'y');
    }
    expectClose(core.run(words, { y: y.ptr, x: x.ptr, ...lists, channels, times }, y, rows), unit, 1e-6, 'plain y');

    core.run(sumWords, { sums: sums.ptr, x: x.ptr, dy: dy.ptr, ...lists, ...sizes }, sums, rows);
    const [first, second] = [core.f32(channels), core.f32(channels)];
    core.execute(totalWords, { first: first.ptr, second: second.ptr, sums: sums.ptr, ...sizes }, rows);
    const products = Float32Array.from(unit, (u, i) => u * (dy.view[i] ?? 0));
    const dbeta = list(channels, (c) => total(column(dy.view, c)));
    const dgamma = list(channels, (c) => total(column(products, c)));
    expectClose(first.view, dbeta, 1e-6, 'dbeta');
    expectClose(second.view, dgamma, 1e-6, 'dgamma');

    const dx = core.f32(n);
    const back = { dx: dx.ptr, dy: dy.ptr, x: x.ptr, ...lists, channels, times };
    const scale = (i: number) => (gamma.view[i % channels] ?? 0) * (inverse.view[i % channels] ?? 0);
    const still = core.run(gradientWords, { ...back, gamma: gamma.ptr }, dx, rows);
    expectClose(still, list(n, (i) => scale(i) * (dy.view[i] ?? 0)), 1e-6, 'dx of fixed statistics'); // biome-ignore format: a formula
    const all = { ...back, gamma: gamma.ptr, dbeta: first.ptr, dgamma: second.ptr };
    const through = (i: number) => ((dbeta[i % channels] ?? 0) + (unit[i] ?? 0) * (dgamma[i % channels] ?? 0)) / positions; // biome-ignore format: a formula
    const moved = core.run(gradientWords, all, dx, rows);
    expectClose(moved, list(n, (i) => scale(i) * ((dy.view[i] ?? 0) - through(i))), 3e-6, 'dx'); // biome-ignore format: a formula
    core.reset();
  });

  test('what is written ends where the array ends, also in place', () => {
    for (const channels of [1, 3, 5, 8]) {
      const x = core.f32(numbers(6 * channels + 16, 7));
      const [mean, inverse] = [core.f32(numbers(channels, 8)), core.f32(numbers(channels, 9))];
      const behind = x.view.slice(6 * channels);
      const lists = { mean: mean.ptr, inverse: inverse.ptr, channels, times: 2 };
      const apart = core.f32(6 * channels);
      const want = core.run(words, { y: apart.ptr, x: x.ptr, ...lists }, apart, 3);
      core.execute(words, { y: x.ptr, x: x.ptr, ...lists }, 3, 2);
      expect([...x.view.slice(0, 6 * channels)]).toEqual([...want]);
      expect([...x.view.slice(6 * channels)]).toEqual([...behind]);
      core.reset();
    }
  });

  test('a channel with NaN or infinity has NaN statistics, the others have theirs', () => {
    const x = core.f32(Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY, 3, 5, 5, 1));
    const [mean, inverse, sums] = [core.f32(4), core.f32(4), core.f32(32)];
    core.execute(sumWords, { sums: sums.ptr, x: x.ptr, channels: 4, times: 1, block: 64 }, 2);
    const lists = { mean: mean.ptr, inverse: inverse.ptr, sums: sums.ptr, channels: 4, times: 1, block: 64 };
    core.execute(momentWords, { ...lists, epsilon: { float: 0 } }, 2);
    expect([...mean.view]).toEqual([2, Number.NaN, 4, Number.POSITIVE_INFINITY]);
    expect([...inverse.view]).toEqual([1, Number.NaN, 1, Number.NaN]);
    core.reset();
  });
});
