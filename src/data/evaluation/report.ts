/** Precision, recall and F1 of each class, with the numbers of scikit-learn's `classification_report`. */
import { Printed } from '../../printed.ts';
import { textTable } from '../../text-table.ts';
import { checkOptions } from '../../validate.ts';
import type { Categories, Category } from '../preprocessing/categories.ts';
import { type ConfusionOptions, confusionMatrix } from './confusion.ts';

/** How well a class, or all of them on average, is found. A quotient of nothing is 0. */
export interface Scores {
  /** Of the samples predicted as this class the share that are. */
  readonly precision: number;
  /** Of the samples of this class the share predicted so. */
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
  /** Samples of this class, or all, by their weights. */
  readonly support: number;
}

/** The scores of a class. */
export interface ClassScores<C extends Category = Category> extends Scores {
  /** The class. */
  readonly name: C;
}

/** Scores of every class and of all. `console.log(report)` prints a table. */
export class ClassificationReport<C extends Category = Category> extends Printed {
  /** Scores of each class. */
  readonly classes: readonly ClassScores<C>[];
  /** The share of samples whose class was predicted. */
  readonly accuracy: number;
  /** Means over the classes. */
  readonly macro: Scores;
  /** Means over the classes by their support. */
  readonly weighted: Scores;

  /** @internal */
  constructor(classes: readonly ClassScores<C>[], accuracy: number) {
    super();
    this.classes = classes;
    this.accuracy = accuracy;
    this.macro = meanOf(classes, () => 1);
    this.weighted = meanOf(classes, ({ support }) => support);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'ClassificationReport';
  }

  /** A line for each class, then accuracy and means. */
  toString(): string {
    const line = (name: string, { precision, recall, f1, support }: Scores): string[] => [
      name,
      ...[precision, recall, f1].map((score) => score.toFixed(2)),
      String(Number(support.toFixed(2))),
    ];
    const { support } = this.macro;
    return textTable([
      ['', 'precision', 'recall', 'f1-score', 'support'],
      ...this.classes.map((one) => line(String(one.name), one)),
      ['accuracy', '', '', this.accuracy.toFixed(2), String(Number(support.toFixed(2)))],
      line('macro avg', this.macro),
      line('weighted avg', this.weighted),
    ]);
  }
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function meanOf(classes: readonly Scores[], weightOf: (one: Scores) => number): Scores {
  const total = classes.reduce((sum, one) => sum + weightOf(one), 0);
  const mean = (key: keyof Scores): number =>
    ratio(
      classes.reduce((sum, one) => sum + one[key] * weightOf(one), 0),
      total,
    );
  const support = classes.reduce((sum, one) => sum + one.support, 0);
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1'), support };
}

/**
 * Precision, recall, F1 and support of each class, as scikit-learn's `classification_report`.
 *
 * @param yTrue the class of each sample: indices, numbers or texts
 * @param yPred the class that was predicted
 * @throws RangeError if the lengths differ or a class is not among those given
 * @example
 * ```ts
 * import { classificationReport } from 'simdescent/data';
 * const report = classificationReport(['cat', 'dog', 'dog'], ['cat', 'cat', 'dog']);
 * console.log(report.accuracy, report.macro.f1); // 0.667, 0.667
 * console.log(String(report));
 * ```
 * @category Evaluation
 */
export function classificationReport<C extends Category>(
  yTrue: Categories<C>,
  yPred: Categories<NoInfer<C>>,
  options: ConfusionOptions<NoInfer<C>> = {},
): ClassificationReport<C> {
  checkOptions('classificationReport', options, ['classes', 'sampleWeight']);
  const { classes, counts } = confusionMatrix<C>(yTrue, yPred, options);
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const hits = counts.map((row, i) => row[i] ?? 0);
  const scores = classes.map((name, i): ClassScores<C> => {
    const [hit = 0, support] = [hits[i], sum(counts[i] ?? [])];
    const predicted = sum(counts.map((row) => row[i] ?? 0));
    const f1 = ratio(2 * hit, support + predicted);
    return { name, precision: ratio(hit, predicted), recall: ratio(hit, support), f1, support };
  });
  return new ClassificationReport(scores, ratio(sum(hits), sum(counts.map(sum))));
}
