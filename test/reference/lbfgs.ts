/**
 * L-BFGS, one number after the other, with the core's roundings: weights, gradients and directions are float32, sums and the line search float64. The search is written as in
 * PyTorch's `_strong_wolfe`, a loop that brackets and one that zooms, where the core has one state that outlives each evaluation.
 */
import type { Numbers } from './optimizers-full.ts';

const { fround, abs, max, min, sqrt } = Math;

/** Loss and gradients at some weights. */
export type Evaluate = (weights: Float32Array) => { readonly loss: number; readonly gradient: Float32Array };

/** The sum of x[i] y[i] as the core adds it: four lanes, which are added across. */
function dot(x: Float32Array, y: Float32Array): number {
  const lanes = [0, 0, 0, 0];
  for (const [i, value] of x.entries()) lanes[i % 4] = (lanes[i % 4] ?? 0) + value * (y[i] ?? 0);
  const [a = 0, b = 0, c = 0, d = 0] = lanes;
  return a + c + (b + d);
}

/** The sum of |x[i]|, in eight lanes: of less than 4,096 numbers, a multiple of eight. */
function sumAbs(x: Float32Array): number {
  const lanes = new Array<number>(8).fill(0);
  for (const [i, value] of x.entries()) lanes[i % 8] = (lanes[i % 8] ?? 0) + abs(value);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes;
  return a + e + (c + g) + (b + f + (d + h));
}

/** y + a x */
const scaled = (y: Float32Array, x: Float32Array, a: number): Float32Array =>
  y.map((value, i) => value + (x[i] ?? 0) * a);

interface Point {
  readonly length: number;
  readonly loss: number;
  readonly slope: number;
}

/** Where the cubic polynomial through two points is smallest, within the limits. */
function cubic(p: Point, q: Point, from: number, to: number): number {
  const [x1, f1, g1] = [p.length, p.loss, p.slope];
  const [x2, f2, g2] = [q.length, q.loss, q.slope];
  const d1 = g1 + g2 - (3 * (f1 - f2)) / (x1 - x2);
  const d2 = sqrt(d1 * d1 - g1 * g2);
  const least =
    x1 <= x2
      ? x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
      : x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2));
  return Number.isNaN(least) ? (from + to) / 2 : min(max(least, from), to);
}

/** The length of the step. `at` evaluates the point at a length. */
function search(o: Numbers, start: Point, first: number, size: number, at: (length: number) => Point): number {
  const { sufficientDecrease = 0, curvature = 0, maxSearchSteps = 0, toleranceChange = 0 } = o;
  const high = ({ length, loss }: Point) => loss > start.loss + sufficientDecrease * length * start.slope;
  const flat = ({ slope }: Point) => abs(slope) <= -curvature * start.slope;
  let before = start;
  let point = at(first);
  let steps = 0;
  let bracket: [Point, Point] | undefined;
  while (steps < maxSearchSteps) {
    if (high(point) || (steps > 1 && point.loss >= before.loss)) {
      bracket = [before, point];
      break;
    }
    if (flat(point)) return point.length;
    if (point.slope >= 0) {
      bracket = [before, point];
      break;
    }
    const { length } = point;
    const further = cubic(before, point, length + 0.01 * (length - before.length), length * 10);
    before = point;
    point = at(further);
    steps++;
  }
  let [a, b]: [Point, Point] = bracket ?? [start, point];
  let close = false;
  for (;;) {
    const low: Point = a.loss <= b.loss ? a : b;
    if (steps >= maxSearchSteps || abs(b.length - a.length) * size < toleranceChange) return low.length;
    const [from, to] = [min(a.length, b.length), max(a.length, b.length)];
    const margin = 0.1 * (to - from);
    let length = cubic(a, b, from, to);
    if (min(to - length, length - from) < margin) {
      if (close || length >= to || length <= from) {
        length = abs(length - to) < abs(length - from) ? to - margin : from + margin;
        close = false;
      } else close = true;
    } else close = false;
    point = at(length);
    steps++;
    const worse: Point = low === a ? b : a;
    if (high(point) || point.loss >= low.loss) [a, b] = low === a ? [a, point] : [point, b];
    else {
      if (flat(point)) return point.length;
      // the minimum lies on the other side of the better point
      const other = point.slope * (worse.length - low.length) >= 0 ? low : worse;
      [a, b] = low === a ? [point, other] : [other, point];
    }
  }
}

/** The weights after each step, and the losses before it. `weights` is as long as the core's block of them, with zeros in its gaps. */
export function followsLbfgs(
  options: Numbers,
  weights: Float32Array,
  evaluate: Evaluate,
  steps: number,
): { readonly weights: Float32Array; readonly loss: number }[] {
  const { learningRate = 0, historySize = 0, toleranceGradient = 0, toleranceChange = 0 } = options;
  const pairs: { readonly s: Float32Array; readonly y: Float32Array }[] = [];
  let w = weights;
  let last: Float32Array = new Float32Array(w.length);
  let lastGradient: Float32Array = new Float32Array(w.length);
  return Array.from({ length: steps }, () => {
    const { loss, gradient: g } = evaluate(w);
    const y = scaled(g, lastGradient, -1);
    if (dot(y, last) > 1e-10) pairs.unshift({ s: last, y });
    pairs.splice(historySize);
    lastGradient = g;

    let d: Float32Array = g.map((x) => -x);
    const shares = pairs.map(({ s, y }) => {
      const share = dot(s, d) / dot(s, y);
      d = scaled(d, y, -share);
      return share;
    });
    const [newest] = pairs;
    if (newest !== undefined) {
      const { s, y } = newest;
      const size = dot(s, y) / dot(y, y);
      d = d.map((x) => x * size);
    }
    for (const [i, { s, y }] of [...pairs.entries()].reverse())
      d = scaled(d, s, (shares[i] ?? 0) - dot(y, d) / dot(s, y));

    const slope = dot(g, d);
    const largest = (x: Float32Array) => x.reduce((most, value) => max(most, abs(value)), 0);
    const moved = (length: number) => {
      const t = fround(length);
      const step = d.map((x) => x * t);
      return { step, to: w.map((x, i) => x + (step[i] ?? 0)) };
    };
    if (!Number.isFinite(loss) || largest(g) <= toleranceGradient || !(slope <= -toleranceChange)) {
      last = new Float32Array(w.length);
      return { weights: w, loss };
    }
    const first = newest === undefined ? min(1, 1 / sumAbs(g)) * learningRate : learningRate;
    const length = search(options, { length: 0, loss, slope }, first, largest(d), (length) => {
      const { loss, gradient } = evaluate(moved(length).to);
      return { length, loss: loss < Infinity ? loss : Infinity, slope: dot(gradient, d) };
    });
    const { step, to } = moved(length);
    [last, w] = [step, to];
    return { weights: w, loss };
  });
}
