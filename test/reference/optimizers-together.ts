/**
 * Optimizers whose sums go over all weights together, as formulas: with `exact` in float64, which is compared with the authors' code; with `float32` rounding as
 * the kernels do, to the bit.
 */
import type { OptimizerName } from '../../src/optimizers/facts/names.ts';
import type { Arithmetic, Numbers } from './optimizers-full.ts';
import { blockSums } from './optimizers-passes.ts';

/** All weights; everything is changed in place. */
interface Weight {
  w: number[];
  readonly m: number[];
  readonly v: number[];
  readonly s: number[];
  readonly start: readonly number[];
}
/** Numbers that all weights share: d, the largest estimate, the numerator. */
type Shared = { d: number; largest: number; numerator: number };
/** Step t, from 1 on. */
type Oracle = (
  weights: readonly Weight[],
  gradients: readonly (readonly number[])[],
  shared: Shared,
  t: number,
  options: Numbers,
  arithmetic: Arithmetic,
) => void;

const { sqrt, abs, min, max } = Math;

function average({ r, kept }: Arithmetic, slot: number[], i: number, x: number, rest: number): number {
  const before = slot[i] ?? 0;
  const after = kept(r(before + r(r(x - before) * rest)));
  slot[i] = after;
  return after;
}
const correctionOf = (t: number, { useBiasCorrection, beta1 = 0, beta2 = 0 }: Numbers) =>
  useBiasCorrection ? sqrt(1 - beta2 ** t) / (1 - beta1 ** t) : 1;
function decay({ r, kept }: Arithmetic, one: Weight, rate: number): void {
  if (rate > 0) one.w = one.w.map((w) => kept(r(w - r(w * r(rate)))));
}
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const identity = (x: number) => x;

const prodigy: Oracle = (weights, gradients, shared, t, o, a) => {
  const { r, kept, squarable } = a;
  const { beta1 = 0, beta2 = 0, epsilon = 0, d0 = 0, dCoefficient = 0, growthRate = 0, learningRate = 0 } = o;
  const beta3 = o.beta3 || sqrt(beta2);
  const [rest1, rest2, kept3] = [r(1 - beta1), r(1 - beta2), r(beta3)];
  const { d } = shared;
  const rate = d * learningRate * correctionOf(t, o);
  const slope = r((o.safeguardWarmup ? d / d0 : rate / d0) * d);
  const [numerators, denominators]: [number[], number[]] = [[], []];
  for (const [k, { w, m, v, s, start }] of weights.entries()) {
    const g = gradients[k] ?? [];
    const scaled = g.map((x) => squarable(r(x * r(d))));
    const ways = scaled.map((x, i) => kept(r(x * r((start[i] ?? 0) - (w[i] ?? 0)))));
    numerators.push(...blockSums(ways, identity).map((x) => (rate / d0) * x));
    for (const [i, x] of scaled.entries()) {
      average(a, m, i, x, rest1);
      average(a, v, i, r(x * x), rest2);
      s[i] = kept(r(r((s[i] ?? 0) * kept3) + r((g[i] ?? 0) * slope)));
    }
    denominators.push(...blockSums(s.map(abs), identity));
  }
  const numerator = beta3 * shared.numerator + sum(numerators);
  const denominator = sum(denominators);
  const estimate = denominator === 0 ? d : (dCoefficient * numerator) / denominator;
  const largest = max(shared.largest, estimate);
  const risen = d === r(d0) ? max(d, estimate) : d;
  const after = growthRate > 0 ? min(largest, risen * growthRate) : largest;
  for (const one of weights) {
    decay(a, one, (o.weightDecay ?? 0) * rate);
    const eps = r(after * epsilon);
    one.w = one.w.map((w, i) => r(w - r(r((one.m[i] ?? 0) / r(r(sqrt(one.v[i] ?? 0)) + eps)) * r(rate))));
  }
  Object.assign(shared, { d: r(after), largest: r(largest), numerator: r(numerator) });
};

const dAdaptAdam: Oracle = (weights, gradients, shared, t, o, a) => {
  const { r, kept, squarable } = a;
  const { beta1 = 0, beta2 = 0, epsilon = 0, growthRate = 0, learningRate = 0 } = o;
  const root = sqrt(beta2);
  const [rest1, rest2, rest3, eps] = [r(1 - beta1), r(1 - beta2), r(1 - root), r(epsilon)];
  const { d } = shared;
  const rate = d * learningRate * correctionOf(t, o);
  const divisor = (v = 0) => r(r(sqrt(v)) + eps);
  const [numerators, denominators]: [number[], number[]] = [[], []];
  for (const [k, one] of weights.entries()) {
    const { m, v, s } = one;
    const g = (gradients[k] ?? []).map(squarable);
    const agreements = g.map((x, i) => (t === 1 ? 0 : kept(r(x * r((s[i] ?? 0) / divisor(v[i]))))));
    numerators.push(...blockSums(agreements, identity).map((x) => rate * x));
    decay(a, one, (o.weightDecay ?? 0) * rate);
    one.w = one.w.map((w, i) => {
      const [x, step] = [g[i] ?? 0, kept(r((g[i] ?? 0) * r(rate)))];
      const mean = average(a, m, i, step, rest1);
      average(a, s, i, step, rest3);
      return r(w - r(mean / divisor(average(a, v, i, r(x * x), rest2))));
    });
    denominators.push(...blockSums(s.map(abs), identity));
  }
  const numerator = root * shared.numerator + (1 - root) * sum(numerators);
  const denominator = (1 - root) * sum(denominators);
  const estimate = denominator === 0 ? d : numerator / denominator;
  const after = max(d, growthRate > 0 ? min(estimate, growthRate * d) : estimate);
  Object.assign(shared, { d: r(after), numerator: r(numerator) });
};

export const TOGETHER = { prodigy, dAdaptAdam } satisfies Partial<Record<OptimizerName, Oracle>>;
export type TogetherName = keyof typeof TOGETHER;

/** All weights after each step: [step][weight]. `options` are all of the optimizer's, with its learning rate; gradients are [step][weight]. */
export function followsTogether(
  name: TogetherName,
  options: Numbers,
  arithmetic: Arithmetic,
  start: readonly ArrayLike<number>[],
  gradients: readonly (readonly ArrayLike<number>[])[],
): { readonly steps: readonly (readonly (readonly number[])[])[]; readonly d: number } {
  const { r } = arithmetic;
  const weights = start.map((one): Weight => {
    const [w, zeros] = [Array.from(one, r), () => new Array<number>(one.length).fill(0)];
    return { w, m: zeros(), v: zeros(), s: zeros(), start: w };
  });
  const first = r(options.d0 ?? 0);
  const shared = { d: first, largest: first, numerator: 0 };
  const steps = gradients.map((of, k) => {
    const g = of.map((one) => Array.from(one, r));
    TOGETHER[name](weights, g, shared, k + 1, options, arithmetic);
    return weights.map(({ w }) => w);
  });
  return { steps, d: shared.d };
}
