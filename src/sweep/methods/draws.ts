/** Where the settings of new trials come from: places of the space, drawn at random, or where earlier trials were good (tpe.ts). */
import { placeOf } from '../draw.ts';
import type { CheckedSpace } from '../space.ts';
import type { Request } from './method.ts';

/** A trial that has its settings. */
export type Drawn = Pick<Request, 'trial' | 'settings'>;

export interface Draws {
  /** Whether trials that are drawn later depend on the results of earlier ones. */
  readonly learns: boolean;
  /** The trials from number `first` on, at most `most`, that can be drawn before another result is known. */
  next(first: number, most: number): readonly Drawn[];
  /** The scores of a batch: lower is better, and infinity is worst. */
  tell(batch: readonly Request[], scores: readonly number[]): void;
}

export const atRandom = (space: CheckedSpace, seed: number): Draws => ({
  learns: false,
  next: (first, most) =>
    Array.from({ length: most }, (_, i) => {
      const trial = first + i;
      return { trial, settings: space.settings(placeOf(seed, trial, space.dimensions.length)) };
    }),
  tell: () => undefined,
});
