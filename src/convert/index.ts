/**
 * Models of TensorFlow.js, Keras and ONNX, and weights of PyTorch, as models of this library and back, as files: what reads a foreign format returns
 * bytes for `loadModel`, and what writes one takes a model or the bytes of its `save()`.
 *
 * @module
 */

export type { Files } from './files.ts';
export { fromKeras, fromKerasWeights } from './keras/read.ts';
export { toKeras } from './keras/write.ts';
export { type FromOnnxOptions, fromOnnx } from './onnx/read.ts';
export { toOnnx } from './onnx/write.ts';
export { type FromPytorchOptions, fromPytorch, toPytorch } from './pytorch/state-dict.ts';
export type { Savable } from './savable.ts';
export { fromTfjs } from './tfjs/read.ts';
export { toTfjs } from './tfjs/write.ts';
