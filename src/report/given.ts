/** What reports are made of, as `fit` and `confusionMatrix` return it or as JSON has it. */
import { checkKind, isObject, show } from '../validate.ts';

/** The numbers of a training, as `fit` returns them: one list for each key. */
export interface HistoryLike {
  /** `loss`, `accuracy`, `val_loss`, ...: one number for each epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Indices of the epochs, counted from 0. Default: all from 0. */
  readonly epoch?: readonly number[];
}

/** How often each class was taken for each, as `confusionMatrix` of simdescent/data counts it. */
export interface ConfusionLike {
  /** The classes in the order of rows and columns. */
  readonly classes: readonly (string | number | boolean)[];
  /** `counts[i][j]`: samples of class i that were taken for class j. */
  readonly counts: readonly (readonly number[])[];
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');

/** The curves of a history in their order, and the numbers of its epochs, counted from 1. */
export function curvesOf(history: HistoryLike): {
  readonly curves: Map<string, readonly number[]>;
  readonly epochs: number[];
} {
  checkKind(isObject(history) && isObject(history.history), 'the history', 'what fit returns', history);
  const curves = new Map(Object.entries(history.history));
  let longest = 0;
  for (const [key, values] of curves) {
    checkKind(isNumbers(values), `history.${key}`, 'an array of numbers', values);
    longest = Math.max(longest, values.length);
  }
  const { epoch = Array.from({ length: longest }, (_, i) => i) } = history;
  checkKind(isNumbers(epoch), 'epoch', 'an array of numbers', epoch);
  return { curves, epochs: Array.from({ length: longest }, (_, i) => (epoch[i] ?? i) + 1) };
}

/** A matrix with the sums that reports show. */
export interface Counted {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  /** Samples of each class. */
  readonly rows: readonly number[];
  /** Samples that were taken for each class. */
  readonly columns: readonly number[];
  /** The share that was taken for what it is. */
  readonly accuracy: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function countedOf(matrix: ConfusionLike): Counted {
  const fits = isObject(matrix) && Array.isArray(matrix.classes) && Array.isArray(matrix.counts);
  checkKind(fits, 'the matrix', '{ classes, counts }, as confusionMatrix of simdescent/data returns', matrix);
  const { classes, counts } = matrix;
  const square =
    counts.length === classes.length && counts.every((row) => isNumbers(row) && row.length === classes.length);
  if (!square || classes.length === 0)
    throw new RangeError(
      `counts must have a row and a column for each of the ${classes.length} classes, got ${show(counts)}`,
    );
  const rows = counts.map(sum);
  const all = sum(rows);
  return {
    classes: classes.map(String),
    counts,
    rows,
    columns: classes.map((_, j) => sum(counts.map((row) => row[j] ?? 0))),
    accuracy: all === 0 ? 0 : sum(counts.map((row, i) => row[i] ?? 0)) / all,
  };
}
