/** Arguments of functions: tensors, or plain objects and arrays of them, nested to any depth. */

import { SymbolicValue } from '../ops/symbolic.ts';
import { type ArrayData, type NestedArray, Tensor, toArrayData } from '../tensor.ts';
import { isObject, show, showShape } from '../validate.ts';

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

const isPlain = (value: object): value is Record<string, unknown> =>
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** Numbers all the way down: one array, not a list of arguments. */
function isNumbers(value: unknown): boolean {
  let inner = value;
  while (Array.isArray(inner)) inner = inner[0];
  return typeof inner === 'number';
}

const isLeaf = (value: unknown): value is Given =>
  typeof value === 'number' ||
  value instanceof Tensor ||
  value instanceof SymbolicValue ||
  isNumbers(value) ||
  (isObject(value) && 'data' in value && 'shape' in value && ArrayBuffer.isView(value.data));

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

/** The numbers of a leaf that is not symbolic. */
export function numbersOf({ path, value }: Leaf): {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
} {
  if (typeof value === 'number') return { data: [value], shape: [] };
  if (value instanceof SymbolicValue) throw new TypeError(`${path} is symbolic; expected numbers`);
  return toArrayData(path, value);
}

/** Distinguishes programs: structures and shapes. */
export const signatureOf = (trees: readonly Tree[]): string =>
  trees
    .map(({ structure, leaves }) => `${structure}${leaves.map((leaf) => showShape(numbersOf(leaf).shape)).join('')}`)
    .join(';');
