import { describe, expect, test } from 'vitest';
import { builds, loadCore, randomFloats } from './core.ts';

/** Distance in units of the last place of `want`. */
function ulps(got: number, want: number): number {
  if (Object.is(got, want)) return 0;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(want))), -1022);
  return Math.abs(got - want) / 2 ** (exponent - 52);
}

// The host's functions are within an ulp of the exact value, as ours are.
const LIMIT = 2;

describe.each(builds)('float64 scalars, %s build', (build) => {
  const { x: core } = loadCore(build);
  const random = randomFloats(3);
  const points = Array.from({ length: 20_000 }, random);

  test('exp64 and log64 agree with the host over the whole range', () => {
    for (const point of points) {
      const x = point * 708;
      expect(ulps(core.exp64(x), Math.exp(x)), `exp ${x}`).toBeLessThan(LIMIT);
      const y = Math.exp(x);
      expect(ulps(core.log64(y), Math.log(y)), `log ${y}`).toBeLessThan(LIMIT);
      const z = 1 + point / 2;
      expect(ulps(core.log64(z), Math.log(z)), `log ${z}`).toBeLessThan(LIMIT);
    }
  });

  test('pow64 agrees with the host: decay rates to the power of steps, and any base', () => {
    for (const point of points) {
      for (const [x, y] of [
        [0.999, Math.floor((point + 1) * 1e5)],
        [0.9, Math.floor((point + 1) * 500)],
        [0.96, (point + 1) * 100],
        [Math.exp(point * 20), random() * 30],
      ] as const) {
        expect(ulps(core.pow64(x, y), x ** y), `${x} ^ ${y}`).toBeLessThan(LIMIT);
      }
    }
  });

  test('cos64 agrees with the host', () => {
    for (const point of points) {
      for (const x of [point * 4, point * 1e6]) {
        expect(Math.abs(core.cos64(x) - Math.cos(x)), `cos ${x}`).toBeLessThan(2.3e-16);
      }
    }
    expect(core.cos64(0)).toBe(1);
    expect(core.cos64(Math.PI)).toBe(-1);
    expect(core.cos64(1e7)).toBeNaN();
  });

  test('ends of the range, zeros, infinities and NaN', () => {
    const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;
    expect([core.exp64(710), core.exp64(-746), core.exp64(0)]).toEqual([infinity, 0, 1]);
    expect([core.exp64(infinity), core.exp64(-infinity), core.exp64(nan)]).toEqual([infinity, 0, nan]);
    expect(core.exp64(-745)).toBe(Math.exp(-745));
    expect([core.log64(0), core.log64(1), core.log64(infinity)]).toEqual([-infinity, 0, infinity]);
    expect([core.log64(-1), core.log64(nan)]).toEqual([nan, nan]);
    expect(core.log64(5e-324)).toBe(Math.log(5e-324));
    expect([core.pow64(2, 0), core.pow64(1, 1e9), core.pow64(nan, 0)]).toEqual([1, 1, 1]);
    expect([core.pow64(0, 2), core.pow64(0, -1), core.pow64(-2, 3)]).toEqual([0, infinity, nan]);
    expect([core.pow64(0.5, 2000), core.pow64(2, 2000), core.pow64(2, nan)]).toEqual([0, infinity, nan]);
    expect([core.pow64(infinity, 2), core.pow64(infinity, -2)]).toEqual([infinity, 0]);
    expect([core.sqrt64(2), core.sqrt64(-1)]).toEqual([Math.SQRT2, nan]);
  });

  test('powers of two are exact', () => {
    for (let n = -1074; n < 1024; n++) expect(core.pow64(2, n), `2 ^ ${n}`).toBe(2 ** n);
    for (let n = 0; n < 30; n++) expect(core.pow64(0.5, n)).toBe(2 ** -n);
  });
});
