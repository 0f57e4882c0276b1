/** Arguments of functions: tensors, or plain objects and arrays of them, nested to any depth. */

import { SymbolicValue } from '../ops/symbolic.ts';
import { type ArrayData, type NestedArray, Tensor, toArrayData } from '../tensor.ts';
import { isObject, show, showShape, typedKind } from '../validate.ts';
import { divided } from '../values.ts';

/** Types of a leaf. */
export type Given = Tensor | ArrayData | NestedArray | number | SymbolicValue;

/** A leaf and its path: `argument 0.layers[1].kernel`. */
export interface Leaf {
  readonly path: string;
  readonly value: Given;
}

/** The leaves of arguments, in order, and a function that puts others in their places. */
export interface Tree {
  readonly leaves: readonly Leaf[];
  /** The same for arguments of the same structure. */
  readonly structure: string;
  readonly rebuild: <T>(values: readonly T[]) => unknown;
}

/** Object literals, also of another realm: nothing, or a prototype that inherits from nothing. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return !isObject(prototype) || Object.getPrototypeOf(prototype) === null;
}

/** Numbers all the way down: one array, not a list of arguments. */
function isNumbers(value: unknown): boolean {
  let inner = value;
  while (Array.isArray(inner)) inner = inner[0];
  return typeof inner === 'number' || typedKind(inner) !== undefined;
}

/** `{ data, shape }`. */
const isData = (value: unknown): boolean =>
  isObject(value) &&
  'data' in value &&
  'shape' in value &&
  Array.isArray(value.shape) &&
  value.shape.every((size) => typeof size === 'number');

const isLeaf = (value: unknown): value is Given =>
  value instanceof Tensor || value instanceof SymbolicValue || isNumbers(value) || isData(value);

/**
 * Takes an argument apart, objects in the order of their keys' names.
 *
 * @throws TypeError for anything that is neither a tensor nor made of tensors.
 */
export function treeOf(path: string, value: unknown): Tree {
  if (isLeaf(value)) return { leaves: [{ path, value }], structure: '*', rebuild: ([only]) => only };
  if (!isObject(value) || !(Array.isArray(value) || isPlain(value)))
    throw new TypeError(
      `${path} must be a tensor, a number, nested arrays, or plain objects and arrays of these, got ${show(value)}`,
    );
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value).sort();
  const parts = keys.map((key) =>
    treeOf(
      typeof key === 'number' ? `${path}[${key}]` : `${path}.${key}`,
      (value as Record<string | number, unknown>)[key],
    ),
  );
  const named = parts.map(({ structure }, i) =>
    Array.isArray(value) ? structure : `${JSON.stringify(keys[i])}:${structure}`,
  );
  return {
    leaves: parts.flatMap(({ leaves }) => leaves),
    structure: Array.isArray(value) ? `[${named.join(',')}]` : `{${named.join(',')}}`,
    rebuild<T>(values: readonly T[]) {
      let at = 0;
      const inner = parts.map(({ leaves, rebuild }) => {
        at += leaves.length;
        return rebuild(values.slice(at - leaves.length, at));
      });
      if (Array.isArray(value)) return inner;
      return Object.fromEntries(inner.map((one, i) => [keys[i], one]));
    },
  };
}

/** Numbers and their shape, read and divided. */
export interface LeafNumbers {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** The numbers of a leaf that is not symbolic, divided by its divisor, as a model does when it gathers a batch. */
export function numbersOf({ path, value }: Leaf): LeafNumbers {
  if (value instanceof SymbolicValue) throw new TypeError(`${path} is symbolic; expected numbers`);
  const values = toArrayData(path, value);
  return { data: divided(values), shape: values.shape };
}

/** Distinguishes programs: structures, and the shapes of all leaves. */
export const signatureOf = (trees: readonly Tree[], numbers: readonly LeafNumbers[]): string =>
  `${trees.map(({ structure }) => structure).join(';')}|${numbers.map(({ shape }) => showShape(shape)).join('')}`;
