/** Ranges of settings as they are typed: `1e-4..1e-1:log:8`, `1..3`, `0.1,0.2`, `relu,gelu`. Commander puts the name of the flag before the message. */
import { InvalidArgumentError } from 'commander';
import type { Range, SettingValue } from '../../sweep/index.ts';
import { units } from '../numbers.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const FORM = 'Expected values like 0.1,0.2, a range like 1e-4..1e-1:log or 1..3, with :8 for eight steps.';

function numberIn(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InvalidArgumentError(FORM);
  return value;
}

const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text);

/** `LOW..HIGH`, then `:log` and a number of steps in any order. Ends without a point or exponent make a range of integers. */
function rangeIn(text: string): Range {
  const [ends = '', ...words] = text.split(':');
  const [low = '', high = '', ...more] = ends.split('..').map((end) => end.trim());
  const steps = words.filter((word) => isInteger(word));
  const log = words.includes('log');
  if (more.length > 0 || steps.length > 1 || words.length !== steps.length + (log ? 1 : 0))
    throw new InvalidArgumentError(FORM);
  const pair = [numberIn(low), numberIn(high)] as const;
  const count = steps[0] === undefined ? {} : { steps: Number(steps[0]) };
  if (isInteger(low) && isInteger(high) && steps.length === 0) return { integer: pair, ...(log && { log }) };
  return log ? { log: pair, ...count } : { uniform: pair, ...count };
}

const valueIn = (text: string): SettingValue => {
  if (text === 'true' || text === 'false') return text === 'true';
  return NUMBER.test(text) ? numberIn(text) : text;
};

/** A range, or values between commas. */
function range(text: string): Range {
  if (text.includes('..')) return rangeIn(text);
  const values = text.split(',').map((part) => part.trim());
  if (values.includes('')) throw new InvalidArgumentError(FORM);
  return values.map(valueIn);
}

/** The same for numbers only. */
export function numbers(text: string): Range {
  const read = range(text);
  if (Array.isArray(read) && read.some((value) => typeof value !== 'number')) throw new InvalidArgumentError(FORM);
  return read;
}

/** Hidden layers of several networks: `300,100;128;none`. */
export const networks = (text: string): number[][] => text.split(';').map((part) => units(part.trim()));

/** `NAME=RANGE`, which may be given several times. */
export function vary(text: string, before: Readonly<Record<string, Range>> = {}): Record<string, Range> {
  const at = text.indexOf('=');
  const name = text
    .slice(0, at)
    .trim()
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (at < 1 || name === '')
    throw new InvalidArgumentError('Expected a setting and its values, as in momentum=0.8..0.99.');
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`'${name}' is there twice.`);
  return { ...before, [name]: range(text.slice(at + 1).trim()) };
}

/** `KEY` or `KEY:min`, `KEY:max`. */
export function objective(text: string): string {
  if (!/^[^:]+(:(min|max))?$/.test(text))
    throw new InvalidArgumentError('Expected a key like val_accuracy, or val_accuracy:max.');
  return text;
}
