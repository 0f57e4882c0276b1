/** Checks of arguments. An Error is built only when something is wrong, and says what, what was expected and what came. */
import { nearest } from './nearest.ts';

const LONGEST = 100;
const MOST_CHARACTERS = 256;
/** Control characters, which move a terminal's cursor or colour it, line ends, and characters that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Text from a file or a caller, safe to show in a message or on a terminal. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The beginning of a long text, printable. */
export const shorten = (text: string, longest = LONGEST): string =>
  printable(text.length > longest ? `${text.slice(0, longest)}…` : text);

const list = <T>(items: readonly T[], shown: (item: T) => string): string =>
  `[${items.slice(0, 10).map(shown).join(', ')}${items.length > 10 ? ', …' : ''}]`;

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * The class that a value claims: `Map`, `ArrayBuffer`. It works in every realm, while `instanceof` knows only the classes of this one;
 * test environments, `vm` and iframes have their own.
 */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Of any realm: in some test environments the host's own errors come from another one. */
export const isError = (value: unknown): value is Error => isObject(value) && 'message' in value;

/** Why something failed, whatever was thrown. */
export const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));

/** The engine's name of a typed array, of any realm: `'Float32Array'`; undefined for everything else. */
export const typedKind = (value: unknown): string | undefined =>
  Reflect.get(Uint8Array.prototype, Symbol.toStringTag, value);

/** Whether threads can share this memory, which many host functions refuse. */
export const isShared = (buffer: ArrayBufferLike): buffer is SharedArrayBuffer => tagOf(buffer) === 'SharedArrayBuffer';

/** The bytes of a file: any view of memory, or a whole buffer. */
export function bytesOf(name: string, value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  checkKind(/^(Shared)?ArrayBuffer$/.test(tagOf(value)), name, 'bytes: a Uint8Array, an ArrayBuffer', value);
  return new Uint8Array(value as ArrayBuffer);
}

/** The same in unshared memory, which hosts write, hash and decode. */
export const unshared = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  (isShared(bytes.buffer) ? bytes.slice() : bytes) as Uint8Array<ArrayBuffer>;

/** A wrong value in a message: always short, because it may come from a hostile file. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${shorten(value)}'`;
  if (Array.isArray(value)) return shorten(list(value, (item) => (Array.isArray(item) ? '[..]' : show(item))));
  // where something else is expected, it is often the maker of that
  if (typeof value === 'function') return 'a function: call it, if it makes one';
  if (typeof value === 'bigint') return `${shorten(String(value))}n`;
  if (!isObject(value)) return shorten(String(value));
  const tag = tagOf(value);
  if (tag !== 'Object') return tag === 'Promise' ? 'a Promise: await it' : tag;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' ? name : 'object';
}

/** A shape as `[32, 784]`; the batch axis may be written `..`. */
export const showShape = (shape: readonly (number | string)[]): string => list(shape, String);

/** Refuses a value of a wrong kind; `expected` says what it must be. */
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
  // numbers are stored as float32
  const fits = kind === 'an integer' ? Number.isSafeInteger(value) : Number.isFinite(Math.fround(value));
  if (fits && value >= minimum && value <= maximum) return;
  const above = minimum === Number.NEGATIVE_INFINITY ? '' : ` at least ${minimum}`;
  const range = maximum === Number.POSITIVE_INFINITY ? above : ` from ${minimum} to ${maximum}`;
  throw new RangeError(
    `${name} must be ${kind}${range}, got ${value}${!fits && Number.isFinite(value) && kind !== 'an integer' ? ', infinite as float32' : ''}`,
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

/** A name that messages, tables and files repeat: one from a hostile file must be short and must not control a terminal. */
export function checkLabel(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string, got ${show(value)}`);
  if (value.length > MOST_CHARACTERS)
    throw new RangeError(`${what} may have at most ${MOST_CHARACTERS} characters, got ${value.length}`);
  if (printable(value) !== value) throw new RangeError(`${what} must be printable, got ${show(value)}`);
}

/** An AbortSignal of any realm. */
export const isSignal = (value: unknown): value is AbortSignal =>
  isObject(value) && 'aborted' in value && 'throwIfAborted' in value && 'addEventListener' in value;

export function checkSignal(signal: unknown): void {
  checkKind(signal === undefined || isSignal(signal), 'signal', 'an AbortSignal', signal);
}

/** One of `names`, or an Error that names the nearest, with a `hint` behind. */
export function checkName<T extends string>(what: string, value: unknown, names: readonly T[], hint = ''): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  checkKind(typeof value === 'string', what, 'a name', value);
  throw new RangeError(`unknown ${what} ${show(value)}${nearest(value.slice(0, LONGEST), names)}${hint}`);
}

/**
 * Which of `names` a string means, ignoring case and underscores between letters: Keras' spelling and ours are the same.
 * `others` are alternative names.
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
  hint = '',
): T {
  return spelt(value, names, others) ?? checkName(what, value, [...names, ...(Object.keys(others) as T[])], hint);
}

/** Refuses a maker that was given instead of what it makes, and is called with what that takes. */
export function checkCalled(of: string, given: unknown): void {
  if (tagOf(given) === 'SymbolicValue') throw new TypeError(`call it: ${of}()`);
}

/** Refuses unknown options, mostly misspelt ones. */
export function checkOptions(of: string, options: unknown, names: readonly string[]): void {
  checkCalled(of, options);
  checkKind(
    isObject(options) && !Array.isArray(options),
    `${of}: options`,
    `an object like { ${names[0]}: … }`,
    options,
  );
  for (const key of Object.keys(options)) {
    if (!names.includes(key)) checkName(`option of ${of}`, key, names);
  }
}

/** More than any real tensor has; without a limit a file could ask for so many that copying their shapes takes minutes. */
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

/** A number of things: 1 epoch, 2 epochs. */
export const several = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
