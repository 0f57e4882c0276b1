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

/** Without the options that are not set. @internal */
export function given(options: { readonly [key: string]: Json | undefined }): JsonObject {
  const set: Record<string, Json> = {};
  for (const [key, value] of Object.entries(options)) if (value !== undefined) set[key] = value;
  return set;
}
