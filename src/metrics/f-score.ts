/** F-scores: the harmonic mean of precision and recall. */
import { checkName, checkNumber } from '../validate.ts';
import { EpochMetric, type Meter, type MetricOptions, nameIn, ratio } from './metric.ts';

/** Options of {@link f1Score}. */
export interface F1ScoreOptions extends MetricOptions {
  /** All columns as one, the mean of the columns' scores, or their mean weighted by how often each is true. Default `'macro'`; Keras reports a score for each column. */
  readonly average?: 'micro' | 'macro' | 'weighted';
  /** Predictions above it are positive. Default: the largest of each vector is, which an output of one column cannot do. */
  readonly threshold?: number;
}

/** Options of {@link fBetaScore}. */
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision. Default 1. */
  readonly beta?: number;
}

const EPSILON = 1e-7;

/** Counts of one column. */
interface Column {
  tp: number;
  fp: number;
  fn: number;
  /** How often it is true. */
  weight: number;
}

const empty = (): Column => ({ tp: 0, fp: 0, fn: 0, weight: 0 });

function scoreOf({ tp, fp, fn }: Column, beta: number): number {
  const precision = tp / (tp + fp + EPSILON);
  const recall = tp / (tp + fn + EPSILON);
  return ((precision * recall) / (beta * beta * precision + recall + EPSILON)) * (1 + beta * beta);
}

function meterOf(average: 'micro' | 'macro' | 'weighted', beta: number, threshold: number | undefined): Meter {
  let columns: Column[] = [];
  return {
    reset() {
      columns = [];
    },
    update({ yTrue, yPred, weights, count, cols }) {
      if (columns.length === 0) columns = Array.from({ length: cols }, empty);
      for (let row = 0; row < count; row++) {
        const from = row * cols;
        const weight = weights?.[row] ?? 1;
        let least = threshold ?? Number.NEGATIVE_INFINITY;
        if (threshold === undefined)
          for (let c = 0; c < cols; c++) if ((yPred[from + c] ?? 0) > least) least = yPred[from + c] ?? 0;
        for (const [c, column] of columns.entries()) {
          const [y, p] = [yTrue[from + c] ?? 0, yPred[from + c] ?? 0];
          // as in Keras, nothing is predicted where all are 0
          const positive = threshold === undefined ? p >= least && (p > 1e-9 || p < -1e-9) : p > least;
          if (positive) {
            column.tp += weight * y;
            column.fp += weight * (1 - y);
          } else column.fn += weight * y;
          column.weight += weight * y;
        }
      }
    },
    result() {
      const sum = (of: keyof Column): number => columns.reduce((total, column) => total + column[of], 0);
      if (average === 'micro') return scoreOf({ tp: sum('tp'), fp: sum('fp'), fn: sum('fn'), weight: 0 }, beta);
      const all = sum('weight') + EPSILON;
      const shares = columns.map(({ weight }) => (average === 'macro' ? 1 : weight / all));
      const total = columns.reduce((score, column, c) => score + scoreOf(column, beta) * (shares[c] ?? 0), 0);
      return average === 'macro' ? ratio(total, columns.length) : total;
    },
  };
}

function score(className: string, options: FBetaScoreOptions, own: readonly string[], key: string): EpochMetric {
  const name = nameIn(`metrics.${className}`, options, own, key);
  const { average = 'macro', beta = 1, threshold } = options;
  checkName('average', average, ['micro', 'macro', 'weighted']);
  checkNumber('beta', beta, Number.MIN_VALUE);
  if (threshold !== undefined) checkNumber('threshold', threshold, 0, 1);
  const check = (cols: number): void => {
    if (cols === 1 && threshold === undefined)
      throw new RangeError(`metrics.${className} of one column needs a threshold: ${className}({ threshold: 0.5 })`);
  };
  const described = { average, ...(own.includes('beta') && { beta }), threshold };
  const at = threshold === undefined ? undefined : Math.fround(threshold);
  return new EpochMetric(className, name, described, {
    sparse: false,
    check,
    meter: () => meterOf(average, beta, at),
  });
}

/**
 * `2 precision recall / (precision + recall)`, of targets that are 0 or 1 in each column. Key `f1_score`.
 *
 * @throws RangeError for an output of one column without a threshold, because its only prediction is always the largest.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })]);
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [metrics.f1Score({ average: 'weighted' })] });
 * ```
 */
export const f1Score = (options: F1ScoreOptions = {}): EpochMetric =>
  score('f1Score', options, ['average', 'threshold'], 'f1_score');

/**
 * `(1 + beta²) precision recall / (beta² precision + recall)`; see {@link f1Score}. Key `fbeta_score`.
 *
 * @throws RangeError for a beta of 0, or an output of one column without a threshold.
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.fBetaScore({ beta: 2, threshold: 0.5 });
 * ```
 */
export const fBetaScore = (options: FBetaScoreOptions = {}): EpochMetric =>
  score('fBetaScore', options, ['average', 'beta', 'threshold'], 'fbeta_score');
