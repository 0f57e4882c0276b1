/** What a sweep leaves behind, as plain data: `sweep.json`, and what the others are made of. */

import { jsonNumber } from '../../json-numbers.ts';
import type { Trial } from '../../sweep/index.ts';
import { csvField } from '../report/csv.ts';
import type { Spec } from './spec.ts';
import { secondsOf } from './text.ts';

export interface SweepRecord {
  /** Version of the package. */
  readonly simdescent: string;
  /** The command line that does it again. */
  readonly command: string;
  readonly spec: Spec;
  readonly objective: { readonly key: string; readonly mode: 'min' | 'max' };
  /** Of the whole sweep; empty if it was stopped. */
  readonly digest: string;
  readonly stopped: boolean;
  /** ISO 8601. */
  readonly date: string;
  readonly workers: number;
  /** Wall-clock seconds of this run of the command. */
  readonly seconds: number;
  readonly machine: Readonly<Record<string, string | number>>;
  /** Number of the best trial; null if there is none. */
  readonly best: number | null;
  readonly trials: readonly Trial[];
}

/** JSON has no NaN: it is text there, as in the journal, so that all of it can be read back. */
export function sweepJson(record: SweepRecord): string {
  const trials = record.trials.map((trial) => ({
    ...trial,
    value: jsonNumber(trial.value),
    history: Object.fromEntries(Object.entries(trial.history).map(([key, values]) => [key, values.map(jsonNumber)])),
  }));
  const { trials: _, ...rest } = record;
  // one line a trial: large sweeps stay readable, and differences show the trial
  const lines = trials.map((trial) => `    ${JSON.stringify(trial)}`).join(',\n');
  return `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "trials": [\n${lines}\n  ]\n}\n`;
}

/** One line for each trial: its settings, and the history after its last epoch, or why it failed. */
export function sweepCsv({ trials }: SweepRecord): string {
  const names = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  const keys = [...new Set(trials.flatMap(({ history }) => Object.keys(history)))].sort();
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(value ?? ''));
  const lines = trials.map((trial) => [
    trial.trial,
    ...names.map((name) => text(trial.settings[name])),
    trial.epochs,
    ...keys.map((key) => trial.history[key]?.at(-1) ?? ''),
    secondsOf(trial),
    trial.digest,
    trial.worker,
    trial.failed ?? '',
  ]);
  return [['trial', ...names, 'epochs', ...keys, 'seconds', 'digest', 'worker', 'failed'], ...lines]
    .map((line) => `${line.map(csvField).join(',')}\n`)
    .join('');
}
