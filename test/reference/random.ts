/** Philox4x32-10 as its authors describe it, the normal distribution from its series, the shuffle: slow and plain. */

export type Four = readonly [number, number, number, number];

/** The product of two u32, as its high and low word. */
function multiply(a: number, b: number): [number, number] {
  const product = BigInt(a) * BigInt(b);
  return [Number(product >> 32n), Number(product & 0xffffffffn)];
}

/** The four words of a counter. */
export function philox4x32(counter: Four, key: readonly [number, number]): Four {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(c0, 0xd2511f53);
    const [high1, low1] = multiply(c2, 0xcd9e8d57);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The words of elements 0 to n - 1, as the core counts them. */
export function words(
  n: number,
  seed: readonly [number, number],
  step: number,
  index: number,
  purpose: number,
): number[] {
  const all: number[] = [];
  for (let block = 0; 4 * block < n; block++) all.push(...philox4x32([block, step, index, purpose], seed));
  return all.slice(0, n);
}

/** P(N(0, 1) < x) for x <= 0: a power series about 0, a continued fraction in the tail. */
function lowerTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x > -3) {
    let [term, sum] = [x, x];
    for (let k = 3; Math.abs(term) > 1e-20; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = -x;
  for (let k = 400; k > 0; k--) fraction = -x + k / fraction;
  return density / fraction;
}

/** z with P(N(0, 1) < z) = p, by bisection. Good to about 1e-13. */
export function quantile(p: number): number {
  if (p > 0.5) return -quantile(1 - p);
  let [low, high] = [-40, 0];
  for (let k = 0; k < 70; k++) {
    const middle = (low + high) / 2;
    if (lowerTail(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The numbers 0 to words.length - 1, shuffled by inside-out Fisher-Yates. `redraw(i, draw)` gives the words for a
 * number whose first word would favour some places: one of the 2^32 % (i + 1) that are too many.
 */
export function shuffled(words: readonly number[], redraw: (i: number, draw: number) => number): number[] {
  const order: number[] = [];
  words.forEach((first, i) => {
    const bound = i + 1;
    let product = first * bound;
    for (let draw = 1; product % 2 ** 32 < 2 ** 32 % bound; draw++) product = redraw(i, draw) * bound;
    const j = Math.floor(product / 2 ** 32);
    order[i] = order[j] ?? i;
    order[j] = i;
  });
  return order;
}
