/** Texts of reports: numbers as a reader wants them, and text that is safe in SVG. */
import { escapeText } from '../markup.ts';
import { printable } from '../validate.ts';

/** The same of text that may hold anything. */
export const escaped = (text: string): string => escapeText(printable(text));

/** Four decimals, fewer of large numbers, an exponent for those that would not show. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'infinity' : '-infinity';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(size < 100 ? 4 : size < 10_000 ? 2 : 0);
}

/** A count, which weights may have made a fraction. */
export const counted = (count: number): string => String(Number(count.toFixed(2)));

/** A share of a whole. */
export const percent = (share: number): string => `${(100 * share).toFixed(share === 1 ? 0 : 1)} %`;
