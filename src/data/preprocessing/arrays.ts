/** What stands between labels, predictions and classes: small functions on arrays of numbers. */
import { checkInteger, showShape } from '../../validate.ts';
import { divided, valuesOf } from '../../values.ts';
import type { Matrix } from '../table.ts';
import { largestOf, oneHotRows } from './categories.ts';
import type { Features } from './scaler.ts';

/**
 * Labels that are indices as rows of zeros with a one, for `categoricalCrossentropy`: Keras' `to_categorical`, TensorFlow.js' `tf.oneHot`.
 * `sparseCategoricalCrossentropy` takes the indices themselves.
 *
 * @param labels integers from 0, shape `[rows]` or `[rows, 1]`
 * @param numClasses columns; default: the largest label and one more
 * @throws RangeError for a label that is not an integer from 0 to `numClasses` - 1
 * @example
 * ```ts
 * import { toCategorical } from 'simdescent/data';
 * const { data, shape } = toCategorical([2, 0], 3); // 0, 0, 1, 1, 0, 0 and [2, 3]
 * ```
 * @category Preprocessing
 */
export function toCategorical(labels: Features, numClasses?: number): Matrix {
  const values = valuesOf('labels', labels);
  const { shape } = values;
  if (shape.length === 0 || shape.slice(1).some((size) => size !== 1))
    throw new RangeError(`labels: expected shape [rows] or [rows, 1], got ${showShape(shape)}`);
  const data = divided(values);
  let largest = 0;
  for (const [i, label] of data.entries()) {
    if (numClasses === undefined) checkInteger(`labels[${i}]`, label, 0, MOST_CLASSES);
    largest = Math.max(largest, label);
  }
  const classes = numClasses ?? largest + 1;
  checkInteger('numClasses', classes, 1);
  for (const [i, label] of data.entries()) checkInteger(`labels[${i}]`, label, 0, classes - 1);
  return oneHotRows(data, classes);
}

/** A label beyond is a mistake, perhaps a number that is no label at all. */
const MOST_CLASSES = 1_000_000;

/**
 * The index of the largest number in each row: of predictions the class that a model finds likeliest. The first of equal ones counts.
 * `inverse` of an encoder makes names of them.
 *
 * @param rows shape `[rows, classes]`, such as `model.predict` gives
 * @throws RangeError for another shape, and for one column: of those, numbers above 0.5 are the class 1
 * @example
 * ```ts
 * import { argMax } from 'simdescent/data';
 * const classes = argMax([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]]); // 1, 0
 * const names = Array.from(classes, (i) => ['cat', 'dog', 'fox'][i]); // dog, cat: `map` of a typed array makes numbers only
 * ```
 * @category Preprocessing
 */
export function argMax(rows: Features): Int32Array {
  const values = valuesOf('rows', rows);
  const { shape } = values;
  const [, width = 0] = shape;
  if (shape.length !== 2 || width === 0)
    throw new RangeError(`rows: expected shape [rows, classes], got ${showShape(shape)}`);
  if (width === 1)
    throw new RangeError(`rows: expected several columns, got shape ${showShape(shape)}; compare one column with 0.5`);
  return largestOf(divided(values), width);
}

/**
 * Matrices with the same rows side by side, as NumPy's `hstack`: numbers of a table beside its encoded texts.
 *
 * @param parts shape `[rows, columns]`, or `[rows]` for one column
 * @throws RangeError if the numbers of rows differ
 * @example
 * ```ts
 * import { csv, hstack, oneHot } from 'simdescent/data';
 * const table = await csv('age,port\n22,S\n38,C\n');
 * const port = oneHot(table.texts('port'));
 * const { data, shape } = hstack(table.matrix(['age']), port.apply(table.texts('port'))); // 22, 0, 1, 38, 1, 0 and [2, 3]
 * ```
 * @category Preprocessing
 */
export function hstack(...parts: readonly Features[]): Matrix {
  const all = parts.map((part, i) => {
    const name = `part ${i}`;
    const values = valuesOf(name, part);
    const { shape } = values;
    const [rows = 0, width = 1] = shape;
    if (shape.length !== 1 && shape.length !== 2)
      throw new RangeError(`${name}: expected shape [rows, columns] or [rows], got ${showShape(shape)}`);
    return { data: divided(values), rows, width };
  });
  const rows = all[0]?.rows ?? 0;
  const odd = all.findIndex((part) => part.rows !== rows);
  if (odd >= 0) throw new RangeError(`part ${odd} has ${all[odd]?.rows} rows, part 0 has ${rows}`);
  const total = all.reduce((sum, { width }) => sum + width, 0);
  if (total === 0) throw new RangeError('hstack needs at least one column');
  const joined = new Float32Array(rows * total);
  let left = 0;
  for (const { data, width } of all) {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < width; j++) joined[i * total + left + j] = data[i * width + j] ?? 0;
    left += width;
  }
  return { data: joined, shape: [rows, total] };
}
