/**
 * A plane in the space of all weights: a point and two directions. All sums are in float64, one after the other, so they have the same
 * bits everywhere.
 */

export interface Plane {
  readonly origin: Float32Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/** Where a point is nearest to a plane, in multiples of its directions, and how far off it is. */
export interface Foot {
  readonly x: number;
  readonly y: number;
  readonly off: number;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

const difference = (a: Float32Array, b: Float32Array): Float64Array =>
  Float64Array.from(a, (value, i) => value - (b[i] ?? 0));

/** `a` without its share along `direction`, which has the length 1. */
function across(a: Float64Array, direction: Float64Array): Float64Array {
  const along = dot(a, direction);
  return a.map((value, i) => value - along * (direction[i] ?? 0));
}

function unit(a: Float64Array): Float64Array {
  const length = Math.sqrt(dot(a, a));
  return a.map((value) => value / length);
}

/** Shorter than this share of another difference, one tells nothing of a direction. */
const LEAST = 1e-6;

/**
 * The plane through three points. Its directions have length 1 and stand at a right angle, so distances in it are distances of weights.
 *
 * @throws RangeError if the points lie on a line, or some weight is not finite.
 */
export function planeThrough(origin: Float32Array, second: Float32Array, third: Float32Array): Plane {
  const [b, c] = [difference(second, origin), difference(third, origin)];
  const u = unit(b);
  const rest = across(c, u);
  const far = Math.sqrt(Math.max(dot(b, b), dot(c, c)));
  if (!Number.isFinite(far)) throw new RangeError('some weights are not finite: choose racers that have not diverged');
  if (!(Math.sqrt(dot(b, b)) > LEAST * far && Math.sqrt(dot(rest, rest)) > LEAST * far))
    throw new RangeError('the three points lie on one line: choose others');
  // once more, because rounding leaves a little along u
  return { origin, u, v: unit(across(unit(rest), u)) };
}

/**
 * The plane around a point along two random directions, in which each filter is as long as the one of the point (Li et al. 2018, "Visualizing
 * the Loss Landscape of Neural Nets"). Arrays of one axis, such as biases, stay as they are.
 *
 * @param directions arrays of all weights, of random numbers
 */
export function planeAround(
  origin: Float32Array,
  shapes: readonly (readonly number[])[],
  directions: readonly [Float32Array, Float32Array],
): Plane {
  if (!origin.every(Number.isFinite))
    throw new RangeError('some weights are not finite: choose a racer that has not diverged');
  const [u, v] = directions.map((random) => scaled(origin, shapes, random));
  if (!u || !v) throw new Error('a plane has two directions');
  return { origin, u, v };
}

function scaled(point: Float32Array, shapes: readonly (readonly number[])[], random: Float32Array): Float64Array {
  const direction = new Float64Array(point.length);
  let begin = 0;
  for (const shape of shapes) {
    const size = shape.reduce((a, b) => a * b, 1);
    // filters are the last axis
    const filters = shape.at(-1) ?? 1;
    for (let filter = 0; filter < filters && shape.length > 1; filter++) {
      let [own, other] = [0, 0];
      for (let i = begin + filter; i < begin + size; i += filters) {
        own += (point[i] ?? 0) ** 2;
        other += (random[i] ?? 0) ** 2;
      }
      const factor = other > 0 ? Math.sqrt(own / other) : 0;
      for (let i = begin + filter; i < begin + size; i += filters) direction[i] = (random[i] ?? 0) * factor;
    }
    begin += size;
  }
  return direction;
}

export function footOf({ origin, u, v }: Plane, weights: Float32Array): Foot {
  const d = difference(weights, origin);
  const [a, b, c] = [dot(u, u), dot(u, v), dot(v, v)];
  const [p, q] = [dot(d, u), dot(d, v)];
  const determinant = a * c - b * b;
  const [x, y] = [(p * c - q * b) / determinant, (q * a - p * b) / determinant];
  const rest = d.map((value, i) => value - x * (u[i] ?? 0) - y * (v[i] ?? 0));
  return { x, y, off: Math.sqrt(dot(rest, rest)) };
}

/** The weights at a place of the plane, into `out`. */
export function weightsAt({ origin, u, v }: Plane, x: number, y: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (origin[i] ?? 0) + x * (u[i] ?? 0) + y * (v[i] ?? 0);
}
