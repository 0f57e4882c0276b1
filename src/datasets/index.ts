/**
 * Data sets for `simdescent`, verified byte for byte.
 *
 * @module simdescent/datasets
 */

export type { DatasetProgress, FashionMnist, Images, Labels, LoadOptions, Split } from './fashion-mnist.ts';
export { loadFashionMnist } from './fashion-mnist.ts';
export type { Idx } from './idx.ts';
export { parseIdx } from './idx.ts';
