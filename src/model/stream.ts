/** Streams of batches: what `fit`, `evaluate` and `predict` accept instead of arrays, and how they are planned. */
import { runsOnce } from '../stream.ts';
import type { Tensor } from '../tensor.ts';
import { checkInteger } from '../validate.ts';
import type { ArrayData, SparseData } from '../values.ts';
import type { ClassWeight, ModelData } from './options.ts';

/** Samples [n, ...input] of a batch with their targets and, if any, weights. */
export interface LabelledBatch {
  /** Samples, as `fit` takes them. */
  readonly x: ModelData;
  /** Targets, as `fit` takes them. */
  readonly y: ModelData;
  /** Weight of each sample's loss. Default 1 for all. */
  readonly sampleWeight?: ModelData;
}

/** A batch of a stream: `{ x, y, sampleWeight? }`, `[x, y]` or `[x, y, sampleWeight]`. @category Models */
export type Batch = LabelledBatch | readonly [x: ModelData, y: ModelData, sampleWeight?: ModelData];

/** A batch of a stream to predict from, which may have what training needs. @category Models */
export interface UnlabelledBatch {
  /** Samples, as `predict` takes them. */
  readonly x: ModelData;
  /** Not read. */
  readonly y?: unknown;
  /** Not read. */
  readonly sampleWeight?: unknown;
}

/** A batch to predict from: `{ x }`, `[x]`, a tensor, `{ data, shape }` or sparse rows; targets and weights are ignored. @category Models */
export type InputBatch =
  | UnlabelledBatch
  | readonly [x: ModelData, y?: unknown, sampleWeight?: unknown]
  | Tensor
  | ArrayData
  | SparseData;

/** Batches one after the other: a generator, synchronous or not, an object that makes one, a `ReadableStream`. @category Models */
export type BatchStream<B = Batch> = AsyncIterable<B> | Iterable<B>;

/**
 * A stream of batches, or a function that makes one for every epoch, counted from 0. An array is not a stream, since it could be samples:
 * `() => array` is.
 * @category Models
 */
export type BatchSource<B = Batch> = BatchStream<B> | ((epoch: number) => BatchStream<B> | Promise<BatchStream<B>>);

/** A stream to read, and how. */
export interface StreamPlan {
  readonly source: BatchSource<unknown>;
  /** Batches of a pass; undefined if it lasts as long as the stream. */
  readonly steps?: number | undefined;
  /** Whether the next pass goes on where this one ends, instead of starting at the beginning. */
  readonly goesOn?: boolean;
  readonly classWeight?: ClassWeight | undefined;
}

/** Checks the options of a call for its stream; `steps` is the name of the option that limits a pass, `refused` are those for arrays only. */
export function planStream(
  of: string,
  source: BatchSource<unknown>,
  options: object,
  name: 'steps' | 'stepsPerEpoch' | 'validationSteps',
  passes: number,
  refused: readonly string[],
): StreamPlan {
  const { [name]: steps, ...others } = options as Readonly<Record<string, number | undefined>>;
  const wrong = refused.find((key) => others[key] !== undefined);
  if (wrong !== undefined) throw new RangeError(`${wrong} is for arrays; ${of} has a stream, whose batches say it`);
  if (steps !== undefined) checkInteger(name, steps, 1);
  if (passes > 1 && runsOnce(source) && (steps === undefined || name === 'validationSteps'))
    throw new RangeError(
      `${of}: this stream can be read once, not for ${passes} epochs: give a function that makes one, () => batches()`,
    );
  return { source, steps };
}
