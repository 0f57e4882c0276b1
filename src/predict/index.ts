/**
 * Loads saved models and predicts with them, nothing else: a sixth of the library's size, and the same bits.
 *
 * @module simdescent/predict
 */
export type { ReadOptions, ReadProgress } from '../files/fetched.ts';
export type { ArrayData, NestedArray } from '../values.ts';
export { loadModel } from './load.ts';
export type { PredictData, Prediction, PredictionModel, PredictOptions } from './model.ts';
