/**
 * Runs predictions (src/model/forward.ts) on the forward core: one thread, and a memory that nobody shares.
 *
 *   0      heapBase
 *   | core | scratch, weights, constants, program | buffers, for as many rows as the largest batch so far |
 */
import * as op from '../../assembly/opcodes.ts';
import * as activation from '../../assembly/words/activation.ts';
import * as binary from '../../assembly/words/binary.ts';
import * as conv from '../../assembly/words/conv.ts';
import * as convInput from '../../assembly/words/conv-input-gradient.ts';
import * as copy from '../../assembly/words/copy-strided.ts';
import * as cumulative from '../../assembly/words/cumulative-sum.ts';
import * as dense from '../../assembly/words/dense.ts';
import * as fill from '../../assembly/words/fill.ts';
import * as matmul from '../../assembly/words/matmul.ts';
import * as normalize from '../../assembly/words/normalize.ts';
import * as oneHot from '../../assembly/words/one-hot.ts';
import * as pool from '../../assembly/words/pool.ts';
import * as products from '../../assembly/words/products.ts';
import * as reduce from '../../assembly/words/reduce.ts';
import * as resample from '../../assembly/words/resample.ts';
import * as select from '../../assembly/words/select.ts';
import * as sum from '../../assembly/words/sum.ts';
import * as take from '../../assembly/words/take.ts';
import * as unary from '../../assembly/words/unary.ts';
import type { instantiate } from '../../build/predict.d.ts';
import { PACKED_PREDICT, PREDICT_BYTES } from './core-predict.generated.ts';
import { unpack } from './unpack.ts';

/** The operations of assembly/predict.ts. */
export const FORWARD_CODES: ReadonlySet<number> = new Set([
  activation.code,
  binary.code,
  conv.code,
  convInput.code,
  copy.code,
  cumulative.code,
  dense.code,
  fill.code,
  matmul.code,
  normalize.code,
  oneHot.code,
  pool.code,
  products.code,
  reduce.code,
  resample.code,
  select.code,
  sum.code,
  take.code,
  unary.code,
]);

/** The bytes of a weight or constant, or a buffer of floats for each row or in all. */
export type Place = Uint8Array | { readonly row: number; readonly fixed: number };

/** A word of an operation, or `[place]`, the address of a place. */
export type ForwardWord = number | readonly [place: number];

type ForwardCore = Awaited<ReturnType<typeof instantiate>>;

const PAGE = 65536;
/** 4 GiB, as the core's import says. */
const MOST_PAGES = 65536;
const ALIGNMENT = 64;
/** Kernels may read, never write, a vector or two past an edge. */
const SLACK = 64;
const WORDS = op.OPERATION_BYTES / 4;

let module: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  try {
    module ??= new WebAssembly.Module(unpack(atob(PACKED_PREDICT), PREDICT_BYTES));
    return module;
  } catch (cause) {
    throw new Error('simdescent needs WebAssembly with SIMD, which this engine refuses', { cause });
  }
}

export class ForwardProgram {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
  readonly #core: ForwardCore;
  readonly #places: readonly Place[];
  readonly #operations: readonly (readonly ForwardWord[])[];
  /** Of the places. */
  readonly #addresses: number[] = [];
  readonly #program: number;
  /** Where the buffers begin. */
  readonly #base: number;
  /** The first byte that is free. */
  #top: number;
  /** Rows for which there are buffers. */
  #rows = 0;

  constructor(places: readonly Place[], operations: readonly (readonly ForwardWord[])[]) {
    const { exports } = new WebAssembly.Instance(compiled(), { env: { memory: this.#memory } });
    this.#core = exports as unknown as ForwardCore;
    this.#places = places;
    this.#operations = operations;
    this.#top = this.#core.heapBase();
    const scratch = this.#allocate(this.#core.gemmScratchBytes());
    for (const [i, place] of places.entries()) {
      if (!(place instanceof Uint8Array)) continue;
      this.#addresses[i] = this.#allocate(place.length);
      new Uint8Array(this.#memory.buffer, this.#addresses[i]).set(place);
    }
    this.#program = this.#allocate(op.HEADER_BYTES + operations.length * op.OPERATION_BYTES);
    const header = new Int32Array(this.#memory.buffer, this.#program, op.HEADER_BYTES / 4);
    header[op.AT_OPERATIONS / 4] = operations.length;
    header[op.AT_SCRATCH / 4] = scratch;
    this.#base = this.#top;
  }

  /** Makes room for batches of so many rows. */
  fit(rows: number): void {
    if (rows <= this.#rows) return;
    this.#top = this.#base;
    for (const [i, place] of this.#places.entries())
      if (!(place instanceof Uint8Array))
        this.#addresses[i] = this.#allocate(4 * Math.max(place.fixed, place.row * rows));
    const words = new Int32Array(this.#memory.buffer, this.#program + op.HEADER_BYTES);
    for (const [i, operation] of this.#operations.entries())
      for (const [k, word] of operation.entries())
        words[i * WORDS + k] = typeof word === 'number' ? word : (this.#addresses[word[0]] ?? 0);
    this.#rows = rows;
  }

  /** So many floats of a place, until the next `fit`. */
  floats(place: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, this.#addresses[place] ?? 0, count);
  }

  /** Computes the outputs of `rows` rows. */
  run(rows: number): void {
    try {
      this.#core.run(this.#program, rows);
    } catch (cause) {
      throw new Error('the prediction failed: the file of the model is damaged', { cause });
    }
  }

  #allocate(bytes: number): number {
    const at = Math.ceil(this.#top / ALIGNMENT) * ALIGNMENT;
    this.#top = at + bytes + SLACK;
    const missing = Math.ceil((this.#top - this.#memory.buffer.byteLength) / PAGE);
    try {
      if (missing > 0) this.#memory.grow(missing);
    } catch (cause) {
      throw new RangeError(
        `a batch takes ${this.#top} bytes, which this engine has not: predict fewer samples at once`,
        { cause },
      );
    }
    return at;
  }
}
