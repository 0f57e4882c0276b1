/**
 * Tree-structured Parzen estimator (Bergstra and others 2011, "Algorithms for hyper-parameter optimization"), one setting at a time, with the defaults of Optuna: ten random
 * trials first; then the best tenth, at most 25, against the others; of 24 candidates drawn from the density of the good ones, the one that is most typical of them.
 *
 * Trials are asked for in generations, and a trial counts the earlier ones of its generation as bad, so that they spread. Kernels are logistic distributions, not normal
 * ones: their distribution function and its inverse need no more than exp and log, which are our own, so that every engine asks for the same settings.
 */

import { log, sigmoid } from '../../scalars.ts';
import { draw, placeOf } from '../draw.ts';
import type { CheckedSpace, Dimension } from '../space.ts';
import { type Method, ranked } from './method.ts';

export interface Tpe {
  readonly epochs: number;
  readonly seed: number;
  readonly trials: number;
  /** Random trials before it learns. */
  readonly startup: number;
  /** Trials that are asked for at once. */
  readonly generation: number;
  /** Places that are compared for each setting. */
  readonly candidates: number;
}

/** The scale of a logistic distribution with a standard deviation of 1: sqrt(3) / pi. */
const SCALE = 0.5513288954217921;

/** Good trials among `count`: a tenth, at most 25. */
const goodOf = (count: number): number => Math.min(25, Math.ceil(0.1 * count));

/** A density on the unit interval. */
interface Density {
  /** A place from two numbers in [0, 1). */
  sample(which: number, where: number): number;
  at(place: number): number;
}

/** A mixture of kernels at `places`, each as wide as the distance to its farther neighbour, and of the uniform density. */
function smooth(places: readonly number[]): Density {
  const sorted = [...places].sort((a, b) => a - b);
  const least = 1 / Math.min(100, places.length + 2);
  const kernels = sorted.map((place, i) => {
    const [before, after] = [place - (sorted[i - 1] ?? place), (sorted[i + 1] ?? place) - place];
    const width = places.length === 1 ? 1 : Math.max(before, after);
    const scale = SCALE * Math.min(1, Math.max(least, width));
    const low = sigmoid(-place / scale);
    return { place, scale, low, mass: sigmoid((1 - place) / scale) - low };
  });
  return {
    sample(which, where) {
      const kernel = kernels[Math.floor(which * (kernels.length + 1))];
      if (kernel === undefined) return where;
      const share = kernel.low + kernel.mass * where;
      const place = kernel.place + kernel.scale * log(share / (1 - share));
      return Math.min(1 - 2 ** -53, Math.max(0, place));
    },
    at(place) {
      let sum = 1;
      for (const kernel of kernels) {
        const below = sigmoid((place - kernel.place) / kernel.scale);
        sum += (below * (1 - below)) / (kernel.scale * kernel.mass);
      }
      return sum / (kernels.length + 1);
    },
  };
}

/** Shares of `count` values that are unlike each other, and one more trial that had all of them alike. */
function counted(places: readonly number[], count: number): Density {
  const weights = new Array<number>(count).fill(1 / count);
  for (const place of places) {
    const index = Math.floor(place * count);
    weights[index] = (weights[index] ?? 0) + 1;
  }
  const total = places.length + 1;
  return {
    sample(which) {
      let left = which * total;
      const index = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return ((index < 0 ? count - 1 : index) + 0.5) / count;
    },
    at: (place) => (weights[Math.floor(place * count)] ?? 0) / total,
  };
}

function densityOf({ ordered, values }: Dimension, places: readonly number[]): Density {
  return ordered || values === undefined ? smooth(places) : counted(places, values.length);
}

/** A trial that is finished, or under way with a score of infinity. */
interface Seen {
  readonly place: readonly number[];
  /** Whether each setting counts. */
  readonly active: readonly boolean[];
  readonly score: number;
}

export function tpe(space: CheckedSpace, { epochs, seed, trials, startup, generation, candidates }: Tpe): Method {
  const { dimensions } = space;

  /** The place of a trial after `seen`, of which the last `pending` are under way. */
  function propose(trial: number, seen: readonly Seen[], pending: number): number[] {
    const finished = seen.length - pending;
    const order = ranked(seen.map(({ score }, i) => (i < finished ? score : Number.POSITIVE_INFINITY)));
    const good = new Set(order.slice(0, goodOf(finished)));
    return dimensions.map((dimension, d) => {
      const placesOf = (wanted: boolean): number[] =>
        seen.flatMap(({ place, active }, i) => (active[d] === true && good.has(i) === wanted ? [place[d] ?? 0] : []));
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

  /** Places of choices are in the middle of each, so that equal values are equal. */
  const settled = (place: readonly number[]): number[] =>
    place.map((at, d) => {
      const { ordered = true, values } = dimensions[d] ?? {};
      return ordered || values === undefined ? at : (Math.floor(at * values.length) + 0.5) / values.length;
    });

  return {
    ...{ trials, epochs: trials * epochs },
    *batches() {
      const seen: Seen[] = [];
      while (seen.length < trials) {
        const first = seen.length;
        const size = Math.min(trials - first, first < startup ? startup - first : generation);
        const batch = [];
        for (let i = 0; i < size; i++) {
          const trial = first + i;
          const random = first < startup;
          const place = settled(random ? placeOf(seed, trial, dimensions.length) : propose(trial, seen, i));
          const settings = space.settings(place);
          const active = dimensions.map(({ name }) => name in settings);
          seen.push({ place, active, score: Number.POSITIVE_INFINITY });
          batch.push({ trial, settings, epochs });
        }
        const scores = yield batch;
        for (const [i, score] of scores.entries()) {
          const one = seen[first + i];
          if (one !== undefined) seen[first + i] = { ...one, score };
        }
      }
    },
  };
}
