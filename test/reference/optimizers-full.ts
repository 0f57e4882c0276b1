/**
 * The optimizers of the full core, one weight after the other. Each is written once: with `exact` it is the formula in float64, which is
 * compared with Keras and optax; with `float32` it rounds as the kernel does, to the bit.
 */
import type { OptimizerName } from '../../src/optimizers/facts/names.ts';

/** How each operation rounds, and which numbers count as 0. */
export interface Arithmetic {
  readonly r: (x: number) => number;
  readonly kept: (x: number) => number;
  readonly squarable: (x: number) => number;
}
export const exact: Arithmetic = { r: (x) => x, kept: (x) => x, squarable: (x) => x };
const below = (limit: number) => (x: number) => (Math.abs(x) < limit ? 0 : x);
export const float32: Arithmetic = { r: Math.fround, kept: below(2 ** -100), squarable: below(2 ** -50) };

export type Numbers = Readonly<Record<string, number>>;

interface Oracle {
  /** What each slot starts from. */
  readonly slots: readonly number[];
  /** What is computed once a step, t from 1 on, in float64, and rounded. */
  scalars(t: number): Numbers;
  /** The new weight; slots are changed in place. */
  update(w: number, g: number, s: number[], x: Numbers): number;
}
type Make = (options: Numbers, arithmetic: Arithmetic) => Oracle;

const { sign, sqrt, abs, max, min } = Math;

/** s[i] += (x - s[i]) * rest */
function average({ r, kept }: Arithmetic, s: number[], i: number, x: number, rest: number): number {
  const before = s[i] ?? 0;
  const after = kept(r(before + r(r(x - before) * rest)));
  s[i] = after;
  return after;
}

const adadelta: Make = ({ rho = 0, epsilon = 0, learningRate = 0 }, { r, kept, squarable }) => ({
  slots: [0, 0],
  scalars: () => ({ rho, rest: 1 - rho, rate: learningRate, eps: epsilon }),
  update(w, gradient, s, { rho = 0, rest = 0, rate = 0, eps = 0 }) {
    const g = squarable(gradient);
    const mean = (i: number, x: number) => {
      s[i] = kept(r(r(rho * (s[i] ?? 0)) + r(rest * r(x * x))));
      return s[i] ?? 0;
    };
    const root = (x: number) => r(sqrt(r(x + eps)));
    const squares = mean(0, g);
    const change = r(r(root(s[1] ?? 0) * g) / root(squares));
    mean(1, squarable(change));
    return r(w - r(change * rate));
  },
});

const adamax: Make = ({ beta1 = 0, beta2 = 0, epsilon = 0, learningRate = 0 }, a) => ({
  slots: [0, 0],
  scalars: (t) => ({ rest1: 1 - beta1, kept2: beta2, rate: learningRate / (1 - beta1 ** t), eps: epsilon }),
  update(w, gradient, s, { rest1 = 0, kept2 = 0, rate = 0, eps = 0 }) {
    const { r, kept, squarable } = a;
    const g = squarable(gradient);
    const m = average(a, s, 0, g, rest1);
    const u = kept(max(r(kept2 * (s[1] ?? 0)), abs(g)));
    s[1] = u;
    return r(w - r(r(m * rate) / r(u + eps)));
  },
});

const lion: Make = ({ beta1 = 0, beta2 = 0, learningRate = 0 }, { r, kept }) => ({
  slots: [0],
  scalars: () => ({ kept1: beta1, rest1: 1 - beta1, kept2: beta2, rest2: 1 - beta2, rate: learningRate }),
  update(w, gradient, s, { kept1 = 0, rest1 = 0, kept2 = 0, rest2 = 0, rate = 0 }) {
    const [g, m] = [kept(gradient), s[0] ?? 0];
    s[0] = kept(r(r(m * kept2) + r(g * rest2)));
    return r(w - sign(kept(r(r(m * kept1) + r(g * rest1)))) * rate);
  },
});

const ftrl: Make = (o, { r, kept, squarable }) => ({
  slots: [o.initialAccumulatorValue ?? 0.1, 0],
  scalars: () => ({
    rate: o.learningRate ?? 0,
    shrinkage: 2 * (o.l2ShrinkageRegularizationStrength ?? 0),
    limit: o.l1RegularizationStrength ?? 0,
    regular: 2 * (o.l2RegularizationStrength ?? 0) + (o.beta ?? 0) / (o.learningRate ?? 0),
  }),
  update(w, gradient, s, { rate = 0, shrinkage = 0, limit = 0, regular = 0 }) {
    const power = -(o.learningRatePower ?? -0.5);
    const raise = (x: number) => r(power === 0.5 ? sqrt(x) : x ** power);
    const g = squarable(gradient);
    const [n = 0, z = 0] = s;
    const next = r(n + r(g * g));
    const rise = r(r(raise(next) - raise(n)) / rate);
    const linear = kept(r(z + r(r(g + r(w * shrinkage)) - r(rise * w))));
    s.splice(0, 2, next, linear);
    return r(r(min(limit, max(-limit, linear)) - linear) / r(r(raise(next) / rate) + regular));
  },
});

/** u is the step of the optimizer that schedule-free learning is built on. */
function follow({ r, kept }: Arithmetic, w: number, s: number[], u: number, x: Numbers): number {
  const { beta1 = 0, share = 0, rest = 0, pull = 0 } = x;
  const d = s[0] ?? 0;
  s[0] = kept(r(r(d - r(u * beta1)) * rest));
  return r(w + r(r(d * share) - r(u * pull)));
}
const following = (t: number, { beta1 = 0.9, warmupSteps = 0, learningRate = 0 }: Numbers) => ({
  beta1,
  share: 1 / t,
  rest: 1 - 1 / t,
  pull: 1 - beta1 + beta1 / t,
  rate: learningRate * (t < warmupSteps ? t / warmupSteps : 1),
});
const scheduleFreeSgd: Make = (options, a) => ({
  slots: [0],
  scalars: (t) => following(t, options),
  update: (w, g, s, x) => follow(a, w, s, a.r(a.kept(g) * (x.rate ?? 0)), x),
});
const scheduleFreeAdamW: Make = (options, a) => ({
  slots: [0, 0],
  scalars(t) {
    const { beta2 = 0, epsilon = 0 } = options;
    return { ...following(t, options), rest2: 1 - beta2, unbias: 1 / (1 - beta2 ** t), eps: epsilon };
  },
  update(w, gradient, s, x) {
    const { rate = 0, rest2 = 0, unbias = 0, eps = 0 } = x;
    const g = a.squarable(gradient);
    const v = average(a, s, 1, a.r(g * g), rest2);
    return follow(a, w, s, a.r(a.r(g * rate) / a.r(a.r(sqrt(a.r(v * unbias))) + eps)), x);
  },
});

/** The scalars of Adam's relatives. */
const adamLike = (t: number, { beta1 = 0, beta2 = 0, epsilon = 0, learningRate = 0 }: Numbers) => ({
  rest1: 1 - beta1,
  rest2: 1 - beta2,
  rate: learningRate / (1 - beta1 ** t),
  unbias: 1 / (1 - beta2 ** t),
  eps: epsilon,
});
/** m rate / (sqrt(v unbias) + eps) */
const quotient = ({ r }: Arithmetic, m: number, v: number, { rate = 0, unbias = 0, eps = 0 }: Numbers) =>
  r(r(m * rate) / r(r(sqrt(r(v * unbias))) + eps));

const radam: Make = (options, a) => ({
  slots: [0, 0],
  scalars(t) {
    const { beta2 = 0 } = options;
    const { rate, ...others } = adamLike(t, options);
    const k = 2 / (1 - beta2) - 1;
    const p = k - (2 * t * beta2 ** t) / (1 - beta2 ** t);
    const factor = p >= 5 ? sqrt(((p - 4) * (p - 2) * k) / ((k - 4) * (k - 2) * p)) : 1;
    return { ...others, rate: rate * factor, rectified: p >= 5 ? 1 : 0 };
  },
  update(w, gradient, s, x) {
    const g = a.squarable(gradient);
    const m = average(a, s, 0, g, x.rest1 ?? 0);
    const v = average(a, s, 1, a.r(g * g), x.rest2 ?? 0);
    return a.r(w - (x.rectified ? quotient(a, m, v, x) : a.r(m * (x.rate ?? 0))));
  },
});

const adabelief: Make = (options, a) => ({
  slots: [0, 0],
  scalars: (t) => ({ ...adamLike(t, options), root: options.epsilonRoot ?? 0 }),
  update(w, gradient, s, x) {
    const g = a.kept(gradient);
    const m = average(a, s, 0, g, x.rest1 ?? 0);
    const surprise = a.squarable(a.r(g - m));
    s[1] = a.r(average(a, s, 1, a.r(surprise * surprise), x.rest2 ?? 0) + (x.root ?? 0));
    return a.r(w - quotient(a, m, s[1], x));
  },
});

const yogi: Make = (options, a) => ({
  slots: [options.initialAccumulatorValue ?? 1e-6, options.initialAccumulatorValue ?? 1e-6],
  scalars: (t) => adamLike(t, options),
  update(w, gradient, s, x) {
    const { r, kept, squarable } = a;
    const g = squarable(gradient);
    const m = average(a, s, 0, g, x.rest1 ?? 0);
    const square = r(g * g);
    const v = s[1] ?? 0;
    s[1] = kept(r(v - r(sign(r(v - square)) * square * (x.rest2 ?? 0))));
    return r(w - quotient(a, m, s[1], x));
  },
});

const adan: Make = ({ beta1 = 0, beta2 = 0, beta3 = 0, epsilon = 0, epsilonRoot = 0, learningRate = 0 }, a) => ({
  slots: [0, 0, 0, 0],
  scalars: (t) => ({
    rest1: 1 - beta1,
    rest2: 1 - beta2,
    rest3: 1 - beta3,
    meanRate: learningRate / (1 - beta1 ** t),
    changeRate: (learningRate * (1 - beta2)) / (1 - beta2 ** t),
    unbias: 1 / (1 - beta3 ** t),
    eps: epsilon,
    root: epsilonRoot,
    known: t > 1 ? 1 : 0,
  }),
  update(w, gradient, s, x) {
    const { r, squarable } = a;
    const {
      rest1 = 0,
      rest2 = 0,
      rest3 = 0,
      meanRate = 0,
      changeRate = 0,
      unbias = 0,
      eps = 0,
      root = 0,
      known = 0,
    } = x;
    const g = squarable(gradient);
    const d = r(r(g - (s[3] ?? 0)) * known);
    s[3] = g;
    const m = average(a, s, 0, g, rest1);
    const c = average(a, s, 1, d, rest2);
    const ahead = squarable(r(g + r(d * rest2)));
    const n = average(a, s, 2, r(ahead * ahead), rest3);
    const divisor = r(r(sqrt(r(r(n * unbias) + root))) + eps);
    return r(w - r(r(r(m * meanRate) + r(c * changeRate)) / divisor));
  },
});

const ademamix: Make = (options, a) => ({
  slots: [0, 0, 0],
  scalars(t) {
    const { beta3 = 0, alpha = 0, learningRate = 0 } = options;
    return { ...adamLike(t, options), rest3: 1 - beta3, slowRate: learningRate * alpha };
  },
  update(w, gradient, s, { rest1 = 0, rest2 = 0, rest3 = 0, rate = 0, slowRate = 0, unbias = 0, eps = 0 }) {
    const { r, squarable } = a;
    const g = squarable(gradient);
    const m = average(a, s, 0, g, rest1);
    const v = average(a, s, 1, r(g * g), rest2);
    const l = average(a, s, 2, g, rest3);
    return r(w - r(r(r(m * rate) + r(l * slowRate)) / r(r(sqrt(r(v * unbias))) + eps)));
  },
});

const signSgd: Make = ({ learningRate = 0 }, { r, kept }) => ({
  slots: [],
  scalars: () => ({ rate: learningRate }),
  update: (w, g, _, { rate = 0 }) => r(w - sign(kept(g)) * rate),
});

const rprop: Make = (
  { etaMinus = 0, etaPlus = 0, stepSizeMin = 0, stepSizeMax = 0, learningRate = 0 },
  { r, kept },
) => ({
  slots: [0, 0],
  scalars: () => ({ minus: etaMinus, plus: etaPlus, least: stepSizeMin, most: stepSizeMax, first: learningRate }),
  update(w, gradient, s, { minus = 0, plus = 0, least = 0, most = 0, first = 0 }) {
    const g = kept(gradient);
    const agreement = g * (s[0] ?? 0);
    const factor = agreement < 0 ? minus : agreement > 0 ? plus : 1;
    const size = min(most, max(least, r((s[1] || first) * factor)));
    const followed = agreement < 0 ? 0 : sign(g);
    s.splice(0, 2, followed, size);
    return r(w - followed * size);
  },
});

const asgd: Make = ({ lambd = 0, decayPower = 0, t0 = 0, learningRate = 0 }, { r, kept }) => ({
  slots: [0],
  scalars: (t) => ({
    rate: learningRate / (1 + lambd * learningRate * (t - 1)) ** decayPower,
    pull: lambd,
    past: 1 - 1 / max(1, t - 1 - t0),
  }),
  update(w, g, s, { rate = 0, pull = 0, past = 0 }) {
    const next = kept(r(w - r(r(kept(g) + r(w * pull)) * rate)));
    s[0] = kept(r(next + r(r((s[0] ?? 0) - next) * past)));
    return next;
  },
});

const adabound: Make = (options, a) => ({
  slots: options.amsgrad ? [0, 0, 0] : [0, 0],
  scalars(t) {
    const { beta1 = 0, beta2 = 0, epsilon = 0, finalLearningRateRatio = 0, gamma = 0, learningRate = 0 } = options;
    const last = learningRate * finalLearningRateRatio;
    return {
      ...{ rest1: 1 - beta1, rest2: 1 - beta2, eps: epsilon },
      rate: (learningRate * sqrt(1 - beta2 ** t)) / (1 - beta1 ** t),
      low: last * (1 - 1 / (gamma * t + 1)),
      high: last * (1 + 1 / (gamma * t)),
    };
  },
  update(w, gradient, s, { rest1 = 0, rest2 = 0, rate = 0, eps = 0, low = 0, high = 0 }) {
    const { r, squarable } = a;
    const g = squarable(gradient);
    const m = average(a, s, 0, g, rest1);
    let v = average(a, s, 1, r(g * g), rest2);
    if (s.length > 2) {
      v = max(s[2] ?? 0, v);
      s[2] = v;
    }
    return r(w - r(min(high, max(low, r(rate / r(r(sqrt(v)) + eps)))) * m));
  },
});

const sophia: Make = (options, a) => ({
  slots: [0, 0],
  scalars(t) {
    const { beta1 = 0, beta2 = 0, epsilon = 0, hessianFactor = 0, updateInterval = 1, learningRate = 0 } = options;
    const estimates = (t - 1) % updateInterval === 0 ? 1 : 0;
    return { rest1: 1 - beta1, rest2: 1 - beta2, rate: learningRate, eps: epsilon, factor: hessianFactor, estimates };
  },
  update(w, gradient, s, { rest1 = 0, rest2 = 0, rate = 0, eps = 0, factor = 0, estimates = 0 }) {
    const { r, squarable } = a;
    const g = squarable(gradient);
    const m = average(a, s, 0, g, rest1);
    if (estimates) average(a, s, 1, r(g * g), rest2);
    const divisor = max(r((s[1] ?? 0) * factor), eps);
    return r(w - r(min(1, max(-1, r(m / divisor))) * rate));
  },
});

export const ORACLES = {
  ftrl,
  adadelta,
  adamax,
  yogi,
  signSgd,
  radam,
  adabelief,
  adan,
  lion,
  scheduleFreeSgd,
  scheduleFreeAdamW,
  ademamix,
  rprop,
  asgd,
  adabound,
  sophia,
} satisfies Partial<Record<OptimizerName, Make>>;
export type FullName = keyof typeof ORACLES;

/** The weights after each step, and the slots after the last. `options` are all of the optimizer's, with its learning rate. */
export function follows(
  name: FullName,
  options: Numbers,
  arithmetic: Arithmetic,
  start: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
): { readonly steps: readonly (readonly number[])[]; readonly slots: readonly (readonly number[])[] } {
  const { r, kept } = arithmetic;
  const oracle = ORACLES[name](options, arithmetic);
  const decay = r((options.weightDecay ?? 0) * (options.learningRate ?? 0));
  const slots = Array.from(start, () => oracle.slots.map(r));
  let weights = Array.from(start, r);
  const steps = gradients.map((gradient, k) => {
    const scalars = Object.fromEntries(Object.entries(oracle.scalars(k + 1)).map(([key, value]) => [key, r(value)]));
    weights = weights.map((w, i) => {
      const decayed = decay > 0 ? kept(r(w - r(w * decay))) : w;
      return oracle.update(decayed, r(gradient[i] ?? 0), slots[i] ?? [], scalars);
    });
    return weights;
  });
  return { steps, slots: oracle.slots.map((_, k) => slots.map((own) => own[k] ?? 0)) };
}
