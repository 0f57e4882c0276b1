/**
 * The values of one setting on the unit interval, so that every search draws alike. The logarithms are our own: `Math.log` and `Math.exp` differ between
 * engines, and settings decide bits.
 */
import { exp, log } from '../scalars.ts';
import { checkKind, show } from '../validate.ts';
import type { SettingValue, Values } from './settings.ts';

/** More integers are not listed. */
const MOST_LISTED = 1_000_000;

const listed = (values: readonly SettingValue[], ordered: boolean): Values => ({
  at: (place) => values[Math.min(values.length - 1, Math.floor(place * values.length))] ?? 0,
  values,
  ordered,
});

const isValue = (value: unknown): value is SettingValue =>
  Array.isArray(value)
    ? value.every(isValue)
    : (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'string' || typeof value === 'boolean';

export function choiceOf(name: string, values: readonly unknown[]): Values {
  if (values.length === 0) throw new RangeError(`${name} must have a value, got none`);
  const seen = new Set<string>();
  for (const value of values) {
    checkKind(isValue(value), name, 'finite numbers, strings, booleans or lists of them', value);
    const text = JSON.stringify(value);
    if (seen.has(text)) throw new RangeError(`${name} has the value ${show(value)} twice`);
    seen.add(text);
  }
  return listed(values as readonly SettingValue[], false);
}

/** Six significant digits, more where a range is narrow: its ends may differ in the seventh. */
function digitsOf(low: number, high: number): number {
  const most = Math.max(Math.abs(low), Math.abs(high));
  let digits = 6;
  for (let width = high - low; 2 * width < most && digits < 17; width *= 10) digits++;
  return digits;
}

export function realsOf([low, high]: readonly [number, number], logarithmic: boolean, steps?: number): Values {
  const digits = logarithmic ? digitsOf(1, high / low) : digitsOf(low, high);
  const [first, last] = logarithmic ? [log(low), log(high)] : [low, high];
  const at = (place: number): number => {
    const along = first + (last - first) * place;
    const value = Number((logarithmic ? exp(along) : along).toPrecision(digits));
    return Math.min(high, Math.max(low, value));
  };
  if (steps === undefined) return { at, values: undefined, ordered: true };
  const inner = Array.from({ length: steps - 2 }, (_, i) => at((i + 1) / (steps - 1)));
  return listed([low, ...inner, high], true);
}

export function integersOf(
  name: string,
  [low, high]: readonly [number, number],
  step: number,
  logarithmic: boolean,
): Values {
  const count = Math.floor((high - low) / step) + 1;
  if (count < 2) throw new RangeError(`${name}: step must leave two values from ${low} to ${high}, got ${step}`);
  const value = (index: number): number => low + step * Math.min(count - 1, Math.max(0, index));
  const values = count > MOST_LISTED ? undefined : Array.from({ length: count }, (_, i) => value(i));
  if (!logarithmic) return { at: (place) => value(Math.floor(place * count)), values, ordered: true };
  // each integer has the logarithms from half a step below to half a step above
  const [first, last] = [log(low - Math.min(0.5 * step, 0.5 * low)), log(value(count - 1) + 0.5 * step)];
  const at = (place: number): number => value(Math.round((exp(first + (last - first) * place) - low) / step));
  return { at, values, ordered: true };
}
