/** What is said of layers that cannot be converted: which one, and what is missing. */
import { parseJson } from '../model/json.ts';
import { decodeUtf8 } from '../utf8.ts';
import { shorten, show, unshared } from '../validate.ts';

/** A layer of a foreign file or of ours, for messages: `layer 'conv' (Conv2D)`. */
export interface Named {
  readonly name: string;
  readonly kind: string;
  /** Default: a layer. */
  readonly what?: 'node';
}

/** @throws RangeError that names the layer and says what is missing */
export function refuse({ name, kind, what }: Named, why: string): never {
  throw new RangeError(`${what ?? 'layer'} '${shorten(name)}' (${shorten(kind)}) cannot be converted: ${why}`);
}

/** The fields of an object from a foreign file. @throws TypeError for anything else */
export function fields(what: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${what} must be an object, got ${show(value)}`);
  return value as Readonly<Record<string, unknown>>;
}

/** The items of a list from a foreign file. @throws TypeError for anything else */
export function items(what: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${what} must be a list, got ${show(value)}`);
  return value;
}

/** What JSON from a foreign file says. @throws SyntaxError for anything else */
export function jsonFrom(what: string, bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decodeUtf8(unshared(bytes));
  } catch (error) {
    throw new SyntaxError(`${what} must be JSON, got ${bytes.length} bytes that are not UTF-8`, { cause: error });
  }
  return parseJson(text, what);
}

/** A string from a foreign file. @throws TypeError for anything else */
export function text(what: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string, got ${show(value)}`);
  return value;
}

/** A shape from a foreign file, checked so that its size is no more than `most`. */
export function shapeFrom(what: string, value: unknown, most: number): readonly number[] {
  const shape = items(what, value);
  let size = 1;
  for (const one of shape) {
    if (!Number.isSafeInteger(one) || (one as number) < 0)
      throw new RangeError(`${what} must hold sizes, got ${show(shape)}`);
    size *= one as number;
  }
  if (shape.length > 32) throw new RangeError(`${what} must have at most 32 axes, got ${shape.length}`);
  if (size > most) throw new RangeError(`${what}: ${show(shape)} asks for more than the file holds`);
  return shape as readonly number[];
}

/** A table that is looked up by names of a foreign file, which has none but its own: `constructor` is not among them. */
export const tableOf = <T>(own: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null), own);
