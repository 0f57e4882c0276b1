/** Streams of samples in batches, as `fit` takes them. */
import { type Source, start } from '../stream.ts';
import { isObject, show } from '../validate.ts';
import { isByName, type NestedArray } from '../values.ts';

/** A stream of samples: a generator, synchronous or not, or another iterable that is no array. */
export type SampleStream<S> = AsyncIterable<S> | Iterable<S>;

/** The numbers of several samples: a list of them, or a list for each name. */
export type Collected<V> = V extends number | ArrayLike<number> | readonly NestedArray[]
  ? V[]
  : { [K in keyof V]: Collected<V[K]> };

/** The parts of several samples, each in a list: `{ x, y }` of lists, or `[x, y]`. */
export type BatchOf<S> = { [K in keyof S]: Collected<S[K]> };

const keysOf = (sample: unknown): readonly string[] => (isObject(sample) ? Object.keys(sample) : []);

/** The values of one part of all samples. */
const collected = (values: readonly unknown[]): unknown =>
  isByName(values[0])
    ? Object.fromEntries(keysOf(values[0]).map((name) => [name, values.map((one) => Reflect.get(Object(one), name))]))
    : values;

function batchOf<S>(samples: readonly S[]): BatchOf<S> {
  const [first] = samples;
  const parts = keysOf(first).map(
    (key) => [key, collected(samples.map((one) => Reflect.get(Object(one), key)))] as const,
  );
  return (Array.isArray(first) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as BatchOf<S>;
}

/** Refuses a sample whose parts are not those of the first. */
function checkSample(sample: unknown, number: number, keys: readonly string[]): void {
  const own = keysOf(sample);
  if (own.length === 0) throw new TypeError(`sample ${number} must be like { x, y } or [x, y], got ${show(sample)}`);
  if (own.join() !== keys.join())
    throw new TypeError(`sample ${number} must have ${keys.join(', ')}, as sample 1, got ${own.join(', ')}`);
}

/** The samples of an epoch in batches. */
export async function* batchesOf<S>(
  source: Source,
  size: number,
  dropRemainder: boolean,
  epoch: number,
): AsyncGenerator<BatchOf<S>, void, undefined> {
  const stream = await start(source, epoch);
  let samples: S[] = [];
  let keys: readonly string[] | undefined;
  let over = false;
  try {
    for (let number = 1; ; number++) {
      // a stream that fails has ended
      over = true;
      const { done, value } = await stream.next();
      if (done) break;
      const sample = (await value) as S;
      over = false;
      keys ??= keysOf(sample);
      checkSample(sample, number, keys);
      samples.push(sample);
      if (samples.length < size) continue;
      yield batchOf(samples);
      samples = [];
    }
    if (samples.length > 0 && !dropRemainder) yield batchOf(samples);
  } finally {
    if (!over) await stream.return?.();
  }
}
