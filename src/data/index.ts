/**
 * From rows to arrays that a model takes, and from predictions back: CSV, train-test split, scaling, classes.
 *
 * @module simdescent/data
 */

export { type Idx, parseIdx } from '../datasets/idx.ts';
export type { Numbers } from '../values.ts';
export { type BatchOptions, batch } from './batch.ts';
export { type CsvOptions, csv } from './csv/csv.ts';
export type { ColumnType } from './csv/guess.ts';
export { ConfusionMatrix, type ConfusionOptions, confusionMatrix } from './evaluation/confusion.ts';
export { ClassificationReport, type ClassScores, classificationReport, type Scores } from './evaluation/report.ts';
export { type ImageDataOptions, imageData } from './images/image-data.ts';
export type { Drawable, ImageSource, Pixels } from './images/pixels.ts';
export { readNpy, writeNpy } from './numpy/npy.ts';
export { type ReadNpzOptions, readNpz, type WriteNpzOptions, writeNpz } from './numpy/npz.ts';
export { argMax, hstack, toCategorical } from './preprocessing/arrays.ts';
export {
  type Categories,
  type Category,
  type EncoderJson,
  type LabelEncodeOptions,
  LabelEncoder,
  labelEncode,
  OneHotEncoder,
  type OneHotOptions,
  oneHot,
} from './preprocessing/categories.ts';
export {
  keepPreprocessing,
  type Preprocessing,
  type Preprocessor,
  preprocessingOf,
  preprocessorFrom,
  type WithMetadata,
} from './preprocessing/keep.ts';
export {
  type Features,
  type MinMaxOptions,
  minMax,
  Scaler,
  type ScalerJson,
  standardize,
} from './preprocessing/scaler.ts';
export {
  first,
  type Rows,
  type RowsOrNamed,
  type Samples,
  type Shaped,
  type ShuffleOptions,
  type SparseSamples,
  shuffle,
  type Taken,
  type TakenOf,
  take,
} from './rows.ts';
export type { BatchOf, Collected, SampleStream } from './sample-batches.ts';
export type { Pieces, Source } from './source.ts';
export { type Split, type SplitOptions, trainTestSplit } from './split.ts';
export { type Column, type Matrix, Table } from './table.ts';
