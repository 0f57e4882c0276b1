import { describe, expect, test } from 'vitest';
import { ARG_MAX, MAX, MEAN, MIN, PRODUCT, SUM } from '../../assembly/codes.ts';
import * as cumulative from '../../assembly/words/cumulative-sum.ts';
import * as words from '../../assembly/words/reduce.ts';
import * as rowsWords from '../../assembly/words/reduce-rows.ts';
import { builds, randomFloats } from '../core.ts';
import { reductions } from '../reference/arrays.ts';
import { bitsOf, integers, loadOperations } from './operation.ts';

const exact = [MAX, MIN, ARG_MAX];
/** [outer, count, inner], on both sides of vectors, of chunks of 64 columns, of lanes and of blocks of 4096. */
const shapes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [7, 3, 1],
  [3, 8, 1],
  [5, 9, 2],
  [2, 31, 3],
  [1, 5, 70],
  [3, 4, 129],
  [2, 17, 16],
  [40, 2, 4],
  [1, 4096, 1],
  [2, 4097, 1],
  [1, 4101, 5],
  [1, 9000, 2],
];

describe.each(builds)('reductions, %s build', (build) => {
  const core = loadOperations(build);
  const numbers = (n: number, seed: number): Float32Array => {
    const random = randomFloats(seed);
    return Float32Array.from({ length: n }, () => random() * 2 ** Math.round(random() * 4));
  };
  /** x[o, :, i] */
  const line = (x: Float32Array, o: number, count: number, inner: number, i: number): number[] =>
    Array.from({ length: count }, (_, c) => x[(o * count + c) * inner + i] ?? 0);

  function check(got: Float32Array, x: Float32Array, kind: number, outer: number, count: number, inner: number): void {
    const of = reductions[kind]?.[1] ?? (() => Number.NaN);
    const wrong: string[] = [];
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const numbers = line(x, o, count, inner, i);
        const [value, want] = [got[o * inner + i] as number, of(numbers)];
        // a float64 sum is off by much less than the last place of a float32, unless it cancels
        const size = kind === PRODUCT ? Math.abs(want) : numbers.reduce((sum, one) => sum + Math.abs(one), 0);
        const slack = exact.includes(kind) ? 0 : 2 ** -24 * Math.abs(want) + 1e-12 * size + 2 ** -150;
        if (!Object.is(value, want) && !(Math.abs(value - want) <= slack))
          wrong.push(`[${o}, ${i}] = ${value}, right is ${want}`);
      }
    }
    expect(wrong).toEqual([]);
  }

  describe.each(reductions.map(([name], kind) => [name, kind] as const))('%s', (_, kind) => {
    test.each(shapes)('over the middle axis of %i x %i x %i', (outer, count, inner) => {
      const [x, y] = [core.f32(numbers(outer * count * inner, kind + count)), core.f32(outer * inner)];
      const got = core.run(words, { y: y.ptr, x: x.ptr, kind, outer, count, inner }, y);
      check(got, x.view, kind, outer, count, inner);
      core.reset();
    });

    test('of random shapes, per row, and over the rows of the batch', () => {
      const random = integers(randomFloats(kind));
      for (let i = 0; i < 15; i++) {
        const [rows, outer, count, inner] = [random(1, 9), random(1, 4), random(1, 20), random(1, 40)];
        const n = outer * count * inner;
        const [x, y, z] = [core.f32(numbers(rows * n, i)), core.f32(rows * outer * inner), core.f32(n)];
        const got = core.run(words, { y: y.ptr, x: x.ptr, kind, outer, count, inner, perRow: 1 }, y, rows);
        check(got, x.view, kind, rows * outer, count, inner);
        check(core.run(rowsWords, { y: z.ptr, x: x.ptr, kind, n }, z, rows), x.view, kind, 1, rows, n);
        core.reset();
      }
    });

    test('tells of NaN, and takes infinities, zeros and denormals as they are', () => {
      const specials = [0, -0, 1e-40, -1e-40, 1, -1, Infinity, -Infinity, NaN];
      const random = integers(randomFloats(7));
      for (let i = 0; i < 60; i++) {
        const [count, inner] = [random(1, 13), random(1, 9)];
        const x = core.f32(Float32Array.from({ length: count * inner }, () => specials[random(0, i % 9)] ?? 0));
        const y = core.f32(inner);
        const got = core.run(words, { y: y.ptr, x: x.ptr, kind, outer: 1, count, inner }, y);
        check(
          got.map((v) => v + 0),
          x.view.map((v) => v + 0),
          kind,
          1,
          count,
          inner,
        );
        for (let column = 0; column < inner; column++) {
          const [turned, single] = [core.f32(line(x.view, 0, count, inner, column)), core.f32(1)];
          core.execute(words, { y: single.ptr, x: turned.ptr, kind, outer: 1, count, inner: 1 });
          expect(single.view[0]).toBe(got[column]);
        }
        core.reset();
      }
    });
  });

  test.each([1, 4, 7, 8, 11, 4095, 4096, 4100, 8200])(
    'a sum of %i numbers is the same to the last bit along every axis',
    (count) => {
      for (const kind of [SUM, MEAN]) {
        const inner = 5;
        const x = core.f32(numbers(count * inner, count));
        // large numbers of all sizes that cancel: what is left is what float64 rounded off on the way, which tells the order
        const random = randomFloats(count);
        for (let c = 0; 2 * c < count; c++)
          for (let j = 0; j < inner; j++) {
            const value = Math.fround(random() * 2 ** (60 * random()));
            x.view[c * inner + j] = value;
            x.view[(count - 1 - c) * inner + j] = -value;
          }
        const [y, z] = [core.f32(inner), core.f32(inner)];
        const columns = core.run(words, { y: y.ptr, x: x.ptr, kind, outer: 1, count, inner }, y);
        const turned = core.f32(Array.from({ length: inner }, (_, i) => line(x.view, 0, count, inner, i)).flat());
        const lines = core.run(words, { y: z.ptr, x: turned.ptr, kind, outer: inner, count, inner: 1 }, z);
        expect(bitsOf(columns)).toEqual(bitsOf(lines));
        core.reset();
      }
    },
  );

  test('the first of several largest numbers is the one that is found, and -0 is no less than 0', () => {
    for (const [x, want] of [
      [[1, 3, 3, 2, 3, 3, 3, 3, 3], 1],
      [[-0, 0, -0, 0, 0], 0],
      [[-3, -2, -2, -2, -2, -2, -2, -2, -1], 8],
      [[-Infinity, -Infinity], 0],
      [[1, 2, NaN, Infinity, NaN], 2],
    ] as const) {
      const [a, y] = [core.f32(x), core.f32(1)];
      const values = { y: y.ptr, x: a.ptr, kind: ARG_MAX, outer: 1, count: x.length, inner: 1 };
      expect([...core.run(words, values, y)]).toEqual([want]);
      core.reset();
    }
  });

  test.each(shapes)(
    'cumulative sums along the middle axis of %i x %i x %i, both ways, in place too',
    (outer, count, inner) => {
      for (const reverse of [0, 1]) {
        const x = core.f32(numbers(outer * count * inner, count));
        const want = new Float32Array(x.view.length);
        for (let o = 0; o < outer; o++) {
          for (let i = 0; i < inner; i++) {
            let sum = 0;
            for (let c = 0; c < count; c++) {
              const at = (o * count + (reverse ? count - 1 - c : c)) * inner + i;
              sum += x.view[at] as number;
              want[at] = sum;
            }
          }
        }
        const y = core.f32(want.length);
        const sizes = { outer, count, inner, reverse };
        expect(core.run(cumulative, { y: y.ptr, x: x.ptr, ...sizes }, y)).toEqual(want);
        expect(core.run(cumulative, { y: x.ptr, x: x.ptr, ...sizes }, x)).toEqual(want);
        core.reset();
      }
    },
  );
});
