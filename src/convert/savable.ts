/**
 * A model to convert: anything that has `save()`, here or in a worker, or the bytes that it returns.
 */
export type Savable =
  | ArrayBufferView
  | ArrayBufferLike
  | {
      /** Returns the bytes of a file, as `loadModel` reads them. */
      save(): Promise<Uint8Array>;
    };
