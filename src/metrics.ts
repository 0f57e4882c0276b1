/** Metrics, reported beside the loss. */
import * as codes from '../assembly/codes.ts';
import { MEAN_OF_ROWS } from '../assembly/opcodes.ts';
import type { Config } from './config.ts';
import { lossOfFunction } from './custom-loss.ts';
import type { Graph, Value } from './graph/graph.ts';
import { Loss, type LossFunction } from './loss.ts';
import { crossentropyFor, LOSSES, type LossName, lossAliases, lossOf } from './losses.ts';
import { uniqueNames } from './unique-names.ts';
import { checkSpelling, spelt } from './validate.ts';

/** Names of the accuracies; `accuracy`, or `acc`, is the one that fits output and targets. */
export type AccuracyName = 'accuracy' | 'acc' | 'sparseCategoricalAccuracy' | 'categoricalAccuracy' | 'binaryAccuracy';

/** A metric made by a function of `metrics`. It makes its own meters, so that a program without such metrics has no code of them. */
export interface MetricObject {
  /** Its key in the history. */
  readonly name: string;
  /** Its function and all its options, as plain JSON. */
  toConfig(): Config;
  /** The metric for an output of `cols` columns, if they are known, and targets that are labels if `sparse`. @internal */
  bound(cols: number | undefined, sparse: boolean): Omit<BoundMetric, 'weighted'>;
}

/**
 * An accuracy or any loss, by name; a metric made by a function of `metrics`; a loss object; or a function of your own. As in Keras, a name is the key in the logs as given, a function's name
 * is its key, and both report the mean over the samples. A loss object has Keras' key, `mean_squared_error` or `huber_loss`; each batch is reduced as the object says,
 * and the value is the mean over the batches: a smaller last batch counts as much as the others.
 */
export type Metric = AccuracyName | LossName | MetricObject | Loss | LossFunction;

const kernels: Readonly<Record<string, number>> = {
  sparseCategoricalAccuracy: codes.SPARSE_ACCURACY,
  categoricalAccuracy: codes.CATEGORICAL_ACCURACY,
  binaryAccuracy: codes.BINARY_ACCURACY,
};

const names = /* @__PURE__ */ ['accuracy'].concat(/* @__PURE__ */ Object.keys(kernels), LOSSES);
const aliases: Readonly<Record<string, string>> = /* @__PURE__ */ Object.assign({ acc: 'accuracy' }, lossAliases);

/** A metric of a model: its key in the history and its kernel. @internal */
export interface BoundMetric {
  readonly key: string;
  /** Reads integer labels. */
  readonly sparse: boolean;
  readonly kernel: number;
  /** Undefined for an accuracy. */
  readonly loss: Loss | undefined;
  /** How the values of a batch become one number. */
  readonly reduction: number;
  /** What becomes of the mean. */
  readonly finish?: (mean: number) => number;
  /** For a metric that looks at the `times` vectors of each row of every step itself: makes its total. */
  readonly record?: (
    graph: Graph,
    label: string,
    values: { readonly yTrue: Value; readonly yPred: Value; readonly weights: Value | undefined },
    sizes: { readonly times: number; readonly cols: number },
  ) => void;
  /** Counts each sample as often as its weight says. */
  readonly weighted: boolean;
}

/** A metric object, of any copy of the library. */
const isObjectMetric = (value: unknown): value is MetricObject => typeof Object(value).bound === 'function';

/** The metric for an output of `cols` columns and targets that are labels if `sparse`. */
function metricOf(value: Metric, width: number | undefined, sparse: boolean): Omit<BoundMetric, 'weighted'> {
  if (isObjectMetric(value)) return value.bound(width, sparse);
  // two columns fit every accuracy
  const cols = width ?? 2;
  const object =
    typeof value === 'function' ? lossOfFunction(value, {}, true) : value instanceof Loss ? value : undefined;
  if (object?.trace !== undefined) {
    const reduction = object.trace.plain ? MEAN_OF_ROWS : object.reductionCode;
    return { key: object.key, sparse: false, kernel: 0, loss: object, reduction };
  }
  const name = object?.name ?? checkMetricName(value);
  const bound = { key: object?.key ?? String(value), reduction: object?.reductionCode ?? MEAN_OF_ROWS };
  const fitting = cols === 1 ? 'binaryAccuracy' : sparse ? 'sparseCategoricalAccuracy' : 'categoricalAccuracy';
  const accuracy = name === 'accuracy' ? fitting : name;
  const kernel = kernels[accuracy];
  if (kernel !== undefined)
    return { ...bound, sparse: accuracy === 'sparseCategoricalAccuracy', kernel, loss: undefined };
  const loss = name === 'crossentropy' ? crossentropyFor(cols, sparse) : lossOf(value as LossName | Loss);
  return { ...bound, sparse: loss.sparse === true, kernel: loss.kernel, loss };
}

/**
 * The metrics beside `loss` for an output of `cols` columns, and those that are weighted. They read the targets of the loss, so one that needs another kind is refused.
 * Keys that repeat are numbered as in Keras, `huber_loss`, `huber_loss_1`; a weighted metric with the key of another one is `weighted_…`. @internal
 */
export function metricsOf(
  values: readonly Metric[],
  weightedValues: readonly Metric[],
  cols: number | undefined,
  loss: Loss,
): BoundMetric[] {
  const keys = new Set<string>();
  const bind = (value: Metric, weighted: boolean): BoundMetric => {
    const metric = metricOf(value, cols, loss.sparse ?? false);
    const { sparse } = metric;
    const key = weighted && keys.has(metric.key) ? `weighted_${metric.key}` : metric.key;
    if (loss.sparse !== undefined && sparse !== loss.sparse) {
      const kind = (labels: boolean) => (labels ? 'integer labels' : 'targets of the shape of the output');
      throw new RangeError(
        `metric '${key}' takes ${kind(sparse)}, but the loss ${loss.name} takes ${kind(loss.sparse)}`,
      );
    }
    keys.add(key);
    return { ...metric, weighted, key };
  };
  const all = [...values.map((one) => bind(one, false)), ...weightedValues.map((one) => bind(one, true))];
  const unique = uniqueNames(all.map(({ key }) => key));
  return all.map((one, i) => ({ ...one, key: unique[i] ?? one.key }));
}

/** The metric of this name, in any spelling. @throws RangeError for an unknown one. @internal */
export const checkMetricName = (name: unknown): string => checkSpelling('metric', name, names, aliases, HINT);

/** Whether `compile` knows a metric of this name. @internal */
export const isMetricName = (name: unknown): boolean => spelt(name, names, aliases) !== undefined;

/** Most metrics have no name, so that a program has only those that it uses. */
const HINT = '; others are functions of metrics: metrics.auc()';

/** Whether more or less of a metric with this key is better; undefined if no metric has it. @internal */
export function directionOf(key: string): 'min' | 'max' | undefined {
  const plain = key.replace(/_\d+$/, '');
  const name = plain === 'huber_loss' ? 'huber' : spelt(plain, names, aliases);
  if (name === undefined) return undefined;
  return name.toLowerCase().endsWith('accuracy') ? 'max' : 'min';
}
