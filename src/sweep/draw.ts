/** The random numbers of a search: functions of its seed, the trial, the setting and a count, so that no draw depends on another one. */
import { philox } from '../philox.ts';
import { seedsOf } from '../seeds.ts';

/** Last words of the Philox counter; the core's own are in assembly/codes.ts. */
const PURPOSES = { search: 101, verify: 102 } as const;

/** A number in [0, 1), a multiple of 2^-53. */
export function draw(
  seed: number,
  purpose: keyof typeof PURPOSES,
  trial: number,
  dimension: number,
  count = 0,
): number {
  const [a, b] = philox([count, dimension, trial, PURPOSES[purpose]], seedsOf(seed));
  return (a * 2 ** 21 + (b >>> 11)) / 2 ** 53;
}

/** A place in the unit cube. */
export const placeOf = (seed: number, trial: number, dimensions: number): number[] =>
  Array.from({ length: dimensions }, (_, dimension) => draw(seed, 'search', trial, dimension));
