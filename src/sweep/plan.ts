/** The options of a search, checked before anything runs. */
import { directionByEnding } from '../direction.ts';
import { checkInteger, checkKind, checkLabel, checkName, checkOptions, isObject, show } from '../validate.ts';
import { atRandom, type Draws } from './methods/draws.ts';
import { halving, hyperband } from './methods/halving.ts';
import type { Method } from './methods/method.ts';
import { grid, random } from './methods/simple.ts';
import { type Tpe, TpeDraws, tpe } from './methods/tpe.ts';
import { CheckedSpace, type Space } from './space.ts';

/** Names of the searches. */
export type SearchName = 'grid' | 'random' | 'halving' | 'hyperband' | 'tpe';

/** How tree-structured Parzen estimators draw trials from the results of earlier ones. */
export interface TpeOptions {
  /** Random trials before it learns. Default 10. */
  readonly startup?: number;
  /** Trials drawn at once, which may be computed side by side and know nothing of each other. Default 4. */
  readonly generation?: number;
  /** Places that are compared for each setting. Default 24. */
  readonly candidates?: number;
}

/** Which search, with its options. A name alone takes the defaults. */
export type SearchMethod =
  | SearchName
  | {
      /** Every combination, or drawn ones. */
      readonly method: 'grid' | 'random';
    }
  | ({
      /** One race by halving, or races that begin on each rung. */
      readonly method: 'halving' | 'hyperband';
      /** One trial of so many goes on to the next rung, with so many times the epochs. Default 3. */
      readonly factor?: number;
      /** Epochs of the lowest rung are at least these. Default 1. */
      readonly minEpochs?: number;
      /**
       * How trials are drawn. `'tpe'` learns from the results of all trials so far, as BOHB does: generations enter a race one after the other, and races of Hyperband
       * follow one another. The options of `tpe` count only then. Default `'random'`.
       */
      readonly draws?: 'random' | 'tpe';
    } & TpeOptions)
  | ({
      /** Tree-structured Parzen estimators. */
      readonly method: 'tpe';
    } & TpeOptions);

/** What is wanted: a key of the history, at the last epoch of a trial. */
export type Objective = string | (Pick<Aim, 'key'> & Partial<Aim>);

/** A key of the history, and its direction. */
export interface Aim {
  /** As in `history`: `'val_accuracy'`. */
  readonly key: string;
  /** Whether low or high values are better. Default: what the key's name tells. */
  readonly mode: 'min' | 'max';
}

/** Options of a search; of {@link search} and {@link sweep}. */
export interface SearchOptions<S extends Space = Space> {
  /** What varies. */
  readonly space: S;
  /** A key of the history, as `'val_accuracy'` or `'my_score:max'`. Accuracies and the like are maximized, losses and errors minimized; other keys need `:min` or `:max`. */
  readonly objective: Objective;
  /** Default `'grid'`. */
  readonly search?: SearchMethod;
  /** Trials in all. Default: those of the budget; a grid has as many as its combinations, Hyperband as many as one round. */
  readonly trials?: number;
  /** Epochs of all trials together, instead of `trials`. Default none. */
  readonly budget?: number;
  /** Epochs of a trial, at most. Default 1. */
  readonly epochs?: number;
  /** Decides what is drawn. Default 42. */
  readonly seed?: number;
}

/** A checked search. */
export interface Plan {
  readonly space: CheckedSpace;
  readonly key: string;
  readonly mode: 'min' | 'max';
  readonly epochs: number;
  readonly seed: number;
  readonly method: Method;
}

export const SEARCH_OPTIONS = ['space', 'objective', 'search', 'trials', 'budget', 'epochs', 'seed'] as const;
const SEARCHES = ['grid', 'random', 'halving', 'hyperband', 'tpe'] as const;
const DRAWS = ['random', 'tpe'] as const;
const TPE_OPTIONS = ['startup', 'generation', 'candidates'] as const;
/** More trials than a program can keep. */
const MOST = 1_000_000;

function objectiveOf(objective: unknown): Pick<Plan, 'key' | 'mode'> {
  let [key, mode]: unknown[] = [objective, undefined];
  if (typeof objective === 'string') [key, mode] = /^(.*?)(?::([^:]*))?$/s.exec(objective)?.slice(1) ?? [];
  else {
    checkKind(isObject(objective), 'objective', "a key of the history like 'val_accuracy'", objective);
    checkOptions('objective', objective, ['key', 'mode']);
    ({ key, mode } = objective as { key: unknown; mode?: unknown });
  }
  checkLabel('the key of the objective', key);
  if (mode !== undefined) return { key, mode: checkName('mode of the objective', mode, ['min', 'max']) };
  const guess = directionByEnding(key);
  if (guess === undefined)
    throw new RangeError(`objective: cannot infer the direction of '${key}'; write '${key}:min' or '${key}:max'`);
  return { key, mode: guess };
}

/** @throws TypeError or RangeError that names the option or the setting */
export function planOf(options: SearchOptions): Plan {
  const { search = 'grid', trials, budget, epochs = 1, seed = 42 } = options;
  const space = new CheckedSpace(options.space);
  const objective = objectiveOf(options.objective);
  checkInteger('epochs', epochs, 1);
  checkInteger('seed', seed, 0);
  if (trials !== undefined) checkInteger('trials', trials, 1, MOST);
  if (budget !== undefined) checkInteger('budget', budget, 1);
  if (trials !== undefined && budget !== undefined) throw new RangeError('give trials or budget, not both');
  const isMethod = typeof search === 'string' || (isObject(search) && !Array.isArray(search));
  checkKind(isMethod, 'search', "a name, or an object like { method: 'tpe' }", search);
  const own: Readonly<Record<string, unknown>> = typeof search === 'string' ? { method: search } : { ...search };
  const name = checkName('search', own.method, SEARCHES);
  const most = { ...(trials !== undefined && { trials }), ...(budget !== undefined && { budget }) };
  return { space, ...objective, epochs, seed, method: methodOf(name, own, space, { epochs, seed }, most) };
}

function methodOf(
  name: SearchName,
  own: Readonly<Record<string, unknown>>,
  space: CheckedSpace,
  { epochs, seed }: { readonly epochs: number; readonly seed: number },
  most: { readonly trials?: number; readonly budget?: number },
): Method {
  const option = (key: string, byDefault: number, least: number): number => {
    const { [key]: value = byDefault } = own;
    checkInteger(`search: ${key}`, value, least);
    return value as number;
  };
  const only = (...keys: string[]) => checkOptions('search', own, ['method', ...keys]);
  const several = (): number => {
    const { trials = Math.floor((most.budget ?? 0) / epochs) } = most;
    if (trials < 1)
      throw new RangeError(
        most.budget === undefined
          ? `search '${name}' needs trials, or a budget of epochs`
          : `budget must be at least the ${epochs} epochs of one trial, got ${show(most.budget)}`,
      );
    return Math.min(trials, MOST);
  };
  if (name === 'grid') {
    only();
    const method = grid(space, epochs);
    if (method.trials > (most.trials ?? MOST) || method.epochs > (most.budget ?? Number.POSITIVE_INFINITY))
      throw new RangeError(
        `a grid of this space has ${method.trials} trials with ${method.epochs} epochs in all: give fewer values, or another search`,
      );
    return method;
  }
  if (name === 'random') {
    only();
    return random(space, epochs, several(), seed);
  }
  const learning = (): Tpe => ({
    seed,
    startup: option('startup', 10, 1),
    generation: option('generation', 4, 1),
    candidates: option('candidates', 24, 1),
  });
  if (name === 'tpe') {
    only(...TPE_OPTIONS);
    return tpe(space, epochs, several(), learning());
  }
  only('factor', 'minEpochs', 'draws', ...TPE_OPTIONS);
  const learns = checkName('draws of the search', own.draws ?? 'random', DRAWS) === 'tpe';
  const idle = TPE_OPTIONS.find((key) => !learns && key in own);
  if (idle !== undefined) throw new RangeError(`search: ${idle} counts only with draws: 'tpe'`);
  const race = { epochs, factor: option('factor', 3, 2), minEpochs: option('minEpochs', 1, 1) };
  if (race.minEpochs > epochs) throw new RangeError(`search: minEpochs must be at most epochs ${epochs}`);
  const how = learning();
  const draws = (): Draws => (learns ? new TpeDraws(space, how) : atRandom(space, seed));
  if (name === 'hyperband') return hyperband(draws, race, most);
  if (most.budget === undefined) several();
  return halving(draws, race, most);
}
