/**
 * Optimizers that need norms of whole weights, as formulas: with `exact` in float64, which is compared with Keras and optax; with `float32` rounding as
 * the kernels do, to the bit.
 */
import type { OptimizerName } from '../../src/optimizers/facts/names.ts';
import type { Arithmetic, Numbers } from './optimizers-full.ts';

/** One weight; `slots` are changed in place. Decay is done already. */
interface Weight {
  readonly shape: readonly number[];
  readonly w: readonly number[];
  readonly g: readonly number[];
  readonly slots: Record<string, number[]>;
}
/** The new weight in step t, from 1 on. */
type Oracle = (one: Weight, t: number, options: Numbers, arithmetic: Arithmetic) => number[];

const { sqrt, max, min } = Math;
/** The sum of squares as the core adds them. */
const squares = (values: readonly number[], term?: (x: number) => number): number =>
  blockSums(values, term).reduce((sum, x) => sum + x, 0);

/** Sums of blocks of 4096, each in four lanes and its tail. */
export function blockSums(values: readonly number[], term = (x: number) => x * x): number[] {
  const sums: number[] = [];
  for (let from = 0; from < values.length; from += 4096) {
    const block = values.slice(from, from + 4096);
    const lanes = [0, 0, 0, 0];
    const whole = block.length & ~3;
    for (let i = 0; i < whole; i++) lanes[i & 3] = (lanes[i & 3] ?? 0) + term(block[i] ?? 0);
    let rest = 0;
    for (const x of block.slice(whole)) rest += term(x);
    const [a = 0, b = 0, c = 0, d = 0] = lanes;
    sums.push(a + c + (b + d) + rest);
  }
  return sums;
}
const slot = ({ w, slots }: Weight, name: string, size = w.length) => {
  slots[name] ??= new Array<number>(size).fill(0);
  return slots[name];
};

const lamb: Oracle = (one, t, { beta1 = 0, beta2 = 0, epsilon = 0, learningRate = 0 }, { r, kept, squarable }) => {
  const [rest1, rest2] = [r(1 - beta1), r(1 - beta2)];
  const [unbias1, unbias2, eps] = [r(1 / (1 - beta1 ** t)), r(1 / (1 - beta2 ** t)), r(epsilon)];
  const [m, v] = [slot(one, 'm'), slot(one, 'v')];
  const u = one.g.map((gradient, i) => {
    const g = squarable(gradient);
    const [m0 = 0, v0 = 0] = [m[i], v[i]];
    const mean = kept(r(m0 + r(r(g - m0) * rest1)));
    const square = kept(r(v0 + r(r(r(g * g) - v0) * rest2)));
    [m[i], v[i]] = [mean, square];
    return r(r(mean * unbias1) / r(r(sqrt(r(square * unbias2))) + eps));
  });
  const [weight, step] = [squares(one.w), squares(u)];
  const factor = r(learningRate * (weight === 0 || step === 0 ? 1 : sqrt(weight) / sqrt(step)));
  return one.w.map((w, i) => r(w - r((u[i] ?? 0) * factor)));
};

const lars: Oracle = (one, _, o, { r, kept }) => {
  const {
    momentum = 0,
    nesterov,
    trustCoefficient = 0,
    l2RegularizationStrength = 0,
    epsilon = 0,
    learningRate = 0,
  } = o;
  const [mu, l2] = [r(momentum), r(l2RegularizationStrength)];
  const v = slot(one, 'v');
  const u = one.g.map((g, i) => kept(r(kept(g) + r(l2 * (one.w[i] ?? 0)))));
  const [weight, step] = [sqrt(squares(one.w)), sqrt(squares(u))];
  const ratio = weight === 0 || step === 0 ? 1 : (trustCoefficient * weight) / (step + epsilon);
  const factor = r(learningRate * ratio);
  return one.w.map((w, i) => {
    const change = r((u[i] ?? 0) * factor);
    const velocity = kept(r(r(mu * (v[i] ?? 0)) + change));
    v[i] = velocity;
    return r(w - (nesterov ? r(r(mu * velocity) + change) : velocity));
  });
};

const novograd: Oracle = (one, t, o, { r, kept }) => {
  const { beta1 = 0, beta2 = 0, l2RegularizationStrength = 0, epsilon = 0, epsilonRoot = 0, learningRate = 0 } = o;
  const [kept1, l2, rate] = [r(beta1), r(l2RegularizationStrength), r(learningRate)];
  const [m, v] = [slot(one, 'm'), slot(one, 'v', 1)];
  const sum = squares(one.g);
  const next = r(t === 1 ? sum : beta2 * (v[0] ?? 0) + (1 - beta2) * sum);
  v[0] = next;
  const divisor = sqrt(next + epsilonRoot) + epsilon;
  const factor = r(divisor === 0 ? 0 : 1 / divisor);
  return one.w.map((w, i) => {
    const direction = r(r(kept(one.g[i] ?? 0) * factor) + r(l2 * w));
    const mean = kept(r(r(kept1 * (m[i] ?? 0)) + direction));
    m[i] = mean;
    return r(w - r(mean * rate));
  });
};

const identity = (x: number) => x;
const adafactor: Oracle = (one, t, o, { r, squarable }) => {
  const { beta2Decay = 0, epsilon1 = 0, epsilon2 = 0, clipThreshold = 0, learningRate = 0 } = o;
  const { shape, w } = one;
  const [old, rest] = [r(1 - t ** beta2Decay), r(1 - (1 - t ** beta2Decay))];
  const g = one.g.map(squarable);
  const square = g.map((x) => r(r(x * x) + r(epsilon1)));
  const vector = shape.length < 2;
  const [rows, cols] = vector ? [1, min(4096, w.length)] : [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const lines = Math.ceil(w.length / cols);
  const line = (values: readonly number[], i: number) => values.slice(i * cols, (i + 1) * cols);
  let u: number[];
  if (vector) {
    const v = slot(one, 'v');
    for (const [i, x] of square.entries()) v[i] = r(r(old * (v[i] ?? 0)) + r(rest * x));
    u = g.map((x, i) => r(x / r(sqrt(v[i] ?? 0))));
  } else {
    const [byRow, byColumn] = [slot(one, 'r', lines), slot(one, 'c', w.length / rows)];
    for (let i = 0; i < lines; i++)
      byRow[i] = r(old * (byRow[i] ?? 0) + (rest * squares(line(square, i), identity)) / cols);
    for (let j = 0; j < byColumn.length; j++) {
      const first = Math.floor(j / cols) * rows * cols + (j % cols);
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += square[first + i * cols] ?? 0;
      byColumn[j] = r(old * (byColumn[j] ?? 0) + rest * (sum / rows));
    }
    u = g.map((x, k) => {
      const [i, matrix] = [Math.floor(k / cols), Math.floor(k / cols / rows)];
      const mean = byRow.slice(matrix * rows, (matrix + 1) * rows).reduce((sum, one) => sum + one, 0) / rows;
      const row = r((byRow[i] ?? 0) / mean);
      return r(x / r(sqrt(max(r(row * (byColumn[matrix * cols + (k % cols)] ?? 0)), 2 ** -126))));
    });
  }
  const inLines = (values: readonly number[]) => {
    let sum = 0;
    for (let i = 0; i < lines; i++) sum += squares(line(values, i));
    return sum / w.length;
  };
  const size = max(epsilon2, sqrt(inLines(w)));
  const factor = r((size * min(learningRate, 1 / sqrt(t))) / max(1, sqrt(inLines(u)) / clipThreshold));
  return w.map((x, i) => r(x - r((u[i] ?? 0) * factor)));
};

type Matrix = readonly (readonly number[])[];
const transposed = (a: Matrix): number[][] => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0));
const product = (a: Matrix, b: Matrix, r: (x: number) => number): number[][] => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, x, k) => r(sum + r(x * (column[k] ?? 0))), 0)));
};

/** The sum of a vector, in eight lanes for each block of 4096. */
function lanesSum(values: readonly number[]): number {
  let total = 0;
  for (let from = 0; from < values.length; from += 4096) {
    const block = values.slice(from, from + 4096);
    const [whole, lanes] = [block.length & ~7, new Array<number>(8).fill(0)];
    for (const [i, x] of block.entries()) {
      const lane = i < whole ? i & 7 : i & 3;
      lanes[lane] = (lanes[lane] ?? 0) + x;
    }
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes;
    total += a + e + (c + g) + (b + f + (d + h));
  }
  return total;
}

/** Weight decay is that of matrices, so it is done here. */
const muon: Oracle = (one, t, o, { r, kept, squarable }) => {
  const { learningRate: rate = 0, momentum = 0, nesterov = 1, rmsRate = 0, nsSteps = 0 } = o;
  const [muonA, muonB, muonC] = [r(o.muonA ?? 0), r(o.muonB ?? 0), r(o.muonC ?? 0)];
  const { shape, g } = one;
  const [m, v] = [slot(one, 'm'), slot(one, 'v')];
  const [rows = 1, cols = 1] = shape;
  const matrix = shape.length === 2;
  const decay = r(((matrix ? o.matrixDecay : o.adamWeightDecay) ?? 0) * rate);
  const w = decay > 0 ? one.w.map((x) => kept(r(x - r(x * decay)))) : one.w;
  if (!matrix) {
    const { adamBeta1 = 0, adamBeta2 = 0, epsilon = 0, adamLearningRateRatio = 1 } = o;
    const alpha = r((rate * adamLearningRateRatio * sqrt(1 - adamBeta2 ** t)) / (1 - adamBeta1 ** t));
    const average = (s: number[], i: number, x: number, rest: number) => {
      const before = s[i] ?? 0;
      const after = kept(r(before + r(r(x - before) * rest)));
      s[i] = after;
      return after;
    };
    return w.map((x, i) => {
      const gradient = squarable(g[i] ?? 0);
      const mean = average(m, i, gradient, r(1 - adamBeta1));
      const mean2 = average(v, i, r(gradient * gradient), r(1 - adamBeta2));
      return r(x - r(r(mean * alpha) / r(r(sqrt(mean2)) + r(epsilon))));
    });
  }
  const mu = r(momentum);
  const u = g.map(kept).map((gradient, i) => {
    const mean = kept(r(r(mu * (m[i] ?? 0)) + gradient));
    m[i] = mean;
    return nesterov ? kept(r(gradient + r(mu * mean))) : mean;
  });
  const norm = r(r(sqrt(r(lanesSum(u.map((x) => r(x * x)))))) + r(1e-7));
  let x: number[][] = Array.from({ length: rows }, (_, i) => u.slice(i * cols, (i + 1) * cols).map((y) => r(y / norm)));
  const mix = (a: Matrix, p: number, b: Matrix, q: number): number[][] =>
    a.map((row, i) => row.map((y, j) => r(r(y * p) + r((b[i]?.[j] ?? 0) * q))));
  if (rows > cols) x = transposed(x);
  for (let k = 0; k < nsSteps; k++) {
    const a = product(x, transposed(x), r);
    const b = mix(a, muonB, product(a, a, r), muonC);
    x = mix(x, muonA, product(b, x, r), 1);
  }
  const step = (rows > cols ? transposed(x) : x).flat();
  const factor = r(rate * (rmsRate > 0 ? rmsRate * sqrt(max(rows, cols)) : 1));
  return w.map((y, i) => r(y - r((step[i] ?? 0) * factor)));
};

export const PASSES = { muon, lamb, lars, novograd, adafactor } satisfies Partial<Record<OptimizerName, Oracle>>;
export type PassesName = keyof typeof PASSES;

/** A weight after each step. `options` are all of the optimizer's, with its learning rate. */
export function followsPasses(
  name: PassesName,
  options: Numbers,
  arithmetic: Arithmetic,
  shape: readonly number[],
  start: readonly number[],
  gradients: readonly ArrayLike<number>[],
): readonly (readonly number[])[] {
  const { r, kept } = arithmetic;
  const own = name === 'muon' ? { ...options, matrixDecay: options.weightDecay ?? 0.004, weightDecay: 0 } : options;
  const decay = r((own.weightDecay ?? 0) * (options.learningRate ?? 0));
  const slots = {};
  let w = start.map(r);
  return gradients.map((gradient, k) => {
    const decayed = decay > 0 ? w.map((x) => kept(r(x - r(x * decay)))) : w;
    const g = Array.from(gradient, r);
    w = PASSES[name]({ shape, w: decayed, g, slots }, k + 1, own, arithmetic);
    return w;
  });
}
