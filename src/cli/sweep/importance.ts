/** How much each setting matters, and values of settings in groups, as the report shows them. */
import type { SettingValue, Trial } from '../../sweep/index.ts';
import { shownValue } from './text.ts';

/** A group of values of a setting: one value, or neighbours. */
export interface Group {
  readonly label: string;
  has(value: SettingValue | undefined): boolean;
}

/** The values of a setting in at most `most` groups if they are numbers, with about as many trials in each; other values one by one. */
export function groupsOf(trials: readonly Pick<Trial, 'settings'>[], name: string, most: number): Group[] {
  const values = trials.flatMap(({ settings }) => (name in settings ? [settings[name] as SettingValue] : []));
  const kinds = new Map(values.map((value) => [JSON.stringify(value), value]));
  const missing = values.length < trials.length;
  const none: Group[] = missing ? [{ label: 'none', has: (value) => value === undefined }] : [];
  const numeric = values.every((value) => typeof value === 'number');
  if (!numeric || kinds.size <= most) {
    const sorted = [...kinds].sort(([, a], [, b]) => (numeric ? Number(a) - Number(b) : 0));
    const groups = sorted.map(([text, value]) => ({
      label: shownValue(value),
      has: (other: SettingValue | undefined) => JSON.stringify(other) === text,
    }));
    return [...groups, ...none];
  }
  const sorted = values.map(Number).sort((a, b) => a - b);
  const starts = Array.from({ length: most }, (_, i) => sorted[Math.floor((i * sorted.length) / most)] ?? 0);
  const bounds = [...new Set(starts)];
  const groups = bounds.map((low, i) => {
    const next = bounds[i + 1];
    const high = next === undefined ? sorted.at(-1) : sorted.findLast((value) => value < next);
    return {
      label: low === high ? short(low) : `${short(low)} to ${short(high ?? low)}`,
      has: (value: SettingValue | undefined) =>
        typeof value === 'number' && value >= low && (next === undefined || value < next),
    };
  });
  return [...groups, ...none];
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Ranks of values from 0, equal ones sharing the mean of theirs; NaN is the worst. */
function ranksOf(values: readonly number[], mode: 'min' | 'max'): number[] {
  const score = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : mode === 'min' ? value : -value);
  const scores = values.map(score);
  return scores.map((own) => {
    const [below, equal] = [scores.filter((one) => one < own).length, scores.filter((one) => one === own).length];
    return below + (equal - 1) / 2;
  });
}

/** Epochs that at least half of the trials have had: those with fewer cannot be compared with the others. */
export function comparedAt(trials: readonly Trial[]): number {
  const counts = trials.map(({ seconds }) => seconds.length).sort((a, b) => b - a);
  return counts[Math.ceil(counts.length / 2) - 1] ?? 0;
}

const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / Math.max(1, list.length);

/** The sum of squares around the mean. */
const squares = (list: readonly number[]) => {
  const middle = mean(list);
  return list.reduce((sum, one) => sum + (one - middle) ** 2, 0);
};

/**
 * The share of the variance of the trials' ranks that the groups of each setting explain, less what as many groups would explain by chance (adjusted R squared of a
 * one-way analysis of variance), at least 0. Trials are ranked after as many epochs as at least half of them have had, and the others left out. Interactions count for
 * none of the settings, so shares need not add up to 1.
 */
export function importance(
  trials: readonly Trial[],
  names: readonly string[],
  { key, mode }: { key: string; mode: 'min' | 'max' },
) {
  const epochs = comparedAt(trials);
  const counted = trials.filter(({ seconds }) => seconds.length >= epochs);
  const ranks = ranksOf(
    counted.map(({ history }) => history[key]?.[epochs - 1] ?? Number.NaN),
    mode,
  );
  const total = squares(ranks) / (ranks.length - 1);
  // about five trials in each group: fewer say little
  const most = Math.min(6, Math.max(2, Math.floor(counted.length / 5)));
  return names
    .map((name) => {
      const groups = groupsOf(counted, name, most).map((group) =>
        ranks.filter((_, i) => group.has(counted[i]?.settings[name])),
      );
      const filled = groups.filter((group) => group.length > 0);
      const free = ranks.length - filled.length;
      if (free < 1 || !(total > 0)) return { name, share: 0 };
      const within = filled.reduce((sum, group) => sum + squares(group), 0) / free;
      return { name, share: Math.max(0, 1 - within / total) };
    })
    .sort((a, b) => b.share - a.share);
}
