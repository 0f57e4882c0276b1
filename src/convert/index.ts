/**
 * Models of TensorFlow.js as models of this library and back, as files: what reads a foreign format returns
 * bytes for `loadModel`, and what writes one takes a model or the bytes of its `save()`.
 *
 * @module
 */
export type { Savable } from './savable.ts';
export type { Files } from './tfjs/files.ts';
export { fromTfjs } from './tfjs/read.ts';
export { toTfjs } from './tfjs/write.ts';
