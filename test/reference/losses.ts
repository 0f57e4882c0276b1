/** Losses of one row and their gradients with respect to its predictions, in float64. Targets are a distribution or values per column. */

export interface RowLoss {
  readonly value: number;
  readonly gradient: number[];
}
type Row = readonly number[];

const total = (row: Row) => row.reduce((a, b) => a + b, 0);
const pair = (a: Row, b: Row, f: (p: number, y: number) => number) => a.map((p, i) => f(p, b[i] as number));
const LOWEST = Math.fround(1e-7);
const HIGHEST = Math.fround(1 - 1e-7);
const clip = (p: number) => Math.min(Math.max(p, LOWEST), HIGHEST);
const inside = (p: number) => p > LOWEST && p < HIGHEST;

export const oneHot = (label: number, cols: number) => Array.from({ length: cols }, (_, c) => (c === label ? 1 : 0));

/** -sum y log softmax(z), with targets smoothed towards the uniform distribution. */
export function crossentropyLogits(z: Row, targets: Row, smoothing = 0): RowLoss {
  const y = targets.map((t) => t * (1 - smoothing) + smoothing / z.length);
  const max = Math.max(...z);
  const sum = total(z.map((v) => Math.exp(v - max)));
  const logSum = max + Math.log(sum);
  const mass = total(y);
  return {
    value: total(pair(z, y, (v, t) => t * (logSum - v))),
    gradient: pair(z, y, (v, t) => mass * (Math.exp(v - max) / sum) - t),
  };
}

/** -sum y log clip(p / sum p); where sum p is 0, of equal probabilities and without a gradient. */
export function crossentropy(p: Row, targets: Row, smoothing = 0): RowLoss {
  const y = targets.map((t) => t * (1 - smoothing) + smoothing / p.length);
  const sum = total(p);
  const q = p.map((v) => (sum === 0 ? 1 / p.length : v / sum));
  const mass = total(pair(q, y, (v, t) => (inside(v) ? t : 0)));
  return {
    value: -total(pair(q, y, (v, t) => t * Math.log(clip(v)))),
    gradient: pair(q, y, (v, t) => (sum === 0 ? 0 : (mass - (inside(v) ? t / v : 0)) / sum)),
  };
}

/** The mean over the columns of a loss per element. */
function mean(p: Row, y: Row, f: (p: number, y: number) => number, df: (p: number, y: number) => number): RowLoss {
  return { value: total(pair(p, y, f)) / p.length, gradient: pair(p, y, (a, b) => df(a, b) / p.length) };
}

export function binaryCrossentropyLogits(z: Row, targets: Row, smoothing = 0): RowLoss {
  const y = targets.map((t) => t * (1 - smoothing) + smoothing / 2);
  return mean(
    z,
    y,
    (v, t) => Math.max(v, 0) - v * t + Math.log1p(Math.exp(-Math.abs(v))),
    (v, t) => 1 / (1 + Math.exp(-v)) - t,
  );
}

export function binaryCrossentropy(p: Row, targets: Row, smoothing = 0): RowLoss {
  const y = targets.map((t) => t * (1 - smoothing) + smoothing / 2);
  return mean(
    p,
    y,
    (v, t) => -(t * Math.log(clip(v)) + (1 - t) * Math.log(1 - clip(v))),
    (v, t) => (inside(v) ? (v - t) / (v * (1 - v)) : 0),
  );
}

export const meanSquaredError = (p: Row, y: Row) =>
  mean(
    p,
    y,
    (a, b) => (a - b) ** 2,
    (a, b) => 2 * (a - b),
  );

export const meanAbsoluteError = (p: Row, y: Row) =>
  mean(
    p,
    y,
    (a, b) => Math.abs(a - b),
    (a, b) => Math.sign(a - b),
  );

export const huber = (p: Row, y: Row, delta: number) =>
  mean(
    p,
    y,
    (a, b) => (Math.abs(a - b) <= delta ? (a - b) ** 2 / 2 : delta * Math.abs(a - b) - delta ** 2 / 2),
    (a, b) => Math.min(Math.max(a - b, -delta), delta),
  );
