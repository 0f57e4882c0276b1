/** Runs a search with hands: asks, has computed, writes down, verifies, tells. */
import { messageOf } from '../validate.ts';
import { draw } from './draw.ts';
import { checkOutcome, describeTrial, failure, type Hands, type Job, type Outcome, outcomeIn } from './job.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import { type Entry, entryFrom, plain, type Retraction } from './record.ts';
import { lacksObjective, Search, type Trial } from './search.ts';
import { firstDifference, upTo } from './verify.ts';

/** What is reported on the way. */
export interface Watcher {
  /** After each epoch, counted from 0, of a trial that is computed now. */
  onEpoch?(trial: number, epoch: number, logs: Readonly<Record<string, number>>): void;
  /** After each result, those of the journal included; `search` knows the best so far. */
  onTrial?(trial: Trial, search: Search): void;
  /** Something that somebody should know: a worker was stopped. */
  onNote?(text: string): void;
}

export interface DriveOptions {
  readonly plan: Plan;
  readonly hands: Hands;
  readonly journal: Journal | undefined;
  /** The share of trials that are computed twice. */
  readonly verify: number;
  readonly signal: AbortSignal;
  readonly watcher: Watcher;
}

const keyOf = ({ trial, epochs }: Pick<Job, 'trial' | 'epochs'>): string => `${trial}/${epochs}`;

/** Thrown where results turned out to be wrong: the search begins again with those that are left. */
class Retracted extends Error {}

export class Drive {
  readonly #options: DriveOptions;
  /** Results by trial and epochs. */
  readonly #known = new Map<string, Entry>();
  readonly #dismissed = new Set<string>();

  /** @param entries those of the journal, without its head */
  constructor(options: DriveOptions, entries: readonly object[]) {
    this.#options = options;
    for (const entry of entries) {
      if ('retract' in entry) this.#retract((entry as Retraction).retract);
      else {
        const read = entryFrom(entry);
        this.#known.set(keyOf(read), read);
      }
    }
  }

  async run(): Promise<Search> {
    for (;;) {
      try {
        return await this.#search();
      } catch (error) {
        if (!(error instanceof Retracted)) throw error;
      }
    }
  }

  async #search(): Promise<Search> {
    const { plan, hands, signal: outer, watcher } = this.#options;
    const stop = new AbortController();
    const abort = () => stop.abort(outer.reason);
    if (outer.aborted) abort();
    outer.addEventListener('abort', abort);
    let before: readonly number[] = [];
    const search = new Search(plan, (batch) => {
      const trials = batch.map(({ trial }) => trial);
      const going = new Set(trials);
      hands.forget?.(before.filter((trial) => !going.has(trial)));
      before = trials;
    });
    const tell = (job: Job, entry: Entry) => {
      search.tell(job, entry);
      const told = search.trial(job.trial);
      if (told !== undefined) watcher.onTrial?.(told, search);
    };
    const flying = new Set<Promise<void>>();
    const errors: unknown[] = [];
    // not a race of all that are under way: each race would leave something behind in every one of them
    let wake = () => {};
    const fly = (job: Job) => {
      const flight = this.#result(job, stop.signal)
        .then((entry) => tell(job, entry))
        .catch((error: unknown) => void errors.push(error))
        .finally(() => {
          flying.delete(flight);
          wake();
        });
      flying.add(flight);
    };
    try {
      while (!search.done) {
        stop.signal.throwIfAborted();
        while (flying.size < Math.max(1, hands.capacity)) {
          const job = search.ask();
          if (job === undefined) break;
          const known = this.#known.get(keyOf(job));
          // after a retraction a trial may get other settings
          if (known !== undefined && JSON.stringify(known.settings) === JSON.stringify(job.settings)) tell(job, known);
          else fly(job);
        }
        if (flying.size > 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (errors.length > 0) throw errors[0];
      }
      return search;
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(flying);
      throw outer.aborted ? outer.reason : error;
    } finally {
      outer.removeEventListener('abort', abort);
    }
  }

  /** Computes a job, a second time if it is among those to verify, and writes it down. */
  async #result(job: Job, signal: AbortSignal): Promise<Entry> {
    const { plan, hands, journal, verify } = this.#options;
    const outcome = await this.#compute(job, [], signal);
    const chosen = draw(hands.secret ?? plan.seed, 'verify', job.trial, 0) < verify;
    const { from } = job;
    // who goes on from another worker's checkpoint must agree with what that one said
    const fits =
      from === undefined ||
      outcome.failed !== undefined ||
      firstDifference(from, { ...upTo(outcome, from.seconds.length), digest: from.digest }) === undefined;
    // a failure may be the worker's own
    const doubted = chosen || !fits || (verify > 0 && outcome.failed !== undefined);
    const verified = doubted ? await this.#verify(job, outcome, signal) : undefined;
    const { trial, epochs, settings } = job;
    const entry: Entry = { trial, epochs, settings, ...outcome, ...(verified !== undefined && { verified }) };
    await journal?.append(plain(entry));
    this.#known.set(keyOf(job), entry);
    return entry;
  }

  async #compute(job: Job, avoid: readonly string[], signal: AbortSignal): Promise<Outcome> {
    const { plan, hands, watcher } = this.#options;
    try {
      const outcome: unknown = await hands.compute(job, {
        signal,
        avoid: [...avoid, ...this.#dismissed],
        onEpoch: (epoch, logs) => {
          if (!signal.aborted) watcher.onEpoch?.(job.trial, epoch, logs);
        },
      });
      signal.throwIfAborted();
      checkOutcome(outcome, job);
      const lack = outcome.failed === undefined ? lacksObjective(outcome, plan.key) : undefined;
      return lack ? failure(lack, outcome.worker) : outcomeIn(outcome);
    } catch (error) {
      signal.throwIfAborted();
      const message = messageOf(error);
      throw new Error(`${describeTrial(job)}: ${message}`, { cause: error });
    }
  }

  /**
   * Computes a job again by another worker, from the beginning. If the results differ, a third one decides who is wrong.
   *
   * @returns the worker that agrees
   */
  async #verify(job: Job, outcome: Outcome, signal: AbortSignal): Promise<string> {
    const fresh = { trial: job.trial, settings: job.settings, epochs: job.epochs, keep: false };
    const second = await this.#compute(fresh, [outcome.worker], signal);
    const differs = firstDifference(outcome, second);
    if (differs === undefined) return second.worker;
    const third = await this.#compute(fresh, [outcome.worker, second.worker], signal);
    const agrees = (other: Outcome): boolean => firstDifference(other, third) === undefined;
    const what = `${describeTrial(job)}: epoch ${differs + 1}`;
    if (agrees(outcome)) return this.#stop(second.worker, what, [outcome.worker, third.worker]);
    if (agrees(second))
      return this.#stop(this.#whoWasWrong(job, third) ?? outcome.worker, what, [second.worker, third.worker]);
    throw new Error(
      `${what} has three results of three workers: ${[outcome, second, third].map((one) => one.worker).join(', ')}`,
    );
  }

  /** The worker of an earlier job of this trial, from whose wrong checkpoint an honest one may have gone on. */
  #whoWasWrong({ trial }: Job, truth: Outcome): string | undefined {
    if (truth.failed !== undefined) return undefined;
    const earlier = [...this.#known.values()].filter((entry) => entry.trial === trial);
    const wrong = earlier.filter((entry) => {
      const { length } = entry.seconds;
      return (
        firstDifference(entry, { ...upTo(truth, length), digest: truth.digests[length - 1] ?? entry.digest }) !==
        undefined
      );
    });
    return wrong.sort((a, b) => a.epochs - b.epochs)[0]?.worker;
  }

  async #stop(worker: string, what: string, others: readonly string[]): Promise<never> {
    const { hands, journal, watcher } = this.#options;
    const reason = `${what} differs from what ${others.join(' and ')} computed`;
    // two of its trials may be found out at the same time
    if (this.#dismissed.has(worker)) throw new Retracted(reason);
    hands.dismiss(worker, reason);
    const count = this.#retract(worker);
    const retraction: Retraction = { retract: worker, reason };
    await journal?.append(retraction);
    watcher.onNote?.(`worker ${worker} is stopped: ${reason}; ${count} of its results are computed again`);
    throw new Retracted(reason);
  }

  /** Forgets what a worker computed, and what went on from there. */
  #retract(worker: string): number {
    this.#dismissed.add(worker);
    const wrong = [...this.#known.values()].filter((entry) => entry.worker === worker);
    const from = new Map<number, number>();
    for (const { trial, epochs } of wrong) from.set(trial, Math.min(epochs, from.get(trial) ?? epochs));
    for (const entry of this.#known.values())
      if (entry.epochs >= (from.get(entry.trial) ?? Number.POSITIVE_INFINITY)) this.#known.delete(keyOf(entry));
    return wrong.length;
  }
}
