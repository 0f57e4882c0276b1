/** Arrays that a file holds, decoded when they are asked for, and what nodes make of them alone. */
import { show, showShape, sizeOf } from '../../validate.ts';
import { transposed } from '../pytorch/arrays.ts';
import { FLOAT, INT32, INT64, type Tensor } from './proto.ts';

/** A list of integers in which the size of the batch, which is not known, is NaN. */
export const BATCH = Number.NaN;
/** More than any list of sizes or axes has. */
export const MOST_INTEGERS = 4096;
/** More axes than any array has: without a limit a file could ask for so many that comparing shapes takes minutes. */
const MOST_AXES = 32;

export interface Constant {
  /** For messages, and to know what two nodes share. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Its numbers. @throws RangeError if they are of another type */
  floats(): Float32Array;
  /** @throws RangeError if they are of another type, or too many */
  integers(): readonly number[];
}

const wrongType = (name: string, expected: string, got: number): never => {
  throw new RangeError(`the array ${show(name)} must hold ${expected}, got elements of ONNX' type ${got}`);
};

/** Reads one of the other files that hold numbers, by its name. */
export type External = (name: string) => Uint8Array;

function externalBytes({ name, external = new Map() }: Tensor, files: External): Uint8Array {
  const file = files(external.get('location') ?? '');
  const from = Number(external.get('offset') ?? 0);
  const length = Number(external.get('length') ?? file.length - from);
  if (![from, length].every((one) => Number.isSafeInteger(one) && one >= 0) || from + length > file.length)
    throw new RangeError(
      `the array ${show(name)} is said to be at byte ${show(from)}, ${show(length)} bytes long, of a file of ${file.length} bytes`,
    );
  return file.subarray(from, from + length);
}

function integersOf({ name, type, raw, ints = [] }: Tensor, size: number): readonly number[] {
  if (type !== INT64 && type !== INT32) wrongType(name, 'integers', type);
  if (size > MOST_INTEGERS)
    throw new RangeError(`the array ${show(name)} must hold at most ${MOST_INTEGERS} integers, got ${size}`);
  if (raw === undefined) return ints;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = type === INT64 ? 8 : 4;
  return Array.from({ length: Math.floor(raw.length / width) }, (_, i) =>
    type === INT64 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}

/** @throws RangeError for sizes that no array has */
function checkSizes(name: string, sizes: readonly number[]): void {
  if (sizes.length > MOST_AXES || sizes.some((one) => !Number.isSafeInteger(one) || one < 0))
    throw new RangeError(`the array ${show(name)} must have at most ${MOST_AXES} sizes, got ${show(sizes)}`);
  // those of an array without numbers cost nothing in the file
  if (sizes.some((one) => one > Math.max(sizeOf(sizes), MOST_INTEGERS)))
    throw new RangeError(`the array ${show(name)}, ${showShape(sizes)}, has no numbers for its sizes`);
}

/**
 * An array of the file, its claims checked.
 *
 * @throws RangeError for a shape that does not fit its numbers, or another file that is not there
 */
export function constantOf(tensor: Tensor, files: External): Constant {
  const { name, dims, type, floats, ints } = tensor;
  checkSizes(name, dims);
  const raw = tensor.external === undefined ? tensor.raw : externalBytes(tensor, files);
  const size = sizeOf(dims);
  const bytes = raw ?? floats;
  const width = type === INT64 ? 8 : 4;
  const numbers = bytes === undefined ? ints?.length : bytes.length / width;
  if ([FLOAT, INT32, INT64].includes(type) && numbers !== size)
    throw new RangeError(`the array ${show(name)}, ${showShape(dims)}, must hold ${size} numbers, got ${numbers}`);
  return {
    name,
    shape: dims,
    floats: () => {
      if (type !== FLOAT || bytes === undefined) return wrongType(name, 'float32', type);
      return new Float32Array(bytes.slice().buffer);
    },
    integers: () => integersOf({ ...tensor, ...(raw !== undefined && { raw }) }, size),
  };
}

/** A list of integers, or one alone. */
export const integersConstant = (name: string, shape: readonly number[], values: readonly number[]): Constant => ({
  name,
  shape,
  floats: () => wrongType(name, 'float32', INT64),
  integers: () => values,
});

/** The same numbers in another shape. @throws RangeError for one that no array has */
export function viewed(constant: Constant, shape: readonly number[]): Constant {
  checkSizes(constant.name, shape);
  return { ...constant, shape };
}

/** The same with its axes in another order. */
export const permuted = (constant: Constant, order: readonly number[], name: string): Constant => ({
  ...constant,
  name,
  shape: order.map((axis) => constant.shape[axis] ?? 1),
  floats: () => transposed(constant.floats(), constant.shape, order),
  // at most 4096, which float64 holds exactly
  integers: () => Array.from(transposed(Float64Array.from(constant.integers()), constant.shape, order)),
});
