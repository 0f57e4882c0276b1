/** Checks of what callers pass. An Error is built only when something is wrong, and says what, what was expected and what came. */
import { nearest } from './nearest.ts';

const LONGEST = 100;
const MOST_CHARACTERS = 256;
const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const list = <T>(items: readonly T[], shown: (item: T) => string): string =>
  `[${items.slice(0, 10).map(shown).join(', ')}${items.length > 10 ? ', …' : ''}]`;

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** How a wrong value is shown in a message: short, whatever it is, because it may come from a hostile file. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${shorten(value)}'`;
  if (Array.isArray(value)) return shorten(list(value, (item) => (Array.isArray(item) ? '[..]' : show(item))));
  if (typeof value === 'function') return 'function';
  if (!isObject(value)) return shorten(String(value));
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' ? name : 'object';
}

/** A shape as `[32, 784]`; the batch axis may be written `..`. */
export const showShape = (shape: readonly (number | string)[]): string => list(shape, String);

/** For values of a wrong kind; `expected` is what they must be. */
export function checkKind(fits: boolean, name: string, expected: string, value: unknown): asserts fits {
  if (!fits) throw new TypeError(`${name} must be ${expected}, got ${show(value)}`);
}

export function checkNumber(
  name: string,
  value: unknown,
  minimum: number,
  maximum = Number.POSITIVE_INFINITY,
  kind: 'a finite number' | 'an integer' = 'a finite number',
): void {
  checkKind(typeof value === 'number', name, kind, value);
  // numbers end as float32
  const fits = kind === 'an integer' ? Number.isSafeInteger(value) : Number.isFinite(Math.fround(value));
  if (fits && value >= minimum && value <= maximum) return;
  const range = maximum === Number.POSITIVE_INFINITY ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
  throw new RangeError(
    `${name} must be ${kind} ${range}, got ${value}${!fits && Number.isFinite(value) && kind !== 'an integer' ? ', infinite as float32' : ''}`,
  );
}

/** A number in [0, 1): momenta, decay rates. */
export function checkFraction(name: string, value: unknown): void {
  checkNumber(name, value, 0, 1);
  if (value === 1) throw new RangeError(`${name} must be below 1, got 1`);
}

export function checkInteger(name: string, value: unknown, minimum: number, maximum?: number): void {
  checkNumber(name, value, minimum, maximum, 'an integer');
}

export function checkBoolean(name: string, value: unknown): void {
  checkKind(typeof value === 'boolean', name, 'true or false', value);
}

/** The typed arrays that data may come in. */
export const isTyped = (value: unknown): value is Float32Array | Float64Array | Int32Array | Uint8Array =>
  [Float32Array, Float64Array, Int32Array, Uint8Array].some((Kind) => value instanceof Kind);

/** An array, a typed array, or what is like them, of numbers. */
export function checkNumbers(name: string, values: unknown): void {
  if (isTyped(values)) return;
  const items = values as ArrayLike<unknown>;
  checkKind(isObject(values) && typeof items.length === 'number', name, 'an array of numbers', values);
  const wrong = Array.from(items).findIndex((value) => typeof value !== 'number');
  checkKind(wrong < 0, `${name}[${wrong}]`, 'a number', items[wrong]);
}

/** A name that messages and files repeat: one from a hostile file must not make them endless. */
export function checkLabel(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string, got ${show(value)}`);
  if (value.length > MOST_CHARACTERS)
    throw new RangeError(`${what} may have at most ${MOST_CHARACTERS} characters, got ${value.length}`);
}

export function checkSignal(signal: unknown): void {
  checkKind(signal === undefined || signal instanceof AbortSignal, 'signal', 'an AbortSignal', signal);
}

/** One of `names`, or an Error that names the nearest. */
export function checkName<T extends string>(what: string, value: unknown, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  checkKind(typeof value === 'string', what, 'a name', value);
  throw new RangeError(`unknown ${what} ${show(value)}${nearest(value.slice(0, LONGEST), names)}`);
}

/**
 * Which of `names` a string means, whatever its capitals and underscores between letters: Keras' spelling and ours are the same.
 * `others` are further names of some of them.
 */
export function spelt<T extends string>(
  value: unknown,
  names: readonly T[],
  others: Readonly<Record<string, T>> = {},
): T | undefined {
  if (typeof value !== 'string') return undefined;
  if (names.includes(value as T)) return value as T;
  const plain = (name: string): string => name.replace(/([a-z\d])_(?=[a-z\d])/gi, '$1').toLowerCase();
  const meant = plain(value);
  return Object.hasOwn(others, meant) ? others[meant] : names.find((name) => plain(name) === meant);
}

/** One of `names` in any spelling, or an Error that names the nearest. */
export function checkSpelling<T extends string>(
  what: string,
  value: unknown,
  names: readonly T[],
  others: Readonly<Record<string, T>> = {},
): T {
  return spelt(value, names, others) ?? checkName(what, value, [...names, ...(Object.keys(others) as T[])]);
}

/** Refuses options that nobody reads, which are mostly misspelt ones. */
export function checkOptions(of: string, options: unknown, names: readonly string[]): void {
  checkKind(isObject(options), `${of}: options`, `an object like { ${names[0]}: … }`, options);
  for (const key of Object.keys(options)) {
    if (!names.includes(key)) checkName(`option of ${of}`, key, names);
  }
}

/** Nobody has tensors of more; without a limit a file could ask for so many that copying their shapes takes minutes. */
export const MOST_AXES = 32;

/** A shape: positive integers (or zero where `empty` allows it). */
export function checkShape(name: string, shape: unknown, minimum = 1): void {
  checkKind(Array.isArray(shape), name, 'an array of sizes', shape);
  if (shape.length > MOST_AXES)
    throw new RangeError(`${name} must have at most ${MOST_AXES} axes, got ${shape.length}`);
  for (const size of shape) {
    if (!Number.isInteger(size) || size < minimum)
      throw new RangeError(`${name} must hold integers of at least ${minimum}, got ${show(shape)}`);
  }
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
