/**
 * What models need for sparse rows. A bundle has the code only if the program imports `sparse`: src/model/sparse.ts sets `hook.sparse`, and everything
 * about rows is behind it.
 */
import type { Room } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Graph, Value } from '../graph/graph.ts';
import type { Weight } from '../layers/layer.ts';
import type { Spot } from '../optimizers/blocks.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { RowUpdates } from '../optimizers/slots.ts';
import type { SparseParts } from '../sparse-parts.ts';
import type { SparseData, Values } from '../values.ts';
import type { InputLike } from './options.ts';
import type { Built, ModelWeight } from './parameters.ts';

/** Rows in memory for a program, which reads them there. */
export interface PlacedSparse {
  /** The input of a graph whose rows they are; refused where it `isOutput` too. */
  readonly sparse: (graph: Graph, isOutput: boolean) => Value;
}

/** Memory for several batches of sparse rows. Slot s has its rows from s (size + 1) on, because a batch has one more offset than rows. */
export interface RowSlots {
  /** The most values of a batch. */
  readonly most: number;
  /** Address of the order of their rows, which passes over the one behind each slot. */
  readonly order: number;
  /** The same rows, which `place` copies into this slot. */
  at(slot: number, rows: SparseInput): SparseInput;
}

/** The inputs of a batch. */
export type Inputs = readonly (Values | SparseInput)[];

/** The same memory for the inputs of batches of which some are sparse. */
export interface SparseSlots {
  /** The most values of each input. */
  readonly most: readonly number[];
  readonly order: number;
  /** Whether a batch with these inputs has room in a slot. */
  fits(x: Inputs): boolean;
  /** The same inputs, the sparse ones of which `place` copies into this slot. */
  at(slot: number, x: Inputs): Inputs;
}

/** Sparse rows as an input of a model. */
export interface SparseInput extends SparseParts {
  rows(from: number, to: number): SparseInput;
  /** The rows themselves, if samples may have this shape; `expected` begins the message. */
  fitting(shape: readonly number[], expected: string): SparseInput;
  /** With room for more values, so that batches of nearly the same number of them fit the same program. */
  readonly roomy: SparseInput;
  /** Bytes that they take. */
  readonly bytes: number;
  /** Of the form of an array: differs where they need another program. */
  readonly form: Values;
  /** Copies them into memory. */
  place(engine: Engine, room: Room): PlacedSparse;
  /** Memory for `count` batches of up to `size` rows like these, each with `most` values or as many as these. */
  slots(engine: Engine, room: Room, count: number, size: number, most: number): RowSlots;
}

/** Kernels of which single rows are updated, each with the number of the input whose rows it multiplies. They have no gradients. */
export type ByRows = ReadonlyMap<Weight, number>;

/** Products with them. */
export interface RowProducts {
  /** The products, of which an update needs the gradients. */
  readonly of: readonly Value[];
  updates(gradients: ReadonlyMap<Value, Value>): readonly RowUpdates[];
}

interface RowTraining {
  readonly optimizer: Optimizer;
  readonly byRows: ByRows;
  readonly decided: boolean;
  readonly placed: ReadonlyMap<Weight, Spot>;
}

export interface SparseHook {
  read(name: string, value: SparseData): SparseInput;
  /** The kernels among the weights that are `trained` of which rows can be updated, if all inputs are sparse. */
  byRows(built: Built, optimizer: Optimizer, trained: readonly ModelWeight[]): ByRows;
  /** Those of a step over `inputs`, or over any; undefined if the training is ready for it. */
  decide(built: Built, training: RowTraining, inputs: readonly InputLike[] | undefined): ByRows | undefined;
  /** The products in a graph whose inputs are `recorded`. */
  products(
    graph: Graph,
    built: Built,
    training: Pick<RowTraining, 'byRows' | 'placed'>,
    recorded: readonly Value[],
  ): RowProducts;
  /** Memory for `count` batches of up to `size` rows with inputs like these, and with at least as many values as `before`; undefined if none is sparse. */
  slots(
    x: Inputs,
    engine: Engine,
    room: Room,
    count: number,
    size: number,
    before: SparseSlots | undefined,
  ): SparseSlots | undefined;
}

export const hook: { sparse?: SparseHook } = {};
