/**
 * Data sets for `simdescent`, verified byte for byte.
 *
 * @module simdescent/datasets
 */

export { CLASS_NAMES } from './class-names.ts';
export { type Diabetes, loadDiabetes } from './diabetes.ts';
export { loadFashionMnist } from './fashion-mnist.ts';
export type { Idx } from './idx.ts';
export { parseIdx } from './idx.ts';
export { type Iris, loadIris } from './iris.ts';
export { loadMnist } from './mnist.ts';
export type { DatasetProgress, FashionMnist, Features, Images, Labels, LoadOptions, Mnist, Split } from './types.ts';
