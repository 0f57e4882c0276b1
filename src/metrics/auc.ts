/** The area under a curve of two rates, over thresholds as in Keras or over all predictions. */

import { log, sigmoid } from '../scalars.ts';
import { checkBoolean, checkInteger, checkKind, checkName, checkNumber } from '../validate.ts';
import { aboveEven, aboveOf, type Confusion, Counts } from './confusion.ts';
import { EpochMetric, type Meter, type MetricBatch, type MetricOptions, nameIn, ratio } from './metric.ts';

/** Options of {@link auc}. */
export interface AucOptions extends MetricOptions {
  /** How many thresholds from 0 to 1. Default 200. */
  readonly numThresholds?: number;
  /** Recall over the false positive rate, precision over recall, or the gains of the two (Flach and Kull, 2015). Default `'ROC'`. */
  readonly curve?: 'ROC' | 'PR' | 'PRGAIN';
  /** The height between two thresholds: their mean (for `'PR'` the interpolation of Davis and Goadrich, 2006), the lower or the higher. Default `'interpolation'`. */
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
  /** Thresholds of your own between 0 and 1, to which one below 0 and one above 1 are added, instead of `numThresholds`. Default: evenly spaced. */
  readonly thresholds?: readonly number[];
  /** The mean of the areas of the columns, instead of the area of all columns together. Default false. */
  readonly multiLabel?: boolean;
  /** The weight of each column. Default all 1. */
  readonly labelWeights?: readonly number[];
  /** Predictions are logits. Default false: probabilities. */
  readonly fromLogits?: boolean;
}

/** Options of {@link exactAuc}. */
export interface ExactAucOptions extends MetricOptions {
  /** Recall over the false positive rate, or the average precision. Default `'ROC'`. */
  readonly curve?: 'ROC' | 'PR';
}

/** Keras' epsilon. */
const EPSILON = 1e-7;

/** A point of the curve: [x, y]. */
type Point = readonly [x: number, y: number];

const points = {
  ROC: ({ tp, fp, tn, fn }: Confusion): Point => [ratio(fp, fp + tn), ratio(tp, tp + fn)],
  PR: ({ tp, fp, fn }: Confusion): Point => [ratio(tp, tp + fn), ratio(tp, tp + fp)],
  PRGAIN({ tp, fp, tn, fn }: Confusion): Point {
    if (tp === 0) return [0, 1];
    const scale = ratio(tp + fn, tn + fp);
    const recall = 1 - scale * (fn / tp);
    return [recall > 0 ? recall : 0, 1 - scale * (fp / tp)];
  },
} as const;

const heights = {
  interpolation: (a: number, b: number): number => (a + b) / 2,
  minoring: (a: number, b: number): number => (a < b ? a : b),
  majoring: (a: number, b: number): number => (a > b ? a : b),
} as const;

/** An area without the rounding that makes it a little more than 1. */
const atMost1 = (area: number): number => (area > 1 ? 1 : area);

/** Between two thresholds, true positives grow linearly with the positives, and precision with neither. */
function interpolated(table: readonly Confusion[]): number {
  let area = 0;
  for (const [i, b] of table.slice(1).entries()) {
    const a = table[i] ?? b;
    const [pa, pb] = [a.tp + a.fp, b.tp + b.fp];
    const dtp = a.tp - b.tp;
    const slope = pa > pb ? dtp / (pa - pb) : 0;
    const intercept = b.tp - slope * pb;
    const steps = pa > 0 && pb > 0 ? log(pa / pb) : 0;
    area += ratio(slope * (dtp + intercept * steps), b.tp + b.fn);
  }
  return atMost1(area);
}

function areaOf(table: readonly Confusion[], curve: keyof typeof points, method: keyof typeof heights): number {
  if (curve === 'PR' && method === 'interpolation') return interpolated(table);
  const all = table.map(points[curve]);
  let area = 0;
  for (const [i, [x, y]] of all.slice(1).entries()) {
    const [before, height] = all[i] ?? [x, y];
    area += (before - x) * heights[method](height, y);
  }
  return atMost1(area);
}

/** Probabilities of logits. */
const squashed = (batch: MetricBatch): MetricBatch => ({
  ...batch,
  yPred: Float32Array.from({ length: batch.count * batch.cols }, (_, i) => sigmoid(batch.yPred[i] ?? 0)),
});

/**
 * The area under the curve of two rates over thresholds, as Keras computes it: for 200 thresholds close to {@link exactAuc}, at a fraction of its memory.
 * Columns are counted together, or with `multiLabel` apart. Key `auc`.
 *
 * @throws RangeError for fewer than 2 thresholds, thresholds outside 0 to 1, or weights that are not one for each column.
 * @example
 * ```ts
 * import { layers, metrics, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [metrics.auc(), metrics.auc({ curve: 'PR', name: 'pr' })] });
 * ```
 */
export function auc(options: AucOptions = {}): EpochMetric {
  const own = [
    'numThresholds',
    'curve',
    'summationMethod',
    'thresholds',
    'multiLabel',
    'labelWeights',
    'fromLogits',
  ] as const;
  const name = nameIn('metrics.auc', options, own, 'auc');
  const { curve = 'ROC', summationMethod = 'interpolation', multiLabel = false, fromLogits = false } = options;
  const { thresholds, labelWeights, numThresholds = (thresholds?.length ?? 198) + 2 } = options;
  checkName('curve', curve, ['ROC', 'PR', 'PRGAIN']);
  checkName('summationMethod', summationMethod, ['interpolation', 'minoring', 'majoring']);
  checkBoolean('multiLabel', multiLabel);
  checkBoolean('fromLogits', fromLogits);
  checkInteger('numThresholds', numThresholds, 2);
  for (const [what, list, most] of [
    ['thresholds', thresholds, 1],
    ['labelWeights', labelWeights, undefined],
  ] as const) {
    checkKind(list === undefined || Array.isArray(list), what, 'an array of numbers', list);
    for (const [i, one] of (list ?? []).entries()) checkNumber(`${what}[${i}]`, one, 0, most);
  }
  if (thresholds !== undefined && numThresholds !== thresholds.length + 2)
    throw new RangeError(
      `${thresholds.length} thresholds make ${thresholds.length + 2} with the ends, got numThresholds ${numThresholds}; leave it out`,
    );
  const ends = thresholds && [-EPSILON, ...[...thresholds].sort((a, b) => a - b), 1 + EPSILON];
  const above = ends === undefined ? aboveEven(numThresholds, true) : aboveOf(ends);
  const fresh = () => new Counts(numThresholds, above);

  const meter = (): Meter => {
    /** One for each column, or one for all. */
    let counts: Counts[] = [];
    return {
      reset() {
        counts = [];
      },
      update(given) {
        const batch = fromLogits ? squashed(given) : given;
        if (counts.length === 0) counts = Array.from({ length: multiLabel ? batch.cols : 1 }, fresh);
        for (const [c, one] of counts.entries())
          if (multiLabel) one.update(batch, c);
          else one.update(batch, undefined, labelWeights);
      },
      result() {
        let [sum, weight] = [0, 0];
        for (const [c, one] of counts.entries()) {
          const own = multiLabel ? (labelWeights?.[c] ?? 1) : 1;
          sum += own * areaOf(one.table(), curve, summationMethod);
          weight += own;
        }
        return ratio(sum, weight);
      },
    };
  };
  const check = (cols: number): void => {
    if (labelWeights !== undefined && labelWeights.length !== cols)
      throw new RangeError(`labelWeights must hold one number for each of ${cols} columns, got ${labelWeights.length}`);
  };
  const described = {
    ...(thresholds === undefined ? { numThresholds } : { thresholds: [...thresholds] }),
    curve,
    summationMethod,
    multiLabel,
    labelWeights: labelWeights && [...labelWeights],
    fromLogits,
  };
  return new EpochMetric('auc', name, described, { sparse: false, check, meter });
}

/** Keeps all predictions: 24 bytes each. */
class Everything implements Meter {
  readonly #curve: 'ROC' | 'PR';
  #scores: number[] = [];
  #positive: number[] = [];
  #negative: number[] = [];

  constructor(curve: 'ROC' | 'PR') {
    this.#curve = curve;
  }

  reset(): void {
    this.#scores = [];
    this.#positive = [];
    this.#negative = [];
  }

  update({ yTrue, yPred, weights, count, cols }: MetricBatch): void {
    for (let i = 0; i < count * cols; i++) {
      const weight = weights?.[Math.floor(i / cols)] ?? 1;
      this.#scores.push(yPred[i] ?? 0);
      this.#positive.push(yTrue[i] === 0 ? 0 : weight);
      this.#negative.push(yTrue[i] === 0 ? weight : 0);
    }
  }

  result(): number {
    const scores = Float64Array.from(this.#scores);
    if (scores.some(Number.isNaN)) return Number.NaN;
    const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    let [tp, fp, area] = [0, 0, 0];
    for (let i = 0; i < order.length; ) {
      const [before, others] = [tp, fp];
      const score = scores[order[i] ?? 0];
      // equal predictions cross a threshold together
      for (; i < order.length && scores[order[i] ?? 0] === score; i++) {
        tp += this.#positive[order[i] ?? 0] ?? 0;
        fp += this.#negative[order[i] ?? 0] ?? 0;
      }
      area += this.#curve === 'ROC' ? ((fp - others) * (tp + before)) / 2 : (tp - before) * ratio(tp, tp + fp);
    }
    return atMost1(ratio(area, this.#curve === 'ROC' ? tp * fp : tp));
  }
}

/**
 * The exact area under the curve, of all predictions instead of thresholds: that of the ROC curve, or the average precision, as in scikit-learn. It keeps
 * all predictions of the epoch and sorts them for each result. Of logits it is the same as of probabilities. Key `exact_auc`.
 *
 * @example
 * ```ts
 * import { metrics } from 'simdescent';
 * const metric = metrics.exactAuc();
 * metric.updateState([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
 * console.log(metric.result()); // 0.75
 * ```
 */
export function exactAuc(options: ExactAucOptions = {}): EpochMetric {
  const name = nameIn('metrics.exactAuc', options, ['curve'], 'exact_auc');
  const { curve = 'ROC' } = options;
  checkName('curve', curve, ['ROC', 'PR']);
  return new EpochMetric('exactAuc', name, { curve }, { sparse: false, meter: () => new Everything(curve) });
}
