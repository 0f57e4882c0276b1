/** How much of the targets' variance the predictions explain. */
import { checkInteger, checkName } from '../validate.ts';
import { EpochMetric, type Meter, type MetricOptions, nameIn, ratio } from './metric.ts';

/** Options of {@link r2Score}. */
export interface R2ScoreOptions extends MetricOptions {
  /** The mean of the columns' scores, or their mean weighted by the variances of the targets. Default `'uniform_average'`. */
  readonly classAggregation?: 'uniform_average' | 'variance_weighted_average';
  /** How many independent variables the model has, for the adjusted score. Default 0: not adjusted. */
  readonly numRegressors?: number;
}

/** Weighted sums of one column. */
interface Column {
  sum: number;
  squares: number;
  errors: number;
  count: number;
}

function meterOf(weighted: boolean, regressors: number): Meter {
  let columns: Column[] = [];
  let samples = 0;
  return {
    reset() {
      columns = [];
      samples = 0;
    },
    update({ yTrue, yPred, weights, count, cols }) {
      if (columns.length === 0)
        columns = Array.from({ length: cols }, () => ({ sum: 0, squares: 0, errors: 0, count: 0 }));
      samples += count * cols;
      for (let row = 0; row < count; row++) {
        const weight = weights?.[row] ?? 1;
        for (const [c, column] of columns.entries()) {
          const y = yTrue[row * cols + c] ?? 0;
          const error = y - (yPred[row * cols + c] ?? 0);
          column.sum += weight * y;
          column.squares += weight * y * y;
          column.errors += weight * error * error;
          column.count += weight;
        }
      }
    },
    result() {
      if (columns.length === 0) return 0;
      const totals = columns.map(({ sum, squares, count }) => squares - sum * (sum / count));
      const scores = columns.map(({ errors }, c) => {
        const score = 1 - errors / (totals[c] ?? 0);
        // as in Keras, where the targets do not vary but the predictions err
        return score === Number.NEGATIVE_INFINITY ? 0 : score;
      });
      const shares = weighted ? totals : scores.map(() => 1);
      const sum = scores.reduce((total, score, c) => total + score * (shares[c] ?? 0), 0);
      const score = ratio(
        sum,
        shares.reduce((total, share) => total + share, 0),
      );
      const left = samples - regressors - 1;
      return regressors === 0 || left <= 0 ? score : 1 - ((1 - score) * (samples - 1)) / left;
    },
  };
}

/**
 * The coefficient of determination: 1 minus the squared errors divided by the variance of the targets. 1 is perfect, 0 as good as their mean, below 0 worse. Key `r2_score`.
 *
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: 'mse', metrics: [metrics.r2Score()] });
 * ```
 */
export function r2Score(options: R2ScoreOptions = {}): EpochMetric {
  const name = nameIn('metrics.r2Score', options, ['classAggregation', 'numRegressors'], 'r2_score');
  const { classAggregation = 'uniform_average', numRegressors = 0 } = options;
  checkName('classAggregation', classAggregation, ['uniform_average', 'variance_weighted_average']);
  checkInteger('numRegressors', numRegressors, 0);
  return new EpochMetric(
    'r2Score',
    name,
    { classAggregation, numRegressors },
    {
      sparse: false,
      meter: () => meterOf(classAggregation !== 'uniform_average', numRegressors),
    },
  );
}
