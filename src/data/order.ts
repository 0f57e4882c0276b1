/** Random orders, from the numbers that the core draws too: Philox 4x32-10 (Salmon and others, 2011), counter based. */
import { PURPOSE_SHUFFLE } from '../../assembly/codes.ts';
import { seedsOf } from '../seeds.ts';
import { checkInteger } from '../validate.ts';

/** The high word of the product of two u32. */
function high(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const low = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(low / 65536)) >>> 0;
}

/** The four words of block `block`, draw `step`. */
function philox(block: number, step: number, low: number, top: number): readonly [number, number, number, number] {
  let [c0, c1, c2, c3]: [number, number, number, number] = [block, step, 0, PURPOSE_SHUFFLE];
  let [k0, k1] = [low, top];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = [high(c0, 0xd2511f53), Math.imul(c0, 0xd2511f53) >>> 0];
    const [high1, low1] = [high(c2, 0xcd9e8d57), Math.imul(c2, 0xcd9e8d57) >>> 0];
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

export function checkSeed(seed: number): void {
  checkInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER);
}

/** The numbers 0 to `count` - 1 in a random order: that of the first epoch of `fit` with this seed. `shuffle` in assembly/random.ts explains it. */
export function randomOrder(count: number, seed: number): Int32Array {
  const [low, top] = seedsOf(seed);
  const order = new Int32Array(count);
  let four: readonly number[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) four = philox(i / 4, 0, low, top);
    const bound = i + 1;
    let word = four[i % 4] ?? 0;
    for (let draw = 1; Math.imul(word, bound) >>> 0 < 2 ** 32 % bound; draw++) [word] = philox(i, draw, low, top);
    const place = high(word, bound);
    order[i] = order[place] ?? 0;
    order[place] = i;
  }
  return order;
}
