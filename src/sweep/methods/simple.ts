/** Searches that learn nothing: all combinations, and random ones. */
import type { CheckedSpace } from '../space.ts';
import { atRandom } from './draws.ts';
import type { Method } from './method.ts';

export function grid(space: CheckedSpace, epochs: number): Method {
  const all = space.grid();
  return {
    ...{ trials: all.length, epochs: all.length * epochs },
    *batches() {
      yield all.map((settings, trial) => ({ trial, settings, epochs }));
    },
  };
}

/** Trials of one batch: all of them could be one, but a batch is held in memory. */
const PIECE = 4096;

export function random(space: CheckedSpace, epochs: number, trials: number, seed: number): Method {
  return {
    ...{ trials, epochs: trials * epochs },
    *batches() {
      const draws = atRandom(space, seed);
      for (let first = 0; first < trials; first += PIECE)
        yield draws.next(first, Math.min(PIECE, trials - first)).map((one) => ({ ...one, epochs }));
    },
  };
}
