/** The objects of `metrics`: what a metric is called, how it counts, and a state of its own for programs without a model. */
import { MEAN_OF_ROWS } from '../../assembly/opcodes.ts';
import { type Config, given, type JsonObject } from '../config.ts';
import type { Value } from '../graph/graph.ts';
import type { Loss } from '../loss.ts';
import type { BoundMetric, MetricObject } from '../metrics.ts';
import { Printed } from '../printed.ts';
import { type TensorLike, toArrayData } from '../tensor.ts';
import { checkLabel, checkOptions, sameShape, showShape, sizeOf } from '../validate.ts';
import { divided } from '../values.ts';

/** The vectors of one batch, row-major, as a metric sees them. They lie in memory that the next step overwrites. */
export interface MetricBatch {
  /** Targets of the shape of the predictions, or one label for each vector. */
  readonly yTrue: ArrayLike<number>;
  /** Predictions: `count` vectors of `cols` numbers. */
  readonly yPred: ArrayLike<number>;
  /** A weight for each vector; undefined for 1 each. */
  readonly weights: ArrayLike<number> | undefined;
  /** How many vectors. */
  readonly count: number;
  /** Numbers in a vector of predictions. */
  readonly cols: number;
}

/** The state of a metric over an epoch. */
export interface Meter {
  /** Forgets everything. */
  reset(): void;
  /** Takes in a batch. */
  update(batch: MetricBatch): void;
  /** The value over all batches so far. */
  result(): number;
}

/** Options of every metric. */
export interface MetricOptions {
  /** Its key in the history. Default: Keras' name, `f1_score`. */
  readonly name?: string;
}

/** How a metric counts. */
export interface MetricRule {
  /** Targets are one label for each vector; undefined for a metric that takes both kinds. */
  readonly sparse: boolean | undefined;
  /** Throws if an output of `cols` columns does not fit. */
  readonly check?: (cols: number) => void;
  /** A new state. For the mean of a loss, which the core computes, that of a program without a model. */
  readonly meter: () => Meter;
  readonly loss?: Loss;
  /** What becomes of the mean of the loss. */
  readonly finish?: (mean: number) => number;
}

/** Targets, predictions and weights as vectors of the last axis. */
function batchOf(
  yTrue: TensorLike,
  yPred: TensorLike,
  sampleWeight: TensorLike | undefined,
  sparse?: boolean,
): MetricBatch {
  const predictions = toArrayData('yPred', yPred);
  const targets = toArrayData('yTrue', yTrue);
  const { shape } = predictions;
  const cols = shape.length < 2 ? 1 : (shape.at(-1) ?? 1);
  const leading = shape.length < 2 ? shape : shape.slice(0, -1);
  const count = sizeOf(leading);
  const labels = [leading, [...leading, 1]];
  const wanted = sparse === true ? labels : sparse === false || cols === 1 ? [shape] : [shape, ...labels];
  if (cols === 1) wanted.push(...labels);
  if (!wanted.some((one) => sameShape(one, targets.shape)))
    throw new RangeError(`expected yTrue of shape ${showShape(wanted[0] ?? [])}, got ${showShape(targets.shape)}`);
  const weights = sampleWeight === undefined ? undefined : toArrayData('sampleWeight', sampleWeight);
  const perRow = count / (shape[0] ?? 1);
  if (weights !== undefined && weights.data.length !== count && weights.data.length * perRow !== count)
    throw new RangeError(`sampleWeight must hold ${count} weights, got ${showShape(weights.shape)}`);
  const own = weights && divided(weights);
  const spread =
    own &&
    (own.length === count ? own : Float64Array.from({ length: count }, (_, i) => own[Math.floor(i / perRow)] ?? 1));
  return { yTrue: divided(targets), yPred: divided(predictions), weights: spread, count, cols };
}

/** Lets a meter read the values of each step where they lie. */
function recordOf(make: () => Meter): BoundMetric['record'] {
  return ({ engine, batchSize, kept, totals }, label, { yTrue, yPred, weights }, { times, cols }) => {
    for (const value of [yTrue, yPred, weights]) if (value !== undefined) kept.add(value);
    const view = (kind: 'f32' | 'i32', { root, size }: Value) => engine[kind](root.address ?? 0, size * batchSize);
    // addresses are known once the program is made
    let views: Pick<MetricBatch, 'yTrue' | 'yPred' | 'weights'> | undefined;
    let meter = make();
    totals.set(label, {
      get state() {
        return meter;
      },
      follow({ state }) {
        meter = state as Meter;
      },
      begin: () => meter.reset(),
      read: () => meter.result(),
      measure(rows) {
        views ??= {
          // labels are one integer for each vector
          yTrue: view(yTrue.shape.length === 1 ? 'i32' : 'f32', yTrue),
          yPred: view('f32', yPred),
          weights: weights && view('f32', weights),
        };
        meter.update({ ...views, count: rows * times, cols });
      },
    });
  };
}

/**
 * A metric with a state over an epoch. In a model, each of training and validation has a state of its own; `updateState`, `result` and `resetState` are for programs without one.
 */
export class EpochMetric extends Printed implements MetricObject {
  /** Its key in the history. */
  readonly name: string;
  readonly #className: string;
  readonly #options: Readonly<Record<string, JsonObject[string] | undefined>>;
  readonly #rule: MetricRule;
  #meter: Meter | undefined;

  /** `options` are those of the function that makes it, defaults included. @internal */
  constructor(
    className: string,
    name: string,
    options: Readonly<Record<string, JsonObject[string] | undefined>>,
    rule: MetricRule,
  ) {
    super();
    checkLabel('the name of a metric', name);
    this.name = name;
    this.#className = className;
    this.#options = options;
    this.#rule = rule;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Metric';
  }

  toString(): string {
    return `Metric ${this.#className} ${JSON.stringify(this.toConfig().config)}`;
  }

  /** Its function and all its options, as plain JSON; `configs.metricFrom` makes another metric from it. */
  toConfig(): Config {
    return { className: this.#className, config: given({ ...this.#options, name: this.name }) };
  }

  /** @internal */
  bound(cols: number | undefined, sparse: boolean): Omit<BoundMetric, 'weighted'> {
    const { loss, finish, meter, check, sparse: own = sparse } = this.#rule;
    if (cols !== undefined) check?.(cols);
    return {
      key: this.name,
      sparse: own,
      kernel: loss?.kernel ?? 0,
      loss,
      reduction: MEAN_OF_ROWS,
      ...(finish !== undefined && { finish }),
      ...(loss === undefined && { record: recordOf(meter) }),
    };
  }

  /**
   * Takes in a batch, as `fit` does after each step. Not for the state inside a model.
   *
   * @param yTrue targets of the shape of `yPred`, or one label for each vector, as the metric takes them
   * @param yPred predictions [.., columns], or [n] for one column
   * @param sampleWeight a weight for each sample, or for each vector; default all 1
   * @throws RangeError if shapes do not fit.
   * @example
   * ```ts
   * import { metrics } from 'simdescent';
   * const precision = metrics.precision();
   * precision.updateState([0, 1, 1], [0.9, 0.8, 0.2]);
   * precision.updateState([1, 0, 1], [0.7, 0.1, 0.6]);
   * console.log(precision.result()); // 0.75
   * ```
   */
  updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): void {
    const { sparse, check, meter } = this.#rule;
    const batch = batchOf(yTrue, yPred, sampleWeight, sparse);
    check?.(batch.cols);
    this.#meter ??= meter();
    this.#meter.update(batch);
  }

  /** The value over all batches since `resetState`. */
  result(): number {
    this.#meter ??= this.#rule.meter();
    return this.#meter.result();
  }

  /** Forgets all batches. */
  resetState(): void {
    this.#meter?.reset();
  }
}

/** The mean of a number for each vector, each as often as its weight says. */
export function meanMeter(values: (batch: MetricBatch) => ArrayLike<number>, finish = (mean: number) => mean): Meter {
  let sum = 0;
  let count = 0;
  return {
    reset() {
      sum = 0;
      count = 0;
    },
    update(batch) {
      const own = values(batch);
      for (let i = 0; i < batch.count; i++) {
        const weight = batch.weights?.[i] ?? 1;
        sum += weight * (own[i] ?? 0);
        count += weight;
      }
    },
    result: () => (count === 0 ? 0 : finish(sum / count)),
  };
}

/** The name of a metric, after a check of its options. */
export function nameIn(of: string, options: MetricOptions, own: readonly string[], name: string): string {
  checkOptions(of, options, [...own, 'name']);
  return options.name ?? name;
}

/** `a / b`, and 0 where `b` is 0, as Keras' `divide_no_nan`. */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
