/** Metrics: what is reported beside the loss. */
import * as codes from '../assembly/codes.ts';
import { Loss, type LossName, lossNames, lossOf } from './losses.ts';
import { checkSpelling } from './validate.ts';

/** Names of the accuracies; `'accuracy'`, or `'acc'`, picks the one that fits targets and output. */
export type AccuracyName = 'accuracy' | 'acc' | 'sparseCategoricalAccuracy' | 'categoricalAccuracy' | 'binaryAccuracy';

/** An accuracy or any loss, by name; or a loss object. */
export type Metric = AccuracyName | LossName | Loss;

const kernels: Readonly<Record<string, number>> = {
  sparseCategoricalAccuracy: codes.SPARSE_ACCURACY,
  categoricalAccuracy: codes.CATEGORICAL_ACCURACY,
  binaryAccuracy: codes.BINARY_ACCURACY,
};

/** Every metric name. @internal */
export const metricNames = (): readonly string[] => ['accuracy', 'acc', ...Object.keys(kernels), ...lossNames];

/** A metric made concrete for a model: its key in the history and its kernel. @internal */
export interface BoundMetric {
  readonly key: string;
  /** Reads integer labels. */
  readonly sparse: boolean;
  readonly kernel: number;
  /** Undefined for an accuracy. */
  readonly loss: Loss | undefined;
}

/** The metric for an output of `cols` columns whose loss has `sparse` targets. @internal */
export function metricOf(value: Metric, cols: number, sparse: boolean): BoundMetric {
  const key = value instanceof Loss ? value.name : checkSpelling('metric', value, metricNames());
  const fitting = cols === 1 ? 'binaryAccuracy' : sparse ? 'sparseCategoricalAccuracy' : 'categoricalAccuracy';
  const chosen = key === 'accuracy' || key === 'acc' ? fitting : key;
  const kernel = kernels[chosen];
  if (kernel !== undefined) return { key, sparse: chosen === 'sparseCategoricalAccuracy', kernel, loss: undefined };
  const loss = lossOf((value instanceof Loss ? value : key) as LossName | Loss);
  return { key, sparse: loss.sparse, kernel: loss.kernel, loss };
}

/** Metrics read the same targets as the loss: refuses one that needs the other kind, or a key given twice. @internal */
export function checkMetrics(metrics: readonly BoundMetric[], loss: Loss): void {
  const keys = new Set(['loss']);
  for (const { key, sparse } of metrics) {
    if (sparse !== loss.sparse) {
      const kind = (labels: boolean) => (labels ? 'integer labels' : 'targets of the shape of the output');
      throw new RangeError(
        `metric '${key}' takes ${kind(sparse)}, but the loss ${loss.name} takes ${kind(loss.sparse)}`,
      );
    }
    if (keys.has(key)) throw new RangeError(`metric '${key}' is given twice`);
    keys.add(key);
  }
}
