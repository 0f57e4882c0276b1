/** Parzen estimators: the density of places of one setting, as a mixture of kernels around those that are known. */
import { log, sigmoid } from '../../scalars.ts';
import type { Dimension } from '../space.ts';

/** The scale of a logistic distribution with a standard deviation of 1: sqrt(3) / pi. */
const SCALE = 0.5513288954217921;

/** A density on the unit interval. */
export interface Density {
  /** A place from two numbers in [0, 1). */
  sample(which: number, where: number): number;
  at(place: number): number;
}

/**
 * A mixture of kernels at `places`, each as wide as the distance to its farther neighbour, and of the uniform density. Kernels are logistic distributions, not normal
 * ones: their distribution function and its inverse need no more than exp and log, which are our own, so that every engine asks for the same settings.
 */
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

export function densityOf({ ordered, values }: Dimension, places: readonly number[]): Density {
  return ordered || values === undefined ? smooth(places) : counted(places, values.length);
}
