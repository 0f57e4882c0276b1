/**
 * What a client and its worker say to each other. A request has a number, and everything that belongs to it carries that number:
 *
 *     client                           worker
 *       { id, method, args }    ──►
 *       { abort: id }           ──►
 *                               ◄──      { id, event, value }      any number of them
 *                               ◄──      { id, event, value, ask }
 *       { answer: ask, value }  ──►
 *                               ◄──      { id, value } or { id, error }
 *       { ping }                ──►
 *                               ◄──      { id: 0 }
 */

import { isError } from '../validate.ts';
import type { SparseData, Values } from '../values.ts';

/** Raised when the two could misunderstand each other: they may come from different versions. */
export const PROTOCOL = 7;

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface Abort {
  readonly abort: number;
}

/** What came of an event that asks. */
export interface Answer {
  readonly answer: number;
  readonly value: unknown;
}

/** Wants any reply. */
export interface Ping {
  readonly ping: true;
}

export type Message = Request | Abort | Answer | Ping;

export interface Reply {
  readonly id: number;
  readonly event?: string;
  readonly value?: unknown;
  /** The event wants an answer, under this number. */
  readonly ask?: number;
  readonly error?: Failure;
}

/** An Error on its way: cloning loses the names and causes of some in some engines. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: Failure | undefined;
}

/** Samples on their way: a number that stands for data placed in the worker, and which rows of it. */
export interface Placed {
  readonly placed: number;
  readonly from: number;
  readonly count: number;
}

/** Sparse rows on their way, with their shape. */
export interface PlacedSparse {
  readonly sparse: readonly number[];
  readonly indices: Placed;
  readonly offsets: Placed;
  readonly values?: Placed;
}

/** Data of a call: an array, or those of several inputs or outputs by their names. */
export type Sent = Placed | PlacedSparse | { readonly [name: string]: Placed | PlacedSparse };

/** A batch on its way: arrays in the order of the inputs and outputs, weights by the names of outputs. */
export interface SentBatch {
  readonly x: readonly (Values | SparseData)[];
  readonly y?: readonly Values[];
  readonly sampleWeight?: Values | Readonly<Record<string, Values>>;
}

/** What the worker asks: for batches of the `run`th time that a stream begins, or to end that one. */
export interface StreamQuestion {
  readonly stream: string;
  readonly run: number;
  readonly epoch: number;
  readonly end?: boolean;
}

/** Batches, and what comes after them, if it is not more batches. */
export interface StreamAnswer {
  readonly batches: readonly SentBatch[];
  readonly done: boolean;
  readonly failure?: Failure;
}

/** How the worker may begin a stream: for each epoch, as often as it likes, or once. */
export type StreamKind = 'function' | 'iterable' | 'once';

/** An answer whose memory is handed over. */
export class Transferred {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

export function failureOf(error: unknown, depth = 0): Failure {
  if (!isError(error)) return { name: 'Error', message: String(error), stack: undefined, cause: undefined };
  const { name, message, stack, cause } = error;
  return { name, message, stack, cause: cause === undefined || depth > 8 ? undefined : failureOf(cause, depth + 1) };
}

const kinds: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
};

/** The Error that the other side threw: of the same class, with the same name, message and causes. */
export function errorOf({ name, message, stack, cause }: Failure): Error {
  const options = cause === undefined ? {} : { cause: errorOf(cause) };
  const Kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const error =
    Kind !== undefined
      ? new Kind(message, options)
      : typeof DOMException === 'function'
        ? new DOMException(message, name)
        : new Error(message, options);
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  return error;
}

/** The memory that `value` has to itself and can hand over instead of copying it. */
export function transfersOf(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value;
    const whole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    if (whole && !found.includes(buffer)) found.push(buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) if (typeof inner === 'object') transfersOf(inner, found);
  }
  return found;
}
