/**
 * Records a program into the core's memory (assembly/opcodes.ts draws the format) and runs it. Layers and the model say what
 * each operation is; the recorder knows where it goes.
 */
import * as op from '../../assembly/opcodes.ts';
import type { Scope } from './memory.ts';
import type { Engine } from './runtime.ts';

const WORDS = op.OPERATION_BYTES / 4;

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a float32, as a word of an operation. */
export function floatWord(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}

/** A float64 total that operations add to, read by its name. */
interface Total {
  readonly name: string;
  readonly address: number;
}

export class Recorder {
  readonly engine: Engine;
  readonly batchSize: number;
  readonly #scope: Scope;
  readonly #operations: { readonly label: string; readonly words: readonly number[] }[] = [];
  readonly #totals: Total[] = [];

  /** Buffers of the program are made in `scope`, for batches of up to `batchSize` rows. */
  constructor(engine: Engine, scope: Scope, batchSize: number) {
    this.engine = engine;
    this.batchSize = batchSize;
    this.#scope = scope;
  }

  /** A buffer of `perRow` 4-byte numbers for each row of a batch. */
  buffer(perRow: number): number {
    return this.#scope.allocate(this.batchSize * perRow * 4);
  }

  /** A total that starts at zero. */
  total(name: string): number {
    const address = this.#scope.allocate(8);
    this.#totals.push({ name, address });
    return address;
  }

  /** Appends an operation. `label` says whose it is, should it fail. */
  emit(label: string, opcode: number, ...words: readonly number[]): void {
    if (words.length >= WORDS) throw new Error(`${label}: an operation has at most ${WORDS - 1} words`);
    this.#operations.push({ label, words: [opcode, ...words] });
  }

  finish(): Program {
    const count = this.#operations.length;
    const address = this.#scope.allocate(op.HEADER_BYTES + count * op.OPERATION_BYTES);
    const words = this.engine.i32(address + op.HEADER_BYTES, count * WORDS);
    for (const [i, operation] of this.#operations.entries()) words.set(operation.words, i * WORDS);
    const labels = this.#operations.map(({ label }) => label);
    return new Program(this.engine, address, count, this.batchSize, labels, this.#totals);
  }
}

/** A recorded program: set its data, then `run` it batch by batch. */
export class Program {
  readonly #engine: Engine;
  readonly #address: number;
  readonly #labels: readonly string[];
  readonly #totals: readonly Total[];
  readonly #header: Int32Array;
  /** Cuts every operation into as many parts: the same bits for any number. For tests of just that. */
  parts = 1;

  constructor(
    engine: Engine,
    address: number,
    operations: number,
    batchSize: number,
    labels: readonly string[],
    totals: readonly Total[],
  ) {
    this.#engine = engine;
    this.#address = address;
    this.#labels = labels;
    this.#totals = totals;
    this.#header = engine.i32(address, op.HEADER_BYTES / 4);
    this.#set(op.AT_OPERATIONS, operations);
    this.#set(op.AT_BATCH_SIZE, batchSize);
    this.#set(op.AT_SCRATCH, engine.scratch);
  }

  /** Begins a pass over `rowCount` rows, in the order of the i32 at `order` (0: as they come), with all totals zero. */
  begin(rowCount: number, order = 0): void {
    this.#set(op.AT_ROW_COUNT, rowCount);
    this.#set(op.AT_ORDER, order);
    this.#set(op.AT_CURSOR, 0);
    for (const { address } of this.#totals) this.#engine.f64(address, 1)[0] = 0;
  }

  /** Rows done since `begin`. */
  get rows(): number {
    return this.#get(op.AT_CURSOR);
  }

  /** Steps done since the weights were made, which is what dropout counts. */
  get step(): number {
    return this.#get(op.AT_STEP) >>> 0;
  }

  set step(value: number) {
    this.#set(op.AT_STEP, value | 0);
  }

  /** Runs up to `steps` batches and returns how many: fewer only where the data ends. */
  run(steps: number): number {
    try {
      return this.#engine.core.run(this.#address, steps, this.parts);
    } catch (cause) {
      throw new Error(`operation ${this.#labels[this.#get(op.AT_OPERATION)]} failed`, { cause });
    }
  }

  /** Writes each total divided by the rows done so far into `means`: the running averages of a pass. */
  readMeans(means: Record<string, number>): void {
    const rows = this.rows;
    for (const { name, address } of this.#totals) means[name] = (this.#engine.f64(address, 1)[0] ?? 0) / rows;
  }

  #get(at: number): number {
    return this.#header[at / 4] ?? 0;
  }

  #set(at: number, value: number): void {
    this.#header[at / 4] = value;
  }
}
