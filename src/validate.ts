/** Checks of what callers pass. An Error is built only when something is wrong, and says what, what was expected and what came. */
import { nearest } from './nearest.ts';

const LONGEST = 100;
const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** How a wrong value is shown in a message: short, whatever it is, because it may come from a hostile file. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${shorten(value)}'`;
  if (typeof value === 'number' || typeof value === 'bigint' || value === null || value === undefined)
    return String(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, 10).map((item) => (Array.isArray(item) ? '[..]' : show(item)));
    return shorten(`[${shown.join(', ')}${value.length > 10 ? ', …' : ''}]`);
  }
  if (typeof value !== 'object') return typeof value;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' ? name : 'object';
}

/** A shape as `[32, 784]`; the batch axis may be written `..`. */
export const showShape = (shape: readonly (number | string)[]): string =>
  `[${shape.slice(0, 10).map(String).join(', ')}${shape.length > 10 ? ', …' : ''}]`;

export function checkNumber(name: string, value: unknown, minimum: number, maximum = Number.POSITIVE_INFINITY): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${show(value)}`);
  if (!(value >= minimum && value <= maximum) || !Number.isFinite(value)) {
    const range = maximum === Number.POSITIVE_INFINITY ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new RangeError(`${name} must be a finite number ${range}, got ${value}`);
  }
}

/** A number in [0, 1): momenta, decay rates. */
export function checkFraction(name: string, value: unknown): void {
  checkNumber(name, value, 0, 1);
  if (value === 1) throw new RangeError(`${name} must be below 1, got 1`);
}

export function checkInteger(
  name: string,
  value: unknown,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be an integer, got ${show(value)}`);
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    const range = maximum === Number.MAX_SAFE_INTEGER ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new RangeError(`${name} must be an integer ${range}, got ${value}`);
  }
}

export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, got ${show(value)}`);
}

/** An array, a typed array, or what is like them, of numbers. */
export function checkNumbers(name: string, values: unknown): void {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) return;
  const { length } = (typeof values === 'object' && values !== null ? values : {}) as ArrayLike<unknown>;
  if (typeof length !== 'number') throw new TypeError(`${name} must be an array of numbers, got ${show(values)}`);
  const wrong = Array.from(values as ArrayLike<unknown>).findIndex((value) => typeof value !== 'number');
  if (wrong >= 0)
    throw new TypeError(`${name}[${wrong}] must be a number, got ${show((values as ArrayLike<unknown>)[wrong])}`);
}

export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(`signal must be an AbortSignal, got ${show(signal)}`);
}

/** One of `names`, or an Error that names the nearest. */
export function checkName<T extends string>(what: string, value: unknown, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  if (typeof value !== 'string') throw new TypeError(`${what} must be a name, got ${show(value)}`);
  if (value.length > LONGEST) throw new RangeError(`unknown ${what} ${show(value)}; there are: ${names.join(', ')}`);
  throw new RangeError(
    `unknown ${what} '${value}'; did you mean '${nearest(value, names)}'? There are: ${names.join(', ')}`,
  );
}

/** Refuses options that nobody reads, which are mostly misspelt ones. */
export function checkOptions(of: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${of}: options must be an object, got ${show(options)}`);
  for (const key of Object.keys(options)) {
    if (!names.includes(key)) checkName(`option of ${of}`, key, names);
  }
}

/** Nobody has tensors of more; without a limit a file could ask for so many that copying their shapes takes minutes. */
export const MOST_AXES = 32;

/** A shape: positive integers (or zero where `empty` allows it). */
export function checkShape(name: string, shape: unknown, minimum = 1): void {
  if (!Array.isArray(shape)) throw new TypeError(`${name} must be an array of sizes, got ${show(shape)}`);
  if (shape.length > MOST_AXES)
    throw new RangeError(`${name} must have at most ${MOST_AXES} axes, got ${shape.length}`);
  for (const size of shape) {
    if (!Number.isInteger(size) || size < minimum) {
      throw new RangeError(`${name} must hold integers of at least ${minimum}, got ${show(shape)}`);
    }
  }
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
