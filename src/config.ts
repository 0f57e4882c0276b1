/**
 * Plain-JSON descriptions of what the functions of this library make: the name of the function and all its options. Options that are
 * not plain JSON themselves (an initializer of a layer) are descriptions in turn. `src/model/from-config.ts` reads them back.
 */

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Options as plain JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A layer, an optimizer, a loss or an initializer: `{ className: 'dropout', config: { rate: 0.2 } }`. */
export interface Config {
  /** Name of the function that makes it. */
  readonly className: string;
  /** All its options, defaults included. */
  readonly config: JsonObject;
}

/** A copy of what may be a list, as a plain array: changing a description changes nothing that it describes. */
const copied = (value: unknown): unknown =>
  Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<unknown>, copied) : value;

/** A copy without the options that are not set. @internal */
export function given(options: { readonly [key: string]: Json | undefined }): JsonObject {
  const set: Record<string, Json> = {};
  for (const [key, value] of Object.entries(options)) if (value !== undefined) set[key] = copied(value) as Json;
  return set;
}

/** The same, frozen with the lists in it. @internal */
export function fixed(options: object): JsonObject {
  const set = given({ ...options });
  for (const value of Object.values(set)) Object.freeze(value);
  return Object.freeze(set);
}
