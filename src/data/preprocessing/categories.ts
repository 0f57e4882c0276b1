/** Categories as numbers: texts or numbers that name a class become its index, or a row with a one at that index. */

import { nearest } from '../../nearest.ts';
import { Printed } from '../../printed.ts';
import { checkKind, checkName, checkOptions, isObject, shorten, show, showShape, typedKind } from '../../validate.ts';
import { divided, type Numbers, valuesOf } from '../../values.ts';
import type { Shaped } from '../rows.ts';
import type { Matrix } from '../table.ts';
import type { Features } from './scaler.ts';

/** A class: its name, or a number that stands for it. */
export type Category = string | number;

/** A list of classes, one for each sample. */
export type Categories<C extends Category = Category> = readonly C[] | Numbers | Shaped;

/** A {@link LabelEncoder} or a {@link OneHotEncoder} as JSON. */
export interface EncoderJson<C extends Category = Category> {
  /** What it is. */
  readonly type: 'labels' | 'oneHot';
  /** The classes in their order. */
  readonly classes: readonly C[];
  /** What a class that is not among them becomes, if not an Error. */
  readonly unknown?: 'zeros';
}

const isCategory = (value: unknown): value is Category =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));

/** Texts and numbers as a list. */
export function listOf<C extends Category>(name: string, values: Categories<C>): readonly C[] {
  const list: unknown =
    isObject(values) && !Array.isArray(values) && 'data' in values ? divided(valuesOf(name, values)) : values;
  checkKind(Array.isArray(list) || typedKind(list) !== undefined, name, 'a list of texts or numbers', values);
  const all = Array.from(list as ArrayLike<unknown>);
  const wrong = all.findIndex((one) => !isCategory(one));
  if (wrong >= 0) throw new TypeError(`${name}[${wrong}] must be a text or a finite number, got ${show(all[wrong])}`);
  return all as readonly C[];
}

/** Numbers by size, texts by their characters; numbers first. */
export function inOrder(a: Category, b: Category): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}

/** The classes that occur, sorted, or those given. */
function classesOf<C extends Category>(values: Categories<C>, given: readonly C[] | undefined): readonly C[] {
  const classes = [...new Set(listOf('values', values))].sort(inOrder);
  if (given === undefined) {
    if (classes.length === 0) throw new RangeError('values must have at least one class, got none');
    return classes;
  }
  const own = checkClasses(given);
  const missing = classes.find((one) => !own.includes(one));
  if (missing !== undefined)
    throw new RangeError(`classes must have all values, but ${show(missing)} is not among them`);
  return own as readonly C[];
}

/** Refuses classes that are not different texts or numbers, perhaps from a file. */
export function checkClasses(classes: unknown): readonly Category[] {
  checkKind(Array.isArray(classes) && classes.every(isCategory), 'classes', 'an array of texts or numbers', classes);
  if (classes.length === 0 || new Set(classes).size !== classes.length)
    throw new RangeError(`classes must be at least one, all different, got ${show(classes)}`);
  return classes;
}

/** Indices of classes. */
class Indices<C extends Category> {
  readonly classes: readonly C[];
  readonly #places: ReadonlyMap<Category, number>;

  constructor(classes: readonly C[]) {
    this.classes = classes;
    this.#places = new Map(classes.map((one, i) => [one, i]));
  }

  /** @param unknown the index of a class that is not among them; without it that is an Error */
  of(values: Categories, unknown?: number): Int32Array {
    const list = listOf('values', values);
    return Int32Array.from(list, (one, i) => {
      const place = this.#places.get(one) ?? unknown;
      if (place === undefined)
        throw new RangeError(
          `values[${i}] is of no known class: ${show(one)}${nearest(String(one).slice(0, 100), this.classes.map(String))}`,
        );
      return place;
    });
  }

  class(index: number, name: string, i: number): C {
    const found = this.classes[index];
    if (found === undefined)
      throw new RangeError(`${name}[${i}] must be the index of one of ${this.classes.length} classes, got ${index}`);
    return found;
  }
}

/** Classes as indices and back; {@link labelEncode} makes it. */
export class LabelEncoder<C extends Category = Category> extends Printed {
  /** The classes in the order of their indices. */
  readonly classes: readonly C[];
  readonly #indices: Indices<C>;

  /** @internal */
  constructor(classes: readonly C[]) {
    super();
    this.classes = classes;
    this.#indices = new Indices(classes);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'LabelEncoder';
  }

  /** `LabelEncoder ["cat","dog"]`. */
  toString(): string {
    return `LabelEncoder ${shorten(JSON.stringify(this.classes))}`;
  }

  /** The index of each value's class, as `sparseCategoricalCrossentropy` takes them. Throws RangeError for an unknown class. */
  apply(values: Categories): Int32Array {
    return this.#indices.of(values);
  }

  /** The class of each index. Throws RangeError for an index that no class has. */
  inverse(indices: Features): C[] {
    const values = valuesOf('indices', indices);
    return Array.from(divided(values), (index, i) => this.#indices.class(index, 'indices', i));
  }

  /** What `JSON.stringify` writes; {@link preprocessorFrom} reads it. */
  toJSON(): EncoderJson<C> {
    return { type: 'labels', classes: this.classes };
  }
}

/** Classes as rows with a one and back; {@link oneHot} makes it. */
export class OneHotEncoder<C extends Category = Category> extends Printed {
  /** The classes in the order of the columns. */
  readonly classes: readonly C[];
  readonly #indices: Indices<C>;
  readonly #unknown: 'error' | 'zeros';

  /** @internal */
  constructor(classes: readonly C[], unknown: 'error' | 'zeros') {
    super();
    this.classes = classes;
    this.#indices = new Indices(classes);
    this.#unknown = unknown;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'OneHotEncoder';
  }

  /** `OneHotEncoder ["cat","dog"]`. */
  toString(): string {
    return `OneHotEncoder ${shorten(JSON.stringify(this.classes))}`;
  }

  /** A row for each value, with a one in the column of its class. Throws RangeError for an unknown class, unless those become zeros. */
  apply(values: Categories): Matrix {
    return oneHotRows(this.#indices.of(values, this.#unknown === 'zeros' ? -1 : undefined), this.classes.length);
  }

  /** The class of the largest number in each row: of ones and zeros, or of predictions. */
  inverse(rows: Features): C[] {
    const values = valuesOf('rows', rows);
    const { shape } = values;
    const width = this.classes.length;
    if (shape.length !== 2 || shape[1] !== width)
      throw new RangeError(`rows: expected shape [rows, ${width}], got ${showShape(shape)}`);
    return Array.from(largestOf(divided(values), width), (index, i) => this.#indices.class(index, 'rows', i));
  }

  /** What `JSON.stringify` writes; {@link preprocessorFrom} reads it. */
  toJSON(): EncoderJson<C> {
    return { type: 'oneHot', classes: this.classes, ...(this.#unknown === 'zeros' && { unknown: 'zeros' }) };
  }
}

/** Rows of `width` with a one at each index; none for -1. */
export function oneHotRows(indices: ArrayLike<number>, width: number): Matrix {
  const data = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? -1;
    if (index >= 0) data[i * width + index] = 1;
  }
  return { data, shape: [indices.length, width] };
}

/** Of each row of `width` numbers the index of the largest, the first of equal ones; NaN counts as the largest. */
export function largestOf(data: ArrayLike<number>, width: number): Int32Array {
  const found = new Int32Array(data.length / width);
  for (let i = 0; i < found.length; i++) {
    let best = 0;
    for (let j = 1; j < width; j++) {
      const [old, value] = [data[i * width + best] ?? 0, data[i * width + j] ?? 0];
      if (value > old || (Number.isNaN(value) && !Number.isNaN(old))) best = j;
    }
    found[i] = best;
  }
  return found;
}

/** Options of {@link labelEncode}. */
export interface LabelEncodeOptions<C extends Category = Category> {
  /** The classes in the order of their indices. Default: those that occur, sorted. */
  readonly classes?: readonly C[];
}

/**
 * Learns which classes there are, and makes indices of them and back, as scikit-learn's `LabelEncoder`.
 *
 * @param values the class of each sample, a text or a number
 * @throws TypeError or RangeError for values that are neither, or are not among the classes given
 * @example
 * ```ts
 * import { labelEncode } from 'simdescent/data';
 * const species = labelEncode(['setosa', 'virginica', 'setosa']);
 * console.log(species.classes); // ['setosa', 'virginica']
 * console.log(species.apply(['virginica'])); // 1
 * console.log(species.inverse([0, 1])); // ['setosa', 'virginica']
 * ```
 * @category Preprocessing
 */
export function labelEncode<C extends Category>(
  values: Categories<C>,
  options: LabelEncodeOptions<C> = {},
): LabelEncoder<C> {
  checkOptions('labelEncode', options, ['classes']);
  return new LabelEncoder(classesOf(values, options.classes));
}

/** Options of {@link oneHot}. */
export interface OneHotOptions<C extends Category = Category> extends LabelEncodeOptions<C> {
  /** What a class that did not occur becomes: an Error, or a row of zeros. Default `'error'`. */
  readonly unknown?: 'error' | 'zeros';
}

/**
 * Learns which classes there are, and makes rows of zeros with a one in the column of the class, as scikit-learn's `OneHotEncoder`: for a
 * column of texts among the inputs of a model. Labels that are indices already go to {@link toCategorical}.
 *
 * @param values the class of each sample, a text or a number
 * @throws TypeError or RangeError for values that are neither, or are not among the classes given
 * @example
 * ```ts
 * import { oneHot } from 'simdescent/data';
 * const port = oneHot(['Cherbourg', 'Southampton', 'Cherbourg']);
 * const { data, shape } = port.apply(['Southampton']); // 0, 1 and [1, 2]
 * ```
 * @category Preprocessing
 */
export function oneHot<C extends Category>(values: Categories<C>, options: OneHotOptions<C> = {}): OneHotEncoder<C> {
  checkOptions('oneHot', options, ['classes', 'unknown']);
  const { classes, unknown = 'error' } = options;
  return new OneHotEncoder(classesOf(values, classes), checkName('unknown', unknown, ['error', 'zeros']));
}
