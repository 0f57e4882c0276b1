/** Streams of batches of whatever kind: what is one, how it starts, and the parts of a batch. The page reads them for its worker with the same functions. */
import { checkKind, checkOptions, isObject } from './validate.ts';
import { isSparse } from './values.ts';

/** A stream that can be iterated, or a function that makes one for an epoch. */
export type Source = AsyncIterable<unknown> | Iterable<unknown> | ((epoch: number) => unknown);

type Next = IteratorResult<unknown> | Promise<IteratorResult<unknown>>;

/** A stream under way. */
export interface Batches {
  next(): Next;
  return?(): unknown;
}

/** Whether the value is a stream rather than samples. */
export const isSource = (value: unknown): value is Source =>
  typeof value === 'function' ||
  (isObject(value) &&
    (Symbol.asyncIterator in value || Symbol.iterator in value) &&
    // arrays, typed arrays, and lists of other kinds, like those of a page
    !Number.isInteger((value as { length?: unknown }).length));

/** Whether the source can be read only once: a generator itself, not a function that makes one. */
export const runsOnce = (source: Source): boolean =>
  typeof source === 'object' && typeof (source as { next?: unknown }).next === 'function';

/** The arguments of a call for arrays, `(x, y, options)`, or for a stream, `(source, options)`. */
export function argumentsOf<X, Y, O extends object>(of: string, x: X, y: Y | O | undefined, options: O | undefined) {
  if (!isSource(x)) return { x, y: y as Y | undefined, options: options === undefined ? ({} as O) : options };
  if (options !== undefined)
    throw new TypeError(`${of}: the batches of a stream bring their targets: ${of}(source, options)`);
  return { x, y: undefined, options: (y === undefined ? {} : y) as O };
}

/** Starts the stream of an epoch. */
export async function start(source: Source, epoch: number): Promise<Batches> {
  const made: unknown = typeof source === 'function' ? await source(epoch) : source;
  // a function may well return an array of batches
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(made) as Partial<
    Record<symbol, () => Batches | undefined>
  >;
  const iterator = (later ?? now)?.call(made);
  checkKind(typeof iterator?.next === 'function', 'the stream', 'an iterable of batches', made);
  return iterator;
}

const NAMES = ['x', 'y', 'sampleWeight'];

/** The parts of a batch, as they were given; `labelled` ones need targets. */
export function partsOf(batch: unknown, labelled: boolean): { x: unknown; y?: unknown; sampleWeight?: unknown } {
  const form = labelled ? '{ x, y, sampleWeight? }, [x, y] or [x, y, sampleWeight]' : '{ x }, [x] or a tensor';
  if (!labelled && isObject(batch) && ('data' in batch || isSparse(batch))) return { x: batch };
  const list = Array.isArray(batch);
  checkKind(isObject(batch) && !(list && batch.length > NAMES.length), 'a batch', form, batch);
  if (!list) checkOptions('a batch', batch, NAMES);
  const [x, y, sampleWeight] = list ? batch : NAMES.map((name): unknown => Reflect.get(batch, name));
  if (x === undefined || (labelled && y === undefined))
    throw new TypeError(`a batch has no ${x === undefined ? 'x' : 'y'}: it must be ${form}`);
  return labelled ? { x, y, sampleWeight } : { x };
}
