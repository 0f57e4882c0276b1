/** A search, by asking for jobs and telling what came of them. */
import { Printed } from '../printed.ts';
import { sha256Of } from '../sha256.ts';
import { encodeUtf8 } from '../utf8.ts';
import { checkKind, checkOptions, isError, isObject, printable } from '../validate.ts';
import { checkOutcome, failure, type Job, type Outcome, outcomeIn } from './job.ts';
import type { Batches, Request } from './methods/method.ts';
import { digestOfHistory } from './perform.ts';
import { type Aim, type Plan, planOf, SEARCH_OPTIONS, type SearchOptions } from './plan.ts';
import type { Settings } from './settings.ts';
import type { Space } from './space.ts';

/** A trial with the latest that is known of it. */
export interface Trial<S = Settings> extends Outcome {
  /** Its number, from 0. */
  readonly trial: number;
  /** Its settings. */
  readonly settings: S;
  /** Epochs that it was given. */
  readonly epochs: number;
  /** The objective after the last of its epochs; NaN if it failed. */
  readonly value: number;
}

/** The score of trials whose value is no number. */
const WORST = Number.POSITIVE_INFINITY;

/** The size of a search. */
export interface Total {
  /** How many there are. */
  readonly trials: number;
  /** Of all trials together. */
  readonly epochs: number;
}

/** A search under way. Made by {@link search}. */
export class Search extends Printed {
  readonly #plan: Plan;
  readonly #batches: Batches;
  readonly #trials = new Map<number, Trial>();
  /** The requests of this batch, which of them have been asked for, and their scores. */
  #batch: readonly Request[] = [];
  #asked = 0;
  #scores: (number | undefined)[] = [];
  #told = 0;
  #done = false;
  #best: Trial | undefined;
  readonly #onBatch: ((requests: readonly Request[]) => void) | undefined;

  /** @internal */
  constructor(plan: Plan, onBatch?: (requests: readonly Request[]) => void) {
    super();
    this.#plan = plan;
    this.#batches = plan.method.batches();
    this.#onBatch = onBatch;
    this.#advance([]);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Search';
  }

  /** `Search of 12 trials for val_loss (min)`. */
  toString(): string {
    const { key, mode } = this.objective;
    return `Search of ${this.total.trials} trials for ${key} (${mode})`;
  }

  /** Trials in all, and epochs of all of them together. */
  get total(): Total {
    const { trials, epochs } = this.#plan.method;
    return { trials, epochs };
  }

  /** The key of the objective, and its direction. */
  get objective(): Aim {
    const { key, mode } = this.#plan;
    return { key, mode };
  }

  /** Whether all results are in. */
  get done(): boolean {
    return this.#done;
  }

  /** All trials that have a result, by number. */
  get trials(): readonly Trial[] {
    return [...this.#trials.values()].sort((a, b) => a.trial - b.trial);
  }

  /** The best of the trials that have had the most epochs; of equal ones the first. Undefined before the first result that is a number. */
  get best(): Trial | undefined {
    return this.#best;
  }

  /** What is known of a trial. */
  trial(number: number): Trial | undefined {
    return this.#trials.get(number);
  }

  /**
   * The next job; undefined if none can be known before the results of others, or if the search is done. Jobs that have been asked for may be computed in
   * any order, at the same time.
   */
  ask(): Job | undefined {
    while (this.#scores[this.#asked] !== undefined) this.#asked++;
    const request = this.#batch[this.#asked];
    if (request === undefined) return undefined;
    this.#asked++;
    const before = this.#trials.get(request.trial);
    const from = before && outcomeIn(before);
    return { ...request, ...(from && { from }), keep: request.epochs < this.#plan.epochs };
  }

  /**
   * The result of a job, or only the value of the objective, or the Error for which the trial failed.
   *
   * @throws TypeError or RangeError for a result that does not fit the job, or without the objective; Error for a job that is not under way
   */
  tell(job: Job, result: Outcome | number | Error): void {
    const index = this.#batch.findIndex(({ trial, epochs }) => trial === job.trial && epochs === job.epochs);
    if (index < 0 || index >= this.#asked || this.#scores[index] !== undefined)
      throw new Error(`trial ${job.trial} with ${job.epochs} epochs is not under way`);
    const { key, mode } = this.#plan;
    const outcome =
      typeof result === 'number' ? onlyValue(key, result, job) : isError(result) ? failure(result, '') : result;
    checkOutcome(outcome, job);
    const value = outcome.failed === undefined ? objectiveIn(outcome, key) : Number.NaN;
    const { trial, settings, epochs } = job;
    const told = { trial, settings, epochs, value, ...outcomeIn(outcome) };
    this.#trials.set(trial, told);
    // what it was with fewer epochs no longer counts
    this.#best =
      this.#best?.trial === trial
        ? [...this.#trials.values()].reduce<Trial | undefined>((best, one) => betterOf(best, one, mode), undefined)
        : betterOf(this.#best, told, mode);
    const score = mode === 'min' ? value : -value;
    this.#scores[index] = Number.isNaN(score) ? WORST : score;
    if (++this.#told === this.#batch.length) this.#advance(this.#scores.map((one = 0) => one));
  }

  /** SHA-256 over the settings and digests of all trials, in the order of their numbers: the same whoever computed them. */
  digest(): Promise<string> {
    return digestOfTrials(this.trials);
  }

  #advance(scores: readonly number[]): void {
    for (let given = scores; ; ) {
      const next = this.#batches.next(given);
      this.#batch = next.done === true ? [] : next.value;
      this.#done = next.done === true;
      // a trial that failed fails again, so nobody computes it
      this.#scores = this.#batch.map(({ trial }) =>
        this.#trials.get(trial)?.failed === undefined ? undefined : WORST,
      );
      this.#asked = 0;
      this.#told = this.#scores.filter((one) => one !== undefined).length;
      if (this.#done || this.#told < this.#batch.length) break;
      given = this.#batch.map(() => WORST);
    }
    this.#onBatch?.(this.#batch);
  }
}

/** Why a result has no objective; undefined if it has one. */
export const lacksObjective = ({ history }: Outcome, key: string): RangeError | undefined =>
  Object.hasOwn(history, key)
    ? undefined
    : new RangeError(`objective: '${key}' is not among ${Object.keys(history).sort().map(printable).join(', ')}`);

/** The objective at the last epoch. @throws RangeError if the history has no such key */
function objectiveIn(outcome: Outcome, key: string): number {
  const lack = lacksObjective(outcome, key);
  if (lack) throw lack;
  return outcome.history[key]?.at(-1) ?? Number.NaN;
}

/** The better of two trials: more epochs, then a better value, then the lower number. A value that is no number is never the best. */
function betterOf(a: Trial | undefined, b: Trial, mode: 'min' | 'max'): Trial | undefined {
  if (Number.isNaN(b.value)) return a;
  if (a === undefined || b.epochs > a.epochs) return b;
  if (b.epochs < a.epochs || a.value === b.value) return b.epochs === a.epochs && b.trial < a.trial ? b : a;
  return (mode === 'min') === b.value < a.value ? b : a;
}

export function digestOfTrials(trials: readonly Pick<Trial, 'trial' | 'settings' | 'epochs' | 'digest'>[]) {
  const lines = trials.map((one) => `${JSON.stringify([one.trial, one.epochs, one.settings, one.digest])}\n`);
  return sha256Of([encodeUtf8(lines.join(''))]);
}

function onlyValue(key: string, value: number, job: Job): Outcome {
  const before = job.from?.history[key] ?? [];
  const history = { [key]: [...before, value] };
  return { history, digests: [], digest: digestOfHistory(history), seconds: [...before.map(() => 0), 0], worker: '' };
}

/**
 * A search to ask and tell, for programs that compute trials in their own way.
 *
 * @throws TypeError or RangeError that names the option or the setting, before anything runs
 * @category Sweeps
 * @example
 * ```ts
 * import { search } from 'simdescent/sweep';
 * const lowest = search({ space: { x: { uniform: [-1, 1] } }, objective: 'loss', search: 'tpe', trials: 30 });
 * for (let job = lowest.ask(); job !== undefined; job = lowest.ask()) {
 *   const x = Number(job.settings.x);
 *   lowest.tell(job, (x - 0.3) ** 2);
 * }
 * console.log(lowest.best?.settings, await lowest.digest());
 * ```
 */
export function search(options: SearchOptions<Space>): Search {
  checkOptions('search', options, SEARCH_OPTIONS);
  checkKind(isObject(options), 'options', 'an object', options);
  return new Search(planOf(options));
}
