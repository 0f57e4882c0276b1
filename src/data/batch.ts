/** Rows, or streams of samples, in batches. */
import { isSource, type Source } from '../stream.ts';
import { checkBoolean, checkInteger, checkOptions } from '../validate.ts';
import { countOfAll, type RowsOrNamed, slice, type Taken } from './rows.ts';
import { type BatchOf, batchesOf, type SampleStream } from './sample-batches.ts';

/** Options of {@link batch}. */
export interface BatchOptions {
  /** Whether a last batch that is not full is left out. Default false. */
  readonly dropRemainder?: boolean;
}

/**
 * Rows in batches, one after the other: numbers are views, not copies. A stream of samples becomes a stream of batches, as `fit` takes it; a function
 * that makes one for every epoch becomes such a function.
 *
 * @param rows as `take` takes them, or samples `{ x, y, sampleWeight }` or `[x, y, sampleWeight]` from a generator, synchronous or not; the numbers of
 * a sample are a number, a list, nested lists or a typed array, or several of them by names
 * @param size rows of a batch; the last one may have fewer
 * @throws TypeError, as the stream is read, for a sample that has not the parts of the first
 * @example
 * ```ts
 * import { batch } from 'simdescent/data';
 * for (const { x, y } of batch({ x: Float32Array.of(1, 2, 3), y: ['a', 'b', 'c'] }, 2)) console.log(x, y);
 * ```
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * import { batch } from 'simdescent/data';
 * async function* samples() {
 *   for (let i = 0; i < 100; i++) yield { x: [i / 100, 1], y: i / 50 }; // lines of a file, messages …
 * }
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit(batch(samples, 32), { epochs: 2 });
 * ```
 * @category Rows
 */
export function batch<S extends object>(
  rows: (epoch: number) => SampleStream<S> | Promise<SampleStream<S>>,
  size: number,
  options?: BatchOptions,
): (epoch: number) => AsyncGenerator<BatchOf<S>, void, undefined>;
export function batch<S extends object>(
  rows: AsyncIterable<S>,
  size: number,
  options?: BatchOptions,
): AsyncGenerator<BatchOf<S>, void, undefined>;
export function batch<T extends RowsOrNamed>(
  rows: T,
  size: number,
  options?: BatchOptions,
): Generator<Taken<T>, void, undefined>;
export function batch<S extends object>(
  rows: Iterable<S>,
  size: number,
  options?: BatchOptions,
): AsyncGenerator<BatchOf<S>, void, undefined>;
export function batch(rows: RowsOrNamed | Source, size: number, options: BatchOptions = {}): unknown {
  checkInteger('size', size, 1);
  checkOptions('batch', options, ['dropRemainder']);
  const { dropRemainder = false } = options;
  checkBoolean('dropRemainder', dropRemainder);
  if (typeof rows === 'function') return (epoch = 0) => batchesOf(rows, size, dropRemainder, epoch);
  if (isSource(rows)) return batchesOf(rows, size, dropRemainder, 0);
  return batches(rows, countOfAll(rows), size, dropRemainder);
}

function* batches<T extends RowsOrNamed>(
  rows: T,
  count: number,
  size: number,
  dropRemainder: boolean,
): Generator<Taken<T>, void, undefined> {
  for (let start = 0; start < count; start += size) {
    const end = Math.min(start + size, count);
    if (end - start === size || !dropRemainder) yield slice(rows, start, end);
  }
}
