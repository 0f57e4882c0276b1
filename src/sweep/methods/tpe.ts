/**
 * Tree-structured Parzen estimator (Bergstra and others 2011, "Algorithms for hyper-parameter optimization"), one setting at a time, with the numbers of Optuna: ten random
 * trials first; then the best tenth, at most 25, against the others; of 24 candidates drawn from the density of the good ones, the one that is most typical of them.
 *
 * Trials are drawn in generations, and a trial counts the earlier ones of its generation as bad, so that they spread.
 *
 * Where trials have had different numbers of epochs, as in races of halving, those with more are better, then those with a better score: Optuna's rule
 * (`_split_trials` in optuna/samplers/_tpe/sampler.py). So every result counts, and the good ones are the best that had all of their epochs as soon as there are
 * enough of those. BOHB (Falkner and others 2018, arXiv:1807.01774) leaves out all trials with fewer epochs instead, which needs many more trials.
 */
import { draw, placeOf } from '../draw.ts';
import type { CheckedSpace } from '../space.ts';
import type { Drawn, Draws } from './draws.ts';
import type { Method, Request } from './method.ts';
import { densityOf } from './parzen.ts';

/** How trials are drawn. */
export interface Tpe {
  readonly seed: number;
  /** Random trials before it learns. */
  readonly startup: number;
  /** Trials that are drawn at once. */
  readonly generation: number;
  /** Places that are compared for each setting. */
  readonly candidates: number;
}

/** Good trials among `count`: a tenth, at most 25. */
const goodOf = (count: number): number => Math.min(25, Math.ceil(0.1 * count));

/** A trial that has been drawn. */
interface Seen {
  readonly place: readonly number[];
  /** Whether each setting counts. */
  readonly active: readonly boolean[];
  /** What came of it; undefined while it has no result. */
  readonly result: { readonly epochs: number; readonly score: number } | undefined;
}

/** Draws trials whose numbers begin at 0, in order. */
export class TpeDraws implements Draws {
  readonly learns = true;
  readonly #space: CheckedSpace;
  readonly #options: Tpe;
  /** By number. */
  readonly #seen: Seen[] = [];

  constructor(space: CheckedSpace, options: Tpe) {
    this.#space = space;
    this.#options = options;
  }

  next(first: number, most: number): readonly Drawn[] {
    const { startup, generation } = this.#options;
    const random = first < startup;
    const good = this.#good();
    return Array.from({ length: Math.min(most, random ? startup - first : generation) }, (_, i) =>
      this.#draw(first + i, random ? undefined : good),
    );
  }

  tell(batch: readonly Request[], scores: readonly number[]): void {
    for (const [i, { trial, epochs }] of batch.entries()) {
      const one = this.#seen[trial];
      // a trial that failed, or diverged, is no better for its epochs
      const score = scores[i] ?? Number.POSITIVE_INFINITY;
      const result = { epochs: score === Number.POSITIVE_INFINITY ? 0 : epochs, score };
      if (one !== undefined) this.#seen[trial] = { ...one, result };
    }
  }

  /** The numbers of the best trials. */
  #good(): ReadonlySet<number> {
    const finished = this.#seen.flatMap(({ result }, trial) => (result === undefined ? [] : [{ trial, ...result }]));
    finished.sort((a, b) => b.epochs - a.epochs || a.score - b.score || a.trial - b.trial);
    return new Set(finished.slice(0, goodOf(finished.length)).map(({ trial }) => trial));
  }

  /** @param good undefined for a random trial */
  #draw(trial: number, good: ReadonlySet<number> | undefined): Drawn {
    const { dimensions } = this.#space;
    const drawn =
      good === undefined ? placeOf(this.#options.seed, trial, dimensions.length) : this.#propose(trial, good);
    // places of choices are in the middle of each, so that equal values are equal
    const place = drawn.map((at, d) => {
      const { ordered = true, values } = dimensions[d] ?? {};
      return ordered || values === undefined ? at : (Math.floor(at * values.length) + 0.5) / values.length;
    });
    const settings = this.#space.settings(place);
    this.#seen[trial] = { place, active: dimensions.map(({ name }) => name in settings), result: undefined };
    return { trial, settings };
  }

  #propose(trial: number, good: ReadonlySet<number>): number[] {
    const { seed, candidates } = this.#options;
    return this.#space.dimensions.map((dimension, d) => {
      const placesOf = (wanted: boolean): number[] =>
        this.#seen.flatMap(({ place, active }, i) =>
          active[d] === true && good.has(i) === wanted ? [place[d] ?? 0] : [],
        );
      const [best, rest] = [densityOf(dimension, placesOf(true)), densityOf(dimension, placesOf(false))];
      let [chosen, most] = [0, -1];
      for (let c = 0; c < candidates; c++) {
        const place = best.sample(draw(seed, 'search', trial, d, 2 * c + 1), draw(seed, 'search', trial, d, 2 * c + 2));
        const ratio = best.at(place) / rest.at(place);
        if (ratio > most) [chosen, most] = [place, ratio];
      }
      return chosen;
    });
  }
}

export function tpe(space: CheckedSpace, epochs: number, trials: number, options: Tpe): Method {
  return {
    ...{ trials, epochs: trials * epochs },
    *batches() {
      const draws = new TpeDraws(space, options);
      for (let first = 0; first < trials; ) {
        const batch = draws.next(first, trials - first).map((one) => ({ ...one, epochs }));
        draws.tell(batch, yield batch);
        first += batch.length;
      }
    },
  };
}
