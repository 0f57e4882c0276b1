/** Hands of this program: a function that computes trials where it is called. */
import { checkInteger, checkKind } from '../validate.ts';
import type { Hands } from './job.ts';
import { checkpointsOf, perform, type Run, type Store } from './perform.ts';
import type { Settings } from './settings.ts';
import { inMemory } from './stores.ts';

/** Options of {@link functions}. */
export interface FunctionsOptions<S = Settings> {
  /** Computes a trial. */
  readonly run: Run<S>;
  /** The key under which a number that `run` returns is recorded. Default `'value'`. */
  readonly key?: string;
  /** Calls of `run` at a time: more than one only helps functions that wait for something. Default 1. */
  readonly workers?: number;
  /** Keeps checkpoints. Default: in memory. @internal */
  readonly store?: Store;
}

/**
 * Hands that call a function of this program.
 *
 * @throws TypeError or RangeError for wrong options
 * @category Sweeps
 * @example
 * ```ts
 * import { functions, sweep } from 'simdescent/sweep';
 * const hands = functions({ run: ({ settings: { x } }) => Number(x) ** 2, key: 'loss' });
 * const { best } = await sweep({ space: { x: [-1, 0, 1] }, objective: 'loss', hands });
 * console.log(best?.settings.x); // 0
 * ```
 */
export function functions<S = Settings>(options: FunctionsOptions<S>): Hands {
  const { run, key = 'value', workers = 1, store = inMemory() } = options;
  checkKind(typeof run === 'function', 'run', 'a function', run);
  checkInteger('workers', workers, 1);
  const removals: Promise<void>[] = [];
  return {
    capacity: workers,
    compute: (job, { signal, onEpoch }) =>
      perform(run as Run, job, { key, worker: 'this program', signal, store, onEpoch }),
    dismiss(worker, reason) {
      throw new Error(`${worker} does not compute the same twice: ${reason}`);
    },
    forget(trials) {
      for (const trial of trials) removals.push(store.remove(checkpointsOf(trial)));
    },
    async close() {
      await Promise.all(removals);
    },
  };
}
