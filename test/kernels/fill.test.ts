import { describe, expect, test } from 'vitest';
import { NORMAL, PURPOSE_SAMPLE, UNIFORM } from '../../assembly/codes.ts';
import * as divideByRows from '../../assembly/words/divide-by-rows.ts';
import * as fill from '../../assembly/words/fill.ts';
import * as randomFill from '../../assembly/words/random-fill.ts';
import * as seedLoss from '../../assembly/words/seed-loss.ts';
import * as select from '../../assembly/words/select.ts';
import { builds, randomFloats } from '../core.ts';
import { words as philoxWords } from '../reference/random.ts';
import { loadOperations } from './operation.ts';

const sizes = [0, 1, 2, 3, 4, 5, 15, 16, 17, 100, 333];

describe.each(builds)('what fills arrays, %s build', (build) => {
  const core = loadOperations(build);
  const numbers = (n: number, seed: number): Float32Array => Float32Array.from({ length: n }, randomFloats(seed));

  test.each(sizes)('fill writes %i numbers, or as many for every row', (n) => {
    const y = core.f32(3 * n + 1);
    const value = { float: 0.3 };
    const filled = (count: number) => new Float32Array(3 * n + 1).fill(Math.fround(0.3), 0, count);
    expect(core.run(fill, { y: y.ptr, n, value }, y, 3)).toEqual(filled(n));
    expect(core.run(fill, { y: y.ptr, n, perRow: 1, value }, y, 3)).toEqual(filled(3 * n));
    core.reset();
  });

  test.each(sizes)('select takes %i numbers of a where the condition is not 0, NaN included', (n) => {
    const conditions = [0, 1, NaN, -0, 1e-45, -3, Infinity];
    const condition = core.f32(Float32Array.from({ length: 2 * n }, (_, i) => conditions[i % 7] ?? 0));
    const [a, b, y] = [core.f32(numbers(2 * n, 1)), core.f32(numbers(2 * n, 2)), core.f32(2 * n)];
    const values = { condition: condition.ptr, a: a.ptr, b: b.ptr, n, perRow: 1 };
    const want = a.view.map((value, i) => (condition.view[i] === 0 ? (b.view[i] ?? 0) : value));
    expect(core.run(select, { ...values, y: y.ptr }, y, 2)).toEqual(want);
    expect(core.run(select, { ...values, y: b.ptr }, b, 2)).toEqual(want);
    core.reset();
  });

  test.each(sizes)('divideByRows divides %i numbers by the rows of the batch', (n) => {
    const [x, y] = [core.f32(numbers(n, 3)), core.f32(n)];
    for (const rows of [1, 3, 32]) {
      expect(core.run(divideByRows, { y: y.ptr, x: x.ptr, n }, y, rows)).toEqual(x.view.map((value) => value / rows));
    }
    core.reset();
  });

  test.each(sizes)('seedLoss is the scale of the loss times the weights, %i a row', (times) => {
    const scale = 1 / 96;
    core.setLossScale(scale);
    const [weights, gradient] = [core.f32(numbers(3 * times, 4)), core.f32(3 * times)];
    const plain = core.run(seedLoss, { gradient: gradient.ptr, times }, gradient, 3);
    expect(plain).toEqual(new Float32Array(3 * times).fill(scale));
    const weighted = core.run(seedLoss, { gradient: gradient.ptr, weights: weights.ptr, times }, gradient, 3);
    expect(weighted).toEqual(weights.view.map((weight) => Math.fround(scale) * weight));
    core.reset();
  });

  describe.each([
    ['normal', NORMAL],
    ['uniform', UNIFORM],
  ])('%s samples', (_, kind) => {
    const sample = (n: number, rows: number, step: number, seedLow: number, index: number, mean = 0, deviation = 1) => {
      const y = core.f32(n * rows);
      core.setStep(step);
      const scalars = { mean: { float: mean }, deviation: { float: deviation } };
      const got = core.run(randomFill, { y: y.ptr, n, kind, seedLow, seedHigh: 5, index, ...scalars }, y, rows);
      core.reset();
      return got;
    };

    test('are counted by element, step, index and seed, and no two of these give the same numbers', () => {
      const drawn = [sample(50, 2, 3, 1, 4), sample(50, 2, 4, 1, 4), sample(50, 2, 3, 2, 4), sample(50, 2, 3, 1, 5)];
      expect(new Set(drawn.map((x) => x.join())).size).toBe(4);
      // neither the size of a batch nor that of a row counts
      expect(sample(10, 7, 3, 1, 4)).toEqual(sample(50, 2, 3, 1, 4).slice(0, 70));
    });

    test('have the mean and the deviation that are asked for', () => {
      const n = 40_000;
      const x = sample(n, 1, 1, 2, 3, 2, 0.5);
      const mean = x.reduce((a, b) => a + b, 0) / n;
      const deviation = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
      const [center, spread] = kind === NORMAL ? [2, 0.5] : [2.25, 0.5 / Math.sqrt(12)];
      expect(Math.abs(mean - center)).toBeLessThan((4 * spread) / Math.sqrt(n));
      expect(Math.abs(deviation / spread - 1)).toBeLessThan(0.02);
    });
  });

  test('normal samples are made in pairs by the method of Box and Muller', () => {
    const n = 1001;
    const y = core.f32(n);
    core.setStep(7);
    const values = { y: y.ptr, n, kind: NORMAL, seedLow: 42, seedHigh: 1, index: 2, deviation: { float: 1 } };
    const drawn = [...philoxWords(n + 1, [42, 1], 7, 2, PURPOSE_SAMPLE)].map((word) => (word >>> 8) / 2 ** 24);
    const got = core.run(randomFill, values, y);
    for (const [i, value] of got.entries()) {
      const [u = 0, turns = 0] = drawn.slice(i - (i % 2));
      const angle = 2 * Math.PI * turns;
      const want = Math.sqrt(-2 * Math.log(u + 2 ** -25)) * (i % 2 ? Math.sin(angle) : Math.cos(angle));
      expect(Math.abs(value - want), `number ${i}`).toBeLessThan(2e-6);
    }
    core.reset();
  });

  test('uniform samples are the high 24 bits of the words of Philox, and stay below the end', () => {
    const n = 1001;
    const y = core.f32(n);
    core.setStep(7);
    const values = { y: y.ptr, n, kind: UNIFORM, seedLow: 42, seedHigh: 1, index: 2, deviation: { float: 1 } };
    const drawn = philoxWords(n, [42, 1], 7, 2, PURPOSE_SAMPLE);
    expect([...core.run(randomFill, values, y)]).toEqual([...drawn].map((word) => (word >>> 8) / 2 ** 24));
    const offset = { ...values, mean: { float: 1000 }, deviation: { float: 2 ** -10 } };
    expect(Math.max(...core.run(randomFill, offset, y))).toBeLessThan(1000 + 2 ** -10);
    core.reset();
  });
});
