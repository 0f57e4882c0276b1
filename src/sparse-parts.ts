/** Reads sparse rows: what they consist of, checked. */
import { checkOptions, checkShape, show, showShape } from './validate.ts';
import { type Numbers, type SparseData, valuesOf } from './values.ts';

/** Sparse rows whose parts fit each other. */
export interface SparseParts extends SparseData {
  readonly indices: Int32Array;
  readonly values: Numbers | undefined;
  readonly offsets: Int32Array;
}

/** Sizes and places are 32-bit integers. */
const MOST = 2 ** 31 - 1;

function listOf(name: string, value: unknown, length?: number): Numbers {
  const { data, shape } = valuesOf(name, value);
  if (shape.length !== 1) throw new RangeError(`${name} must be a flat list, got shape ${showShape(shape)}`);
  if (length !== undefined && data.length !== length)
    throw new RangeError(`${name} must hold ${length} numbers, got ${data.length}`);
  return data;
}

/** A flat list of 32-bit integers. */
function integersOf(name: string, value: unknown, length?: number): Int32Array {
  const data = listOf(name, value, length);
  if (data instanceof Int32Array) return data;
  for (const [i, number] of data.entries())
    if ((number | 0) !== number) throw new RangeError(`${name}[${i}] must be an integer, got ${show(number)}`);
  return Int32Array.from(data);
}

/**
 * Checks sparse rows. The parts are the caller's memory where it holds 32-bit integers, else copies.
 *
 * @throws TypeError or RangeError that says which part does not fit.
 */
export function sparseParts(name: string, given: SparseData): SparseParts {
  checkOptions(name, given, ['indices', 'values', 'offsets', 'shape']);
  const shape = [...given.shape];
  checkShape(`${name}.shape`, shape);
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows >= MOST || columns > MOST)
    throw new RangeError(`${name}.shape must be [rows, columns], each below 2^31, got ${showShape(shape)}`);
  const indices = integersOf(`${name}.indices`, given.indices);
  const offsets = integersOf(`${name}.offsets`, given.offsets, rows + 1);
  const values = given.values === undefined ? undefined : listOf(`${name}.values`, given.values, indices.length);
  const bad = offsets.findIndex((offset, r) => (r === 0 ? offset !== 0 : offset < (offsets[r - 1] ?? 0)));
  if (bad >= 0) throw new RangeError(`${name}.offsets must begin with 0 and never fall, got ${offsets[bad]} at ${bad}`);
  if (offsets[rows] !== indices.length)
    throw new RangeError(`${name}.offsets must end with ${indices.length}, as many as indices, got ${offsets[rows]}`);
  const outside = indices.findIndex((index) => index < 0 || index >= columns);
  if (outside >= 0)
    throw new RangeError(`${name}.indices[${outside}] is ${indices[outside]}, and the columns are 0 to ${columns - 1}`);
  return { indices, values, offsets, shape };
}
