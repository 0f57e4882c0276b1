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

/** Layers in the order in which they were described, those of models within included. @internal */
export type Seen = Map<object, number>;

/**
 * Describes layers. One that has been described before, in the same list or in a model within, is shared: its number among those stands for it.
 *
 * @internal
 */
export const configsOf = (
  layers: readonly { configIn(seen: Seen): Config }[],
  seen: Seen,
): readonly (Config & JsonObject)[] =>
  layers.map((layer) => {
    const number = seen.get(layer);
    if (number !== undefined) return { className: 'shared', config: { layer: number } };
    const config = layer.configIn(seen);
    seen.set(layer, seen.size);
    return config as Config & JsonObject;
  });

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
