/**
 * Synchronous successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943) and Hyperband (Li and others 2018, arXiv:1603.06560): many trials with few
 * epochs, of which the best go on. A rung is decided when all of its trials are done, by their scores and numbers, so nothing depends on who was first.
 */
import type { Drawn, Draws } from './draws.ts';
import { type Batches, type Method, type Request, ranked, together } from './method.ts';

/** Options of both. */
export interface Halving {
  readonly epochs: number;
  /** One of so many trials goes on, with so many times the epochs. */
  readonly factor: number;
  readonly minEpochs: number;
}

/** Epochs that trials have on each rung: divided by the factor, rounded down, as long as they are at least `minEpochs`. */
export function rungsOf({ epochs, factor, minEpochs }: Pick<Halving, 'epochs' | 'factor' | 'minEpochs'>): number[] {
  const rungs = [epochs];
  for (let next = Math.floor(epochs / factor); next >= minEpochs && next >= 1; next = Math.floor(next / factor))
    rungs.unshift(next);
  return rungs;
}

/** Trials on each rung: all, then one of `factor`, at least one. */
const sizesOf = (trials: number, rungs: number, factor: number): number[] => {
  const sizes = [trials];
  while (sizes.length < rungs) sizes.push(Math.max(1, Math.floor((sizes.at(-1) ?? 1) / factor)));
  return sizes;
};

/** Epochs of all trials: those that go on keep what they have. */
function costOf(rungs: readonly number[], sizes: readonly number[]): number {
  return rungs.reduce((sum, epochs, i) => sum + (sizes[i] ?? 0) * (epochs - (rungs[i - 1] ?? 0)), 0);
}

/** Has a batch computed, of which what draws trials hears as well. */
function* scored(
  draws: Draws,
  batch: readonly Request[],
): Generator<typeof batch, readonly number[], readonly number[]> {
  const scores = yield batch;
  draws.tell(batch, scores);
  return scores;
}

/** One race of `trials`, whose numbers begin at `first`. */
function* race(draws: Draws, factor: number, rungs: readonly number[], first: number, trials: number): Batches {
  const [lowest = 0, ...higher] = rungs;
  let left: Drawn[] = [];
  let scores: number[] = [];
  while (left.length < trials) {
    const drawn = draws.next(first + left.length, trials - left.length);
    left = left.concat(drawn);
    scores = scores.concat(
      yield* scored(
        draws,
        drawn.map((one) => ({ ...one, epochs: lowest })),
      ),
    );
  }
  for (const epochs of higher) {
    const best = ranked(scores).slice(0, Math.max(1, Math.floor(left.length / factor)));
    // the numbers of trials are the order of everything, also where scores are equal
    left = best.sort((a, b) => a - b).flatMap((index) => left[index] ?? []);
    scores = [
      ...(yield* scored(
        draws,
        left.map((one) => ({ ...one, epochs })),
      )),
    ];
  }
}

/** @param most trials, or epochs of all trials together */
export function halving(draws: () => Draws, options: Halving, most: { trials?: number; budget?: number }): Method {
  const rungs = rungsOf(options);
  const cost = (trials: number): number => costOf(rungs, sizesOf(trials, rungs.length, options.factor));
  let { trials } = most;
  if (trials === undefined) {
    const { budget = 0 } = most;
    if (cost(1) > budget)
      throw new RangeError(`budget must be at least the ${cost(1)} epochs of one trial, got ${budget}`);
    for (trials = 1; cost(trials + 1) <= budget; trials++);
  }
  const all = trials;
  return { trials: all, epochs: cost(all), batches: () => race(draws(), options.factor, rungs, 0, all) };
}

/**
 * Races that begin on each of the rungs: those that begin higher have fewer trials. `rounds` of all of them fit into `most`; one by default.
 */
export function hyperband(draws: () => Draws, options: Halving, most: { trials?: number; budget?: number }): Method {
  const { factor } = options;
  const rungs = rungsOf(options);
  const brackets = rungs.map((_, from) => {
    const later = rungs.slice(from);
    const trials = Math.ceil((rungs.length * factor ** (later.length - 1)) / later.length);
    return { rungs: later, trials, epochs: costOf(later, sizesOf(trials, later.length, factor)) };
  });
  const total = (key: 'trials' | 'epochs'): number => brackets.reduce((sum, bracket) => sum + bracket[key], 0);
  const [limit, name, one] =
    most.budget === undefined
      ? ([most.trials ?? total('trials'), 'trials', total('trials')] as const)
      : ([most.budget, 'budget', total('epochs')] as const);
  const rounds = Math.floor(limit / one);
  if (rounds < 1)
    throw new RangeError(
      `${name}: a round of Hyperband has ${total('trials')} trials with ${total('epochs')} epochs, more than ${limit}; give a larger factor or fewer epochs`,
    );
  return {
    ...{ trials: rounds * total('trials'), epochs: rounds * total('epochs') },
    *batches() {
      const drawn = draws();
      let first = 0;
      for (let round = 0; round < rounds; round++) {
        const races = brackets.map(({ rungs: own, trials }) => {
          first += trials;
          return race(drawn, factor, own, first - trials, trials);
        });
        // each learns from those before it
        if (drawn.learns) for (const one of races) yield* one;
        else yield* together(races);
      }
    },
  };
}
