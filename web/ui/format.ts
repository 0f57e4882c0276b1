/** Numbers as people read them. */

/** `60,000`. Without Intl, which takes some 10 ms to make its first format. */
export const count = (value: number): string => value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
export const decimals = (value: number | undefined, digits = 4): string =>
  value === undefined ? '–' : Number.isFinite(value) ? value.toFixed(digits) : Number.isNaN(value) ? 'NaN' : '∞';
export const percent = (value: number, digits = 1): string => `${(100 * value).toFixed(digits)} %`;

/** `1.9 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  return value < 1e6 ? `${(value / 1e3).toFixed(0)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** `2 min 5 s`, for how long it will still take. */
export function duration(seconds: number): string {
  const s = Math.max(1, Math.ceil(seconds));
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = { '-': '⁻' };
const superscript = (text: string): string =>
  Array.from(text, (one) => SUPERSCRIPTS[one] ?? '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(one)] ?? '').join('');

/** Six digits, with a power of ten for what is very small or large: `−1.234567·10⁻⁵`. */
export function scientific(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e-3 && size < 1e5) return sign + size.toPrecision(6);
  const [mantissa = '', exponent = ''] = size.toExponential(5).split('e');
  return `${sign}${mantissa}·10${superscript(exponent.replace('+', ''))}`;
}
