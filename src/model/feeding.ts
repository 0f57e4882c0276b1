/** How a call over data feeds its program: arrays go into memory as a whole, a stream batch by batch. */
import type { Scope } from '../engine/memory.ts';
import { isSource } from '../stream.ts';
import { checkInteger, checkOptions, checkSignal } from '../validate.ts';
import { ArrayFeed, type Feed } from './feed.ts';
import type { ModelData, PredictOptions, StreamOptions } from './options.ts';
import type { PassOptions } from './passes.ts';
import type { Samples } from './samples.ts';
import { type Sink, stepSink } from './sinks.ts';
import type { ModelState } from './state.ts';
import { type BatchSource, planStream, type StreamPlan } from './stream.ts';
import { StreamFeed } from './stream-feed.ts';

/** How to feed a program. */
interface Feeding {
  readonly batchSize: number;
  readonly run: Pick<PassOptions, 'signal' | 'check'>;
  /** How many passes there will be, and the epoch of the first. */
  readonly passes: number;
  readonly epoch?: number;
  /** Precedes `x`, `y` and `batch` in messages. */
  readonly of?: string;
  readonly trains?: boolean;
  /** Default: a step with a loss. */
  readonly sinkFor?: (first: Samples) => Sink;
  readonly stops?: () => boolean;
}

export interface RunOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** Checks the options of a run over data; `own` are the names of further ones. */
export function runOptions(
  state: ModelState,
  of: string,
  options: PredictOptions,
  own: readonly string[] = [],
): RunOptions {
  state.check();
  checkOptions(of, options, ['batchSize', 'signal', ...own]);
  const { batchSize = 32, signal } = options;
  checkInteger('batchSize', batchSize, 1);
  checkSignal(signal);
  return { batchSize, signal };
}

/** The arrays of a call, or its stream. */
export function dataOf(
  of: string,
  x: ModelData | BatchSource<unknown>,
  y: ModelData | undefined,
  sampleWeight: ModelData | undefined,
  options: StreamOptions,
): Samples | StreamPlan {
  const { steps } = options;
  if (isSource(x)) return planStream(of, x, options, 'steps', 1, ['batchSize', 'sampleWeight']);
  if (steps !== undefined) throw new RangeError(`steps of ${of} is for streams; pass fewer samples`);
  if (y === undefined) throw new TypeError(`${of} needs targets, y`);
  return { x, y, sampleWeight };
}

/** The inputs of a call over arrays, which it reads in place. */
export const arraysIn = (data: Samples | StreamPlan): ModelData | undefined => ('source' in data ? undefined : data.x);

/** What a call opens: memory, and streams. */
export interface Opening {
  readonly scope: Scope;
  readonly streams: StreamFeed[];
}

/** Puts arrays into memory, or waits for the first batch of a stream, and records a step over them. */
export async function feedOf(
  state: ModelState,
  { scope, streams }: Opening,
  data: Samples | StreamPlan,
  how: Feeding,
): Promise<Feed> {
  const {
    batchSize,
    of = '',
    trains = false,
    run,
    sinkFor = (first) => stepSink(state, first, of, trains),
    ...call
  } = how;
  if (!('source' in data)) {
    const sink = sinkFor(data);
    const placed = sink.place(scope, data);
    const size = Math.min(batchSize, placed.count);
    return new ArrayFeed(sink.record(scope, placed, size), placed.count, size);
  }
  const check = (): void => {
    run.check();
    run.signal?.throwIfAborted();
  };
  const { engine } = state;
  const ports = how.sinkFor === undefined ? state.portNames : { inputs: state.structure.inputNames, outputs: [] };
  const stream = new StreamFeed(data, { ...call, engine, ports, name: `${of}batch`, sinkFor, check });
  streams.push(stream);
  await stream.first();
  return stream;
}

/**
 * Runs a call over data: prepares it, which may build the model for this data and open streams, and frees and closes what that has opened. If preparing
 * throws, building is undone, because the next data may have another shape.
 */
export async function overData<P, T>(
  state: ModelState,
  signal: AbortSignal | undefined,
  prepare: (opening: Opening) => P | Promise<P>,
  run: (prepared: P) => Promise<T>,
): Promise<T> {
  const streams: StreamFeed[] = [];
  const scope = state.engine.scope();
  let keep = state.built !== undefined;
  // whatever ends the call ends the waits of its streams
  const wake = (): void => {
    for (const stream of streams) stream.wake();
  };
  signal?.addEventListener('abort', wake);
  state.wakes.add(wake);
  const close = (): Promise<unknown> => Promise.all(streams.map((stream) => stream.close()));
  try {
    const prepared = await prepare({ scope, streams });
    keep = true;
    const result = await run(prepared);
    await close();
    return result;
  } catch (error) {
    // the first Error counts
    await close().catch(() => undefined);
    throw error;
  } finally {
    if (!keep) state.unbuild();
    scope.dispose();
    signal?.removeEventListener('abort', wake);
    state.wakes.delete(wake);
  }
}
