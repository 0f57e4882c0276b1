/** The best of one rate where another one is good enough, over evenly spaced thresholds. */
import { checkInteger, checkNumber } from '../validate.ts';
import { aboveEven, aboveOf, type Confusion, Counts, checkColumn, countsMeter } from './confusion.ts';
import { EpochMetric, type MetricOptions, nameIn, ratio } from './metric.ts';

/** Options of the rates at another rate. */
export interface RateOptions extends MetricOptions {
  /** How many thresholds from 0 to 1 to try. Default 200. */
  readonly numThresholds?: number;
  /** Looks at this column alone. Default: at all. */
  readonly classId?: number;
}

/** Options of {@link sensitivityAtSpecificity}. */
export interface SensitivityAtSpecificityOptions extends RateOptions {
  /** The least specificity, from 0 to 1. */
  readonly specificity: number;
}

/** Options of {@link specificityAtSensitivity}. */
export interface SpecificityAtSensitivityOptions extends RateOptions {
  /** The least sensitivity, from 0 to 1. */
  readonly sensitivity: number;
}

/** Options of {@link precisionAtRecall}. */
export interface PrecisionAtRecallOptions extends RateOptions {
  /** The least recall, from 0 to 1. */
  readonly recall: number;
}

/** Options of {@link recallAtPrecision}. */
export interface RecallAtPrecisionOptions extends RateOptions {
  /** The least precision, from 0 to 1. */
  readonly precision: number;
}

const sensitivity = ({ tp, fn }: Confusion): number => ratio(tp, tp + fn);
const specificity = ({ tn, fp }: Confusion): number => ratio(tn, tn + fp);
const precision = ({ tp, fp }: Confusion): number => ratio(tp, tp + fp);

const rates = { sensitivity, specificity, precision, recall: sensitivity };

/** The largest `wanted` rate of the thresholds at which the `given` one is at least as large as its option says; 0 if there are none. */
function rateAt<K extends keyof typeof rates>(
  className: string,
  wanted: keyof typeof rates,
  given: K,
  options: RateOptions & Readonly<Record<K, number>>,
): EpochMetric {
  const name = nameIn(`metrics.${className}`, options, [given, 'numThresholds', 'classId'], `${wanted}_at_${given}`);
  const { numThresholds = 200, classId } = options;
  const least = options[given];
  checkNumber(given, least, 0, 1);
  checkInteger('numThresholds', numThresholds, 1);
  const above = numThresholds === 1 ? aboveOf([0.5]) : aboveEven(numThresholds, false);
  const value = (table: readonly Confusion[]): number => {
    let best = 0;
    for (const one of table) if (rates[given](one) >= least && rates[wanted](one) > best) best = rates[wanted](one);
    return best;
  };
  return new EpochMetric(
    className,
    name,
    { [given]: least, numThresholds, classId },
    {
      sparse: false,
      check: checkColumn(classId),
      meter: countsMeter(() => new Counts(numThresholds, above, { classId }), value),
    },
  );
}

/**
 * The largest share of positive targets that a threshold finds while it keeps at least this share of the negative ones out.
 *
 * @throws RangeError for a rate outside 0 to 1, or a class that the output does not have; the same in the metrics below.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.sensitivityAtSpecificity({ specificity: 0.9 })] });
 * ```
 */
export const sensitivityAtSpecificity = (options: SensitivityAtSpecificityOptions): EpochMetric =>
  rateAt('sensitivityAtSpecificity', 'sensitivity', 'specificity', options);

/**
 * The largest share of negative targets that a threshold keeps out while it finds at least this share of the positive ones.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.specificityAtSensitivity({ sensitivity: 0.9 });
 * ```
 */
export const specificityAtSensitivity = (options: SpecificityAtSensitivityOptions): EpochMetric =>
  rateAt('specificityAtSensitivity', 'specificity', 'sensitivity', options);

/**
 * The largest precision of the thresholds with at least this recall.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.precisionAtRecall({ recall: 0.8 });
 * ```
 */
export const precisionAtRecall = (options: PrecisionAtRecallOptions): EpochMetric =>
  rateAt('precisionAtRecall', 'precision', 'recall', options);

/**
 * The largest recall of the thresholds with at least this precision.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.recallAtPrecision({ precision: 0.8 });
 * ```
 */
export const recallAtPrecision = (options: RecallAtPrecisionOptions): EpochMetric =>
  rateAt('recallAtPrecision', 'recall', 'precision', options);
