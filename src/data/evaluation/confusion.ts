/** How often a model takes one class for another, and what follows from it, with the numbers and words of scikit-learn. */
import { Printed } from '../../printed.ts';
import { textTable } from '../../text-table.ts';
import { checkKind, checkOptions, show, showShape } from '../../validate.ts';
import { divided, valuesOf } from '../../values.ts';
import { type Categories, type Category, checkClasses, inOrder, listOf } from '../preprocessing/categories.ts';
import type { Features } from '../preprocessing/scaler.ts';

/** Options of {@link confusionMatrix}. */
export interface ConfusionOptions<C extends Category = Category> {
  /** The classes in the order of rows and columns. Default: those that occur, sorted. */
  readonly classes?: readonly C[];
  /** What each sample counts. Default 1. */
  readonly sampleWeight?: Features;
}

/** How often each class was taken for each. `console.log(matrix)` prints a table. */
export class ConfusionMatrix<C extends Category = Category> extends Printed {
  /** The classes in the order of rows and columns. */
  readonly classes: readonly C[];
  /** `counts[i][j]`: samples of class i that were taken for class j. */
  readonly counts: readonly (readonly number[])[];

  /** @internal */
  constructor(classes: readonly C[], counts: readonly (readonly number[])[]) {
    super();
    this.classes = classes;
    this.counts = counts;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'ConfusionMatrix';
  }

  /** A row for each true class, a column for each predicted one. */
  toString(): string {
    const rows = this.counts.map((row, i) => [String(this.classes[i]), ...row.map((count) => String(round(count)))]);
    return textTable([['', ...this.classes.map(String)], ...rows]);
  }
}

const round = (count: number): number => Number(count.toFixed(2));

/**
 * Counts which classes a model takes for which, as scikit-learn's `confusion_matrix`.
 *
 * @param yTrue the class of each sample: indices, numbers or texts
 * @param yPred the class that was predicted, such as {@link argMax} and `inverse` of an encoder give
 * @throws RangeError if the lengths differ or a class is not among those given
 * @example
 * ```ts
 * import { confusionMatrix } from 'simdescent/data';
 * const matrix = confusionMatrix(['cat', 'dog', 'dog'], ['cat', 'cat', 'dog']);
 * console.log(matrix.counts); // [[1, 0], [1, 1]]
 * console.log(String(matrix));
 * ```
 * @category Evaluation
 */
export function confusionMatrix<C extends Category>(
  yTrue: Categories<C>,
  yPred: Categories<NoInfer<C>>,
  options: ConfusionOptions<NoInfer<C>> = {},
): ConfusionMatrix<C> {
  checkOptions('confusionMatrix', options, ['classes', 'sampleWeight']);
  const [truth, predicted] = [listOf<C>('yTrue', yTrue), listOf<C>('yPred', yPred)];
  if (truth.length !== predicted.length || truth.length === 0)
    throw new RangeError(`expected as many predictions as true classes, got ${predicted.length} for ${truth.length}`);
  const weights = weightsOf(options.sampleWeight, truth.length);
  const given = options.classes;
  if (given !== undefined) checkClasses(given);
  const classes = given ?? [...new Set([...truth, ...predicted])].sort(inOrder);
  const places = new Map<Category, number>(classes.map((one, i) => [one, i]));
  const place = (name: string, one: C, i: number): number => {
    const found = places.get(one);
    if (found === undefined)
      throw new RangeError(`${name}[${i}]: ${show(one)} is none of the classes ${show(classes)}`);
    return found;
  };
  const counts = classes.map(() => classes.map(() => 0));
  for (const [i, one] of truth.entries()) {
    const row = counts[place('yTrue', one, i)] ?? [];
    const column = place('yPred', predicted[i] as C, i);
    row[column] = (row[column] ?? 0) + (weights?.[i] ?? 1);
  }
  return new ConfusionMatrix(classes, counts);
}

function weightsOf(weights: Features | undefined, count: number): ArrayLike<number> | undefined {
  if (weights === undefined) return undefined;
  const values = valuesOf('sampleWeight', weights);
  checkKind(values.shape.length === 1, 'sampleWeight', 'a list of numbers', weights);
  if (values.shape[0] !== count)
    throw new RangeError(`sampleWeight: expected shape [${count}], got ${showShape(values.shape)}`);
  return divided(values);
}
