/** How much each setting matters, and values of settings in groups, as the report shows them. */
import type { SettingValue, Trial } from '../../sweep/index.ts';
import { shownValue } from './text.ts';

/** A group of values of a setting: one value, or neighbours. */
export interface Group {
  readonly label: string;
  has(value: SettingValue | undefined): boolean;
}

/** Groups of a setting whose numbers are many. */
const MOST = 6;

/** The values of a setting in at most six groups if they are numbers, with about as many trials in each; other values one by one. */
export function groupsOf(trials: readonly Trial[], name: string): Group[] {
  const values = trials.flatMap(({ settings }) => (name in settings ? [settings[name] as SettingValue] : []));
  const kinds = new Map(values.map((value) => [JSON.stringify(value), value]));
  const missing = values.length < trials.length;
  const none: Group[] = missing ? [{ label: 'none', has: (value) => value === undefined }] : [];
  const numeric = values.every((value) => typeof value === 'number');
  if (!numeric || kinds.size <= MOST) {
    const sorted = [...kinds].sort(([, a], [, b]) => (numeric ? Number(a) - Number(b) : 0));
    const groups = sorted.map(([text, value]) => ({
      label: shownValue(value),
      has: (other: SettingValue | undefined) => JSON.stringify(other) === text,
    }));
    return [...groups, ...none];
  }
  const sorted = values.map(Number).sort((a, b) => a - b);
  const starts = Array.from({ length: MOST }, (_, i) => sorted[Math.floor((i * sorted.length) / MOST)] ?? 0);
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

/**
 * The share of the variance of the trials' ranks that the groups of each setting explain, less what as many groups would explain by chance (adjusted R squared of a
 * one-way analysis of variance), at least 0. Interactions count for none of the settings, so shares need not add up to 1.
 */
export function importance(trials: readonly Trial[], names: readonly string[], mode: 'min' | 'max') {
  const most = Math.max(...trials.map(({ epochs }) => epochs));
  const whole = trials.filter(({ epochs }) => epochs === most);
  // of a halving too few have all epochs: then all trials count, by what they had
  const counted = whole.length >= 2 * MOST ? whole : trials;
  const ranks = ranksOf(
    counted.map(({ value }) => value),
    mode,
  );
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / Math.max(1, list.length);
  const squares = (list: readonly number[]) => {
    const middle = mean(list);
    return list.reduce((sum, one) => sum + (one - middle) ** 2, 0);
  };
  const total = squares(ranks) / (ranks.length - 1);
  return names
    .map((name) => {
      const groups = groupsOf(counted, name).map((group) =>
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
