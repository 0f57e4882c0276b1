/** Searches that learn nothing: all combinations, and random ones. */
import { placeOf } from '../draw.ts';
import type { CheckedSpace } from '../space.ts';
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
      for (let first = 0; first < trials; first += PIECE)
        yield Array.from({ length: Math.min(PIECE, trials - first) }, (_, i) => {
          const trial = first + i;
          return { trial, settings: space.settings(placeOf(seed, trial, space.dimensions.length)), epochs };
        });
    },
  };
}
