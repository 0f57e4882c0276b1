import { describe, expect, test } from 'vitest';
import * as codes from '../../assembly/codes.ts';
import * as words from '../../assembly/words/unary.ts';
import { builds, randomFloats } from '../core.ts';
import { erf, fromBits, ulpError } from '../reference/math.ts';
import { integers, loadOperations } from './operation.ts';

/** Half to even. */
function round(x: number): number {
  const floor = Math.floor(x);
  const up = x - floor > 0.5 || (x - floor === 0.5 && floor % 2 !== 0);
  return x < 0 && floor + (up ? 1 : 0) === 0 ? -0 : Object.is(x, -0) ? -0 : floor + (up ? 1 : 0);
}
const inRange = (of: (x: number) => number) => (x: number) => (Math.abs(x) <= 2 ** 27 ? of(x) : Number.NaN);

type Kind = readonly [name: string, kind: number, of: (x: number) => number, ulps: number, low?: number, high?: number];

/** What a kind is in float64, how many ulp it may be off, and where its numbers are drawn from. */
const kinds: readonly Kind[] = [
  ['negate', codes.NEGATE, (x) => -x, 0],
  ['square', codes.SQUARE, (x) => x * x, 0.5],
  ['sqrt', codes.SQRT, Math.sqrt, 0.5],
  ['reciprocal', codes.RECIPROCAL, (x) => 1 / x, 0.5],
  ['exp', codes.EXP, Math.exp, 1, -104, 89],
  ['log', codes.LOG, Math.log, 1, 0, 100],
  ['log1p', codes.LOG1P, Math.log1p, 1.6, -1, 10],
  ['expm1', codes.EXPM1, Math.expm1, 1.6, -18, 89],
  ['abs', codes.ABS, Math.abs, 0],
  ['sign', codes.SIGN, (x) => (x === 0 ? 0 : Math.sign(x)), 0],
  ['floor', codes.FLOOR, Math.floor, 0, -9, 9],
  ['ceil', codes.CEIL, Math.ceil, 0, -9, 9],
  ['round', codes.ROUND, round, 0, -9, 9],
  ['erf', codes.ERF, erf, 2.6, -4.5, 4.5],
  ['sin', codes.SIN, inRange(Math.sin), 0.51, -1000, 1000],
  ['cos', codes.COS, inRange(Math.cos), 0.51, -1000, 1000],
  ['clip', codes.CLIP, (x) => Math.min(Math.max(x, -0.5), 2), 0, -3, 3],
  ['logicalNot', codes.LOGICAL_NOT, (x) => (x === 0 ? 1 : 0), 0],
];
const specials = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-40, -1e-40, 1e-9, -1e-9, 16, 17, 88, 89, 3.4e38, -3.4e38];
const clips = { parameter: { float: -0.5 }, parameter2: { float: 2 } };

/** Numbers spread over a range, and numbers spread over all bit patterns. */
function points(n: number, low = -100, high = 100): Float32Array {
  const random = randomFloats(11);
  return Float32Array.from({ length: n }, (_, i) => {
    const unit = (random() + 1) / 2;
    return i % 2 ? low + unit * (high - low) : fromBits(Math.floor(unit * 2 ** 32));
  });
}

describe.each(builds)('unary, %s build', (build) => {
  const core = loadOperations(build);

  test.each(kinds.map((kind) => [kind[0], kind] as const))(
    '%s of special numbers and at every length, in place too',
    (name, [, kind, of, ulps, low, high]) => {
      for (const n of [0, 1, 2, 3, 4, 5, 16, 17, 333]) {
        const x = core.f32(points(n, low, high));
        x.view.set([...specials, Number.NaN, Infinity, -Infinity].slice(0, n > 22 ? 22 : 0));
        const y = core.f32(n);
        const got = core.run(words, { y: y.ptr, x: x.ptr, kind, n, ...clips }, y);
        for (const [i, value] of got.entries()) {
          const want = of(x.view[i] as number);
          expect(ulpError(value, want), `${name}(${x.view[i]}) = ${value}, right is ${want}`).toBeLessThanOrEqual(ulps);
          if (want === 0) expect(Object.is(value, want), `the sign of ${name}(${x.view[i]})`).toBe(true);
        }
        expect(core.run(words, { y: x.ptr, x: x.ptr, kind, n, ...clips }, x)).toEqual(got);
        core.reset();
      }
    },
  );

  test('sizes are those of one row where perRow is 1', () => {
    const random = integers(randomFloats(3));
    for (let i = 0; i < 10; i++) {
      const [rows, n] = [random(1, 9), random(1, 50)];
      const [x, y] = [core.f32(points(rows * n)), core.f32(rows * n + 1)];
      const got = core.run(words, { y: y.ptr, x: x.ptr, kind: codes.NEGATE, n, perRow: 1 }, y, rows);
      expect([...got]).toEqual([...[...x.view].map((value) => -value), 0]);
      core.reset();
    }
  });
});

describe('accuracy over dense samples', () => {
  const core = loadOperations('release');

  test.each(kinds.map((kind) => [kind[0], kind] as const))(
    '%s stays within its bound',
    (name, [, kind, of, ulps, low, high]) => {
      const n = 200_000;
      const [x, y] = [core.f32(points(n, low, high)), core.f32(n)];
      core.execute(words, { y: y.ptr, x: x.ptr, kind, n, ...clips });
      let [worst, where] = [0, 0];
      for (let i = 0; i < n; i++) {
        const error = ulpError(y.view[i] as number, of(x.view[i] as number));
        if (!(error <= worst)) [worst, where] = [error, x.view[i] as number];
      }
      if (process.env.SHOW_ULP) console.log(`${name}: ${worst.toFixed(4)} ulp at ${where}`);
      expect(worst, `at ${where}`).toBeLessThanOrEqual(ulps);
      core.reset();
    },
  );

  test.each([
    ['sin', codes.SIN, Math.sin],
    ['cos', codes.COS, Math.cos],
  ] as const)('%s keeps its precision up to 2^27, also beside multiples of pi', (_, kind, of) => {
    const random = randomFloats(2);
    const n = 100_000;
    const near = (i: number) => Math.round(random() * 2 ** (i % 27)) * (Math.PI / 2);
    const x = core.f32(Float32Array.from({ length: n }, (_, i) => (i % 2 ? near(i) : random() * 2 ** 27)));
    const y = core.f32(n);
    core.execute(words, { y: y.ptr, x: x.ptr, kind, n });
    const worst = Math.max(...y.view.map((value, i) => ulpError(value, of(x.view[i] as number))));
    expect(worst).toBeLessThan(0.51);
    core.reset();
  });
});
