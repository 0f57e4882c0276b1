/** Trials as lines and tables of text. */
import type { Trial } from '../../sweep/index.ts';
import { textTable } from '../../text-table.ts';
import { several, shorten } from '../../validate.ts';
import { decimals, shortDigest } from '../report/text.ts';

/** A value of a setting as it is shown: numbers with at most six digits. */
export function shownValue(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(shownValue).join(',') || 'none';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}

/** The settings that are not the same in all trials, in the order of the space. */
export function varying(trials: readonly Pick<Trial, 'settings'>[]): string[] {
  const names = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  const different = (name: string) => new Set(trials.map(({ settings }) => JSON.stringify(settings[name]))).size > 1;
  return names.filter(different);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export const secondsOf = ({ seconds }: Pick<Trial, 'seconds'>): number => total(seconds);

/** The best first; those with fewer epochs, values that are no numbers, and trials that failed, last. */
export function byValue(trials: readonly Trial[], mode: 'min' | 'max'): Trial[] {
  const score = ({ value }: Trial) =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : mode === 'min' ? value : -value;
  const failures = ({ failed }: Trial) => Number(failed !== undefined);
  return [...trials].sort(
    (a, b) => failures(a) - failures(b) || b.epochs - a.epochs || score(a) - score(b) || a.trial - b.trial,
  );
}

/** Whether a trial has a result. */
export const succeeded = ({ failed }: Trial): boolean => failed === undefined;

/** One line about a trial that is done. */
export function trialLine(trial: Trial, key: string, names: readonly string[]): string {
  const settings = names.flatMap((name) =>
    name in trial.settings ? [`${name} ${shownValue(trial.settings[name])}`] : [],
  );
  const epochs = several(trial.epochs, 'epoch');
  const result =
    trial.failed === undefined
      ? [`${key} ${decimals(trial.value, 4)}`, `${secondsOf(trial).toFixed(1)} s`]
      : [`failed: ${shorten(trial.failed, 200)}`];
  return `trial ${trial.trial}  ${[...settings, epochs, ...result].join('  ')}`;
}

/** The best trials, at most `most`. */
export function trialTable(
  trials: readonly Trial[],
  { key, mode }: { key: string; mode: 'min' | 'max' },
  most: number,
): string {
  const names = varying(trials);
  const rows = byValue(trials, mode).slice(0, most);
  const head = ['trial', ...names, 'epochs', key, 'seconds', 'digest'];
  const body = rows.map((row) => [
    String(row.trial),
    ...names.map((name) => shownValue(row.settings[name])),
    String(row.epochs),
    row.failed === undefined ? decimals(row.value, 4) : 'failed',
    secondsOf(row).toFixed(1),
    shortDigest(row.digest),
  ]);
  const more = trials.length > rows.length ? `\n… and ${trials.length - rows.length} more` : '';
  return `${textTable([head, ...body])}${more}`;
}
