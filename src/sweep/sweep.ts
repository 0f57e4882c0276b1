/** A sweep from its options to its result. */
import { nodeFiles } from '../files/modules.ts';
import { checkInteger, checkKind, checkNumber, checkOptions, checkSignal, several, show } from '../validate.ts';
import { VERSION } from '../version.ts';
import { Drive, type Watcher } from './drive.ts';
import { functions } from './functions.ts';
import { describeTrial, type Hands } from './job.ts';
import { Journal } from './journal.ts';
import type { Run } from './perform.ts';
import { type Aim, planOf, SEARCH_OPTIONS, type SearchOptions } from './plan.ts';
import type { Trial } from './search.ts';
import type { SettingsOf, Space } from './space.ts';
import { inFolder } from './stores.ts';

/** Options of {@link sweep}. */
export interface SweepOptions<S extends Space = Space> extends SearchOptions<S>, Watcher {
  /** Computes a trial in this program. Default: `hands` do. */
  readonly run?: Run<SettingsOf<S>>;
  /** Compute trials elsewhere. They are closed at the end. Default: `run` does. */
  readonly hands?: Hands;
  /** Calls of `run` at a time. Default 1. */
  readonly workers?: number;
  /** Folder of the journal, from which a sweep goes on, and of checkpoints. Node, Bun and Deno only. Default none: everything is kept in memory. */
  readonly out?: string;
  /** Whether to go on from the journal in `out`, if there is one. Default false: a folder with a journal is refused. */
  readonly resume?: boolean;
  /** Whatever else decides the results, as plain JSON: data, versions of your own code. A journal with another value is refused. Default none. */
  readonly about?: unknown;
  /** The share of trials that another worker computes a second time, from 0 to 1. Default 0. */
  readonly verify?: number;
  /** Stops the sweep: it rejects with the signal's reason. What is in the journal stays. Default none. */
  readonly signal?: AbortSignal;
}

/** What came of a sweep. */
export interface SweepResult<S = Trial['settings']> {
  /** The key of the objective, and its direction. */
  readonly objective: Aim;
  /** All trials by number, each with the latest that is known of it. */
  readonly trials: readonly Trial<S>[];
  /** The best of the trials with the most epochs; undefined if no value is a number. */
  readonly best: Trial<S> | undefined;
  /** SHA-256 over the settings and digests of all trials, in the order of their numbers: the same whoever computed them. */
  readonly digest: string;
}

const OPTIONS = [
  ...SEARCH_OPTIONS,
  ...['run', 'hands', 'workers', 'out', 'resume', 'about', 'verify', 'signal', 'onEpoch', 'onTrial', 'onNote'],
];
const JOURNAL = 'journal.jsonl';
const CHECKPOINTS = 'checkpoints';

/** The first line of a journal. */
interface Head {
  readonly simdescent: string;
  readonly sweep: Readonly<Record<string, unknown>>;
}

/**
 * Computes all trials of a search. A trial is a function of its settings, and decisions depend on trials and their results alone, so the result and its `digest` are the
 * same for any number of workers, in any order, and after any number of interruptions.
 *
 * A trial whose training throws has failed: the sweep goes on without it, and the result says why. Searches take it for the worst.
 *
 * @throws TypeError or RangeError that names the option or the setting, before anything runs; Error if all trials failed, if workers cannot compute at all, or if the journal cannot be
 * written or does not fit; the signal's reason
 * @category Sweeps
 * @example
 * ```ts
 * import { layers, optimizers, sequential } from 'simdescent';
 * import { sweep } from 'simdescent/sweep';
 * const x = Array.from({ length: 64 }, (_, i) => [i / 32 - 1]);
 * const y = x.map(([a = 0]) => [a * a]);
 * const { best, digest } = await sweep({
 *   space: { learningRate: { log: [1e-3, 0.3] }, units: { integer: [2, 16] } },
 *   objective: 'loss',
 *   search: 'random',
 *   trials: 8,
 *   epochs: 5,
 *   async run({ settings: { learningRate, units }, fit }) {
 *     const model = sequential([
 *       layers.dense({ units, activation: 'tanh', inputShape: [1] }),
 *       layers.dense({ units: 1 }),
 *     ], { seed: 1 });
 *     model.compile({ optimizer: optimizers.adam({ learningRate }), loss: 'mse' });
 *     await model.fit(x, y, fit);
 *   },
 * });
 * console.log(best?.settings, best?.value, digest);
 * ```
 */
export async function sweep<const S extends Space>(options: SweepOptions<S>): Promise<SweepResult<SettingsOf<S>>> {
  checkOptions('sweep', options, OPTIONS);
  const { run, workers, out, resume = false, about, verify = 0, signal } = options;
  checkNumber('verify', verify, 0, 1);
  checkSignal(signal);
  checkKind(out === undefined || (typeof out === 'string' && out !== ''), 'out', 'the path of a folder', out);
  if (workers !== undefined) checkInteger('workers', workers, 1);
  if ((run === undefined) === (options.hands === undefined))
    throw new TypeError(`sweep needs run or hands, got ${run === undefined ? 'neither' : 'both'}`);
  const plan = planOf(options);
  const { space, search = 'grid', trials, budget } = options;
  const { key, mode, epochs, seed } = plan;
  const head: Head = {
    simdescent: VERSION,
    sweep: { space, objective: { key, mode }, search, trials, budget, epochs, seed, about },
  };
  const at = (name: string): string => nodeFiles('out').path.join(out ?? '', name);
  const journal = out === undefined ? undefined : await Journal.open(at(JOURNAL));
  const store = out === undefined ? undefined : inFolder(at(CHECKPOINTS));
  const hands =
    options.hands ??
    functions({ run: run as Run<SettingsOf<S>>, key, ...(workers && { workers }), ...(store && { store }) });
  try {
    if (journal !== undefined) await begin(journal, head, resume, options.onNote);
    const entries = journal?.entries.slice(1) ?? [];
    const watching = signal ?? new AbortController().signal;
    const drive = new Drive({ plan, hands, journal, verify, signal: watching, watcher: options }, entries);
    const done = await drive.run();
    await store?.remove('trial-');
    const { objective, best, trials: found } = done;
    const [first] = found;
    if (first !== undefined && found.every(({ failed }) => failed !== undefined))
      throw new Error(`all ${found.length} trials failed; ${describeTrial(first)}: ${first.failed}`);
    return { objective, trials: found, best, digest: await done.digest() } as SweepResult<SettingsOf<S>>;
  } finally {
    await hands.close();
    await journal?.close();
  }
}

/** Writes the head of a new journal, or compares that of an old one. */
async function begin(journal: Journal, head: Head, resume: boolean, note?: (text: string) => void): Promise<void> {
  const [first] = journal.entries as readonly Partial<Head>[];
  if (first === undefined) return journal.append(head);
  if (!resume) throw new Error(`${journal.path} is there already: resume it, or give another folder`);
  if (first.simdescent !== head.simdescent)
    throw new Error(
      `${journal.path} is of simdescent ${show(first.simdescent)}, and this is ${head.simdescent}, which may give other bits: go on with that version, or begin again`,
    );
  const [was, is] = [first.sweep ?? {}, head.sweep];
  const other = Object.keys(is).find((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]));
  if (other !== undefined)
    throw new Error(
      `${journal.path} is of another sweep: its ${other} is ${JSON.stringify(was[other])}, not ${JSON.stringify(is[other])}`,
    );
  if (journal.leftOut > 0)
    note?.(
      `${journal.path}: a write did not end, so ${several(journal.leftOut, 'byte')} behind line ${journal.entries.length} are left out, and the trials in them computed again`,
    );
}
