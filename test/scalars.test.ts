/** Exponential, logarithm and sigmoid: close to the host's, but the same in every engine. */
import { expect, test } from 'vitest';
import { exp, log, sigmoid } from '../src/scalars.ts';

test('log is within 2 ulp, and exact at 1', () => {
  for (let i = 1; i < 4000; i++) {
    for (const x of [i / 1000, i * 997.25, 1 / i, 1 + i * 2 ** -30]) {
      const wanted = Math.log(x);
      expect(Math.abs(log(x) - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * 2 ** -51);
    }
  }
  expect(log(1)).toBe(0);
});

test('sigmoid is within 4 ulp, and 0 or 1 far out', () => {
  for (let i = -6000; i <= 6000; i++) {
    const x = i / 97;
    const wanted = x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    expect(Math.abs(sigmoid(x) - wanted)).toBeLessThanOrEqual(wanted * 2 ** -50);
  }
  expect([sigmoid(-1e5), sigmoid(0), sigmoid(1e5)]).toEqual([0, 0.5, 1]);
  expect(sigmoid(Number.NaN)).toBeNaN();
});

test('exp is within 4 ulp, exact at 0, and 0 or infinity far out', () => {
  for (let i = -6000; i <= 6000; i++) {
    const x = i / 9.7;
    const wanted = Math.exp(x);
    expect(Math.abs(exp(x) - wanted)).toBeLessThanOrEqual(wanted * 2 ** -50);
  }
  expect([exp(-1e5), exp(0), exp(1e5)]).toEqual([0, 1, Number.POSITIVE_INFINITY]);
  expect(exp(Number.NaN)).toBeNaN();
});
