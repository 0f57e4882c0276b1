import { describe, expect, test } from 'vitest';
import { builds, loadCore, randomFloats } from '../core.ts';

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 31, 1009, 4095, 4096, 4097, 8192, 12_289];

function randomArray(n: number, seed: number): Float32Array {
  const random = randomFloats(seed);
  return Float32Array.from({ length: n }, () => random() * 2 ** Math.round(random() * 8));
}

const total = (x: Iterable<number>): number => [...x].reduce((a, b) => a + b, 0);

/** The order of the core: blocks of 4096, in a block eight lanes, a last half row to the first four of them. */
function blockedTotal(x: readonly number[]): number {
  let result = 0;
  for (let from = 0; from < x.length; from += 4096) {
    const block = x.slice(from, from + 4096);
    const lanes = [0, 0, 0, 0, 0, 0, 0, 0];
    const whole = block.length - (block.length % 8);
    block.forEach((value, i) => {
      const lane = i < whole ? i % 8 : i % 4;
      lanes[lane] = (lanes[lane] ?? 0) + value;
    });
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes;
    result += a + e + (c + g) + (b + f + (d + h));
  }
  return result;
}

describe.each(builds)('reductions and elementwise arithmetic, %s build', (build) => {
  const core = loadCore(build);

  test.each(SIZES)('sums of %i numbers are exact to float64 and made in the documented order', (n) => {
    core.reset();
    const x = core.f32(randomArray(n, n + 1));
    const values = [...x.view];
    const close = (actual: number, terms: number[]) => {
      expect(Math.abs(actual - total(terms))).toBeLessThanOrEqual(1e-12 * total(terms.map(Math.abs)));
      expect(actual).toBe(blockedTotal(terms));
    };
    close(core.x.sum(x.ptr, n), values);
    close(
      core.x.sumSquares(x.ptr, n),
      values.map((v) => v * v),
    );
    close(core.x.sumAbs(x.ptr, n), values.map(Math.abs));
  });

  test('sums neither overflow nor lose small terms in float32, and tell of NaN', () => {
    core.reset();
    const x = core.f32([1e30, 1, -1e30, 1, 3e38, 3e38]);
    expect(core.x.sumSquares(x.ptr, 1)).toBeCloseTo(Math.fround(1e30) ** 2, -50);
    expect(core.x.sum(x.ptr + 16, 2)).toBe(2 * Math.fround(3e38));
    const ones = core.f32(new Float32Array(70_001).fill(1));
    ones.view[0] = 2 ** 24;
    expect(core.x.sum(ones.ptr, 70_001)).toBe(2 ** 24 + 70_000);
    ones.view[70_000] = Number.NaN;
    for (const sum of [core.x.sum, core.x.sumSquares, core.x.sumAbs]) expect(sum(ones.ptr, 70_001)).toBeNaN();
  });

  test.each(SIZES)('weighted sums of %i numbers go in index order', (n) => {
    core.reset();
    const [values, weights] = [core.f32(randomArray(n, 3)), core.f32(randomArray(n, 4))];
    expect(core.x.weightedSum(values.ptr, weights.ptr, n)).toBe(
      total([...values.view].map((v, i) => v * (weights.view[i] ?? 0))),
    );
    expect(core.x.weightedSum(values.ptr, 0, n)).toBe(total(values.view));
  });

  test.each([
    [0, 5],
    [1, 1],
    [3, 4],
    [32, 10],
    [32, 100],
    [7, 13],
    [301, 17],
    [19, 47],
  ])('column sums of %i rows of %i go down the rows and are rounded once', (rows, cols) => {
    core.reset();
    const x = core.f32(randomArray(rows * cols, rows));
    const whole = core.f32(cols);
    const split = core.f32(new Float32Array(cols).fill(-1));
    core.x.columnSums(whole.ptr, x.ptr, rows, cols, 0, cols);
    const expected = Array.from({ length: cols }, (_, c) =>
      Math.fround(total(Array.from({ length: rows }, (_, r) => x.view[r * cols + c] ?? 0))),
    );
    expect([...whole.view]).toEqual(expected);

    const cut = Math.floor(cols / 3);
    core.x.columnSums(split.ptr, x.ptr, rows, cols, cut, cols);
    expect([...split.view]).toEqual(expected.map((v, c) => (c < cut ? -1 : v)));
    core.x.columnSums(split.ptr, x.ptr, rows, cols, 0, cut);
    expect([...split.view]).toEqual(expected);
  });

  test.each(SIZES)('elementwise arithmetic on %i numbers is that of float32, also in place', (n) => {
    const f = Math.fround;
    const operations = {
      add: (a: number, b: number) => f(a + b),
      subtract: (a: number, b: number) => f(a - b),
      multiply: (a: number, b: number) => f(a * b),
      divide: (a: number, b: number) => f(a / b),
    } as const;
    for (const [name, reference] of Object.entries(operations)) {
      core.reset();
      const [a, b, out] = [core.f32(randomArray(n, 5)), core.f32(randomArray(n, 6)), core.f32(n)];
      const expected = [...a.view].map((v, i) => reference(v, b.view[i] ?? 0));
      const kernel = core.x[name as keyof typeof operations];
      kernel(out.ptr, a.ptr, b.ptr, n);
      expect([...out.view]).toEqual(expected);
      kernel(a.ptr, a.ptr, b.ptr, n);
      expect([...a.view]).toEqual(expected);
    }
    core.reset();
    const x = core.f32(randomArray(n, 7));
    const before = [...x.view];
    const out = core.f32(randomArray(n, 8));
    const out0 = [...out.view];
    core.x.axpy(out.ptr, x.ptr, n, 0.3);
    expect([...out.view]).toEqual(out0.map((v, i) => f(v + f(f(0.3) * (before[i] ?? 0)))));
    core.x.clip(out.ptr, x.ptr, n, 0.5);
    expect([...out.view]).toEqual(before.map((v) => Math.max(-0.5, Math.min(0.5, v))));
    core.x.scale(x.ptr, x.ptr, n, 0.3);
    expect([...x.view]).toEqual(before.map((v) => f(v * f(0.3))));
    core.reset();
  });

  test('clipping leaves NaN and what is within the limit, and takes infinities to it', () => {
    core.reset();
    const x = core.f32([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2, -2, Number.NaN]);
    core.x.clip(x.ptr, x.ptr, 6, 2);
    expect([...x.view]).toEqual([Number.NaN, 2, -2, 2, -2, Number.NaN]);
  });

  test.each([1, 4, 5, 1009])('the gradient of the l1 and l2 penalties of %i weights is added', (n) => {
    core.reset();
    const f = Math.fround;
    const w = core.f32(randomArray(n, 9).map((v, i) => (i % 3 === 1 ? 0 : v)));
    const gradient = core.f32(randomArray(n, 10));
    const expected = [...gradient.view].map((g, i) => {
      const v = w.view[i] ?? 0;
      return f(g + f(f(Math.sign(v) * f(0.1)) + f(v * f(2 * f(0.01)))));
    });
    core.x.penaltyGradient(gradient.ptr, w.ptr, n, 0.1, 0.01);
    expect([...gradient.view]).toEqual(expected);
  });

  test('penalties have no slope at zero, whatever its sign, and NaN stays', () => {
    core.reset();
    const w = core.f32([0, -0, Number.NaN, -1, 1]);
    const gradient = core.f32([1, 2, 3, 4, 5]);
    core.x.penaltyGradient(gradient.ptr, w.ptr, 5, 0.5, 0);
    expect([...gradient.view]).toEqual([1, 2, Number.NaN, 3.5, 5.5]);
  });

  test.each([
    [0, 3],
    [1, 1],
    [1, 7],
    [4, 4],
    [5, 3],
    [8, 13],
    [31, 17],
    [12, 64],
  ])('a transposed matrix of %i rows of %i has its columns for rows', (rows, cols) => {
    core.reset();
    const x = core.f32(randomArray(rows * cols, 11));
    const out = core.f32(rows * cols);
    core.x.transpose(out.ptr, x.ptr, rows, cols);
    const expected = Array.from(
      { length: rows * cols },
      (_, i) => x.view[(i % rows) * cols + Math.floor(i / rows)] ?? 0,
    );
    expect([...out.view]).toEqual(expected);
  });
});
