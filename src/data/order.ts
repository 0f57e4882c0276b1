/** Random orders, from the numbers that the core draws too. */
import { PURPOSE_SHUFFLE } from '../../assembly/codes.ts';
import { highWord, philox } from '../philox.ts';
import { seedsOf } from '../seeds.ts';
import { checkInteger } from '../validate.ts';

export function checkSeed(seed: number): void {
  checkInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER);
}

/** The numbers 0 to `count` - 1 in a random order: that of the first epoch of `fit` with this seed. `shuffle` in assembly/random.ts explains it. */
export function randomOrder(count: number, seed: number): Int32Array {
  const key = seedsOf(seed);
  const order = new Int32Array(count);
  let four: readonly number[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) four = philox([i / 4, 0, 0, PURPOSE_SHUFFLE], key);
    const bound = i + 1;
    let word = four[i % 4] ?? 0;
    for (let draw = 1; Math.imul(word, bound) >>> 0 < 2 ** 32 % bound; draw++)
      [word] = philox([i, draw, 0, PURPOSE_SHUFFLE], key);
    const place = highWord(word, bound);
    order[i] = order[place] ?? 0;
    order[place] = i;
  }
  return order;
}
