/**
 * Plain-JSON descriptions of the objects that this library's functions make: the function's name and all its options. An option that is
 * not plain JSON (a layer's initializer) is itself a description. `src/model/from-config.ts` reads them back.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Options as plain JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A layer, an optimizer, a loss or an initializer: `{ className: 'dropout', config: { rate: 0.2 } }`. */
export interface Config {
  /** Name of the function that made it. */
  readonly className: string;
  /** All its options, defaults included. */
  readonly config: JsonObject;
}

/** A copy of a value, lists as plain arrays, so that changing a description changes nothing else. */
const copied = (value: unknown): unknown =>
  Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<unknown>, copied) : value;

/** A copy without unset options. @internal */
export function given(options: { readonly [key: string]: Json | undefined }): JsonObject {
  const set: Record<string, Json> = {};
  for (const [key, value] of Object.entries(options)) if (value !== undefined) set[key] = copied(value) as Json;
  return set;
}

/** The same, frozen with its lists. @internal */
export function fixed(options: object): JsonObject {
  const set = given({ ...options });
  for (const value of Object.values(set)) Object.freeze(value);
  return Object.freeze(set);
}
