/**
 * Data sets for `simdescent`, verified byte for byte.
 *
 * @module simdescent/datasets
 */

export { loadFashionMnist } from './fashion-mnist.ts';
export type { Idx } from './idx.ts';
export { parseIdx } from './idx.ts';
export type { DatasetProgress, FashionMnist, Images, Labels, LoadOptions, Split } from './types.ts';
