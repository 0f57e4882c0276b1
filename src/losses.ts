/** Losses: what each one compares, its options and its Keras meaning. */
import * as codes from '../assembly/codes.ts';
import * as op from '../assembly/opcodes.ts';
import { type Config, given, type JsonObject } from './config.ts';
import type { Engine } from './engine/runtime.ts';
import { engineOf } from './engine/runtime.ts';
import { placePredictions, placeTargets, placeWeights } from './targets.ts';
import { type TensorLike, toArrayData } from './tensor.ts';
import { checkBoolean, checkFraction, checkInteger, checkName, checkNumber, checkOptions, show } from './validate.ts';

/** Names of the losses, `mse` and `mae` for short. */
export type LossName =
  | 'sparseCategoricalCrossentropy'
  | 'categoricalCrossentropy'
  | 'binaryCrossentropy'
  | 'meanSquaredError'
  | 'mse'
  | 'meanAbsoluteError'
  | 'mae'
  | 'huber';

/**
 * How the losses of the samples become the loss of a batch: their weighted sum divided by how many there are (the default,
 * as in Keras), their weighted sum, or that sum divided by the sum of the weights.
 */
export type Reduction = 'sumOverBatchSize' | 'sum' | 'meanWithSampleWeight';

/** What every loss takes. */
export interface LossOptions {
  /** Default `'sumOverBatchSize'`. */
  readonly reduction?: Reduction;
}

/** Options of {@link sparseCategoricalCrossentropy}. */
export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Samples with this label count nothing. Default: none. */
  readonly ignoreClass?: number;
}

/** Options of the losses over one-hot or binary targets. */
export interface CrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Moves this much of the target's weight to all classes alike. Default 0. */
  readonly labelSmoothing?: number;
}

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** Where the square turns into a line. Default 1. */
  readonly delta?: number;
}

const reductions = {
  sumOverBatchSize: op.SUM_OVER_BATCH_SIZE,
  sum: op.REDUCE_SUM,
  meanWithSampleWeight: op.MEAN_WITH_SAMPLE_WEIGHT,
} as const;

/** What a loss does when its predictions come out of this activation: it can take the logits before it instead. */
export type Fusable = 'softmax' | 'sigmoid';

interface LossSpec {
  readonly name: string;
  readonly kind: number;
  readonly fused: { readonly activation: Fusable; readonly kind: number } | undefined;
  readonly parameter: number;
  readonly ignoreClass: number;
  readonly reduction: Reduction;
  /** The options of its own, as plain JSON. */
  readonly options: { readonly [key: string]: JsonObject[string] | undefined };
}

const NO_CLASS = -2147483648;

/** A loss. Made by the functions of `losses`, or named by a string in `compile`. */
export class Loss {
  /** Name of the function that made it. */
  readonly name: string;
  /** How the losses of samples become one number. */
  readonly reduction: Reduction;
  /** @internal */
  readonly spec: LossSpec;

  /** @internal */
  constructor(spec: LossSpec) {
    this.spec = spec;
    this.name = spec.name;
    this.reduction = checkName('reduction', spec.reduction, Object.keys(reductions) as Reduction[]);
  }

  /** Targets are integer labels. @internal */
  get sparse(): boolean {
    return this.spec.kind === codes.SPARSE_CROSSENTROPY || this.spec.kind === codes.SPARSE_CROSSENTROPY_LOGITS;
  }

  /** @internal */
  get reductionCode(): number {
    return reductions[this.reduction];
  }

  /** What the loss was made with, defaults included, as plain JSON; `configs.lossFrom` makes another one of it. */
  toConfig(): Config {
    return { className: this.name, config: given({ ...this.spec.options, reduction: this.reduction }) };
  }

  /**
   * The loss of every sample, before weights and reduction: a Float32Array in the order of the leading axes.
   *
   * @param yTrue labels [..] of a sparse loss, else targets of the shape of `yPred`
   * @param yPred predictions [.., classes]
   * @example
   * ```ts
   * import { losses } from 'simdescent';
   * losses.meanSquaredError().perSample([[1, 2]], [[1, 4]]); // Float32Array [2]
   * ```
   */
  perSample(yTrue: TensorLike, yPred: TensorLike): Float32Array {
    return this.#run(yTrue, yPred, undefined).values;
  }

  /**
   * The loss of a batch, reduced.
   *
   * @param sampleWeight one weight for each sample; default all 1
   * @throws RangeError if shapes or labels do not fit.
   */
  compute(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): number {
    return this.#run(yTrue, yPred, sampleWeight).reduced;
  }

  #run(
    yTrue: TensorLike,
    yPred: TensorLike,
    sampleWeight: TensorLike | undefined,
  ): { values: Float32Array; reduced: number } {
    const predictions = toArrayData('yPred', yPred);
    const engine: Engine = predictions.tensor?.engine ?? engineOf(undefined);
    const { core } = engine;
    const scope = engine.scope();
    try {
      const { address, rows, cols, leading } = placePredictions(engine, scope, predictions);
      const targets = placeTargets(engine, scope, 'yTrue', yTrue, leading, cols, this);
      const weights = sampleWeight === undefined ? 0 : placeWeights(engine, scope, sampleWeight, rows);
      const values = scope.allocate(rows * 4);
      const { kind, parameter, ignoreClass } = this.spec;
      core.loss(kind, values, 0, 0, address, targets, 0, rows, cols, 1, parameter, ignoreClass);
      const total = core.weightedSum(values, weights, rows);
      const copy = engine.f32(values, rows).slice();
      return {
        values: copy,
        reduced: total * core.reductionScale(this.reductionCode, targets, weights, rows, ignoreClass),
      };
    } finally {
      scope.dispose();
    }
  }
}

const common = { fused: undefined, parameter: 0, ignoreClass: NO_CLASS } as const;

/**
 * Cross-entropy of integer labels: `-log p[label]`, with probabilities renormalised and clipped to [1e-7, 1 - 1e-7] as in Keras,
 * or from logits. Behind a softmax layer it takes the logits, which is exact where clipping is not.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, inputShape: [4] })]);
 * model.compile({ loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }) });
 * ```
 */
export function sparseCategoricalCrossentropy(options: SparseCategoricalCrossentropyOptions = {}): Loss {
  checkOptions('sparseCategoricalCrossentropy', options, ['fromLogits', 'ignoreClass', 'reduction']);
  const { fromLogits = false, ignoreClass, reduction = 'sumOverBatchSize' } = options;
  checkBoolean('fromLogits', fromLogits);
  if (ignoreClass !== undefined) checkInteger('ignoreClass', ignoreClass, NO_CLASS + 1, 2147483647);
  const logits = codes.SPARSE_CROSSENTROPY_LOGITS;
  return new Loss({
    name: 'sparseCategoricalCrossentropy',
    kind: fromLogits ? logits : codes.SPARSE_CROSSENTROPY,
    fused: fromLogits ? undefined : { activation: 'softmax', kind: logits },
    parameter: 0,
    ignoreClass: ignoreClass ?? NO_CLASS,
    reduction,
    options: { fromLogits, ignoreClass },
  });
}

function crossentropy(
  name: string,
  plain: number,
  logits: number,
  activation: Fusable,
  options: CrossentropyOptions,
): Loss {
  checkOptions(name, options, ['fromLogits', 'labelSmoothing', 'reduction']);
  const { fromLogits = false, labelSmoothing = 0, reduction = 'sumOverBatchSize' } = options;
  checkBoolean('fromLogits', fromLogits);
  checkFraction('labelSmoothing', labelSmoothing);
  const fused = fromLogits ? undefined : { activation, kind: logits };
  const own = { parameter: labelSmoothing, options: { fromLogits, labelSmoothing } };
  return new Loss({ ...common, name, kind: fromLogits ? logits : plain, fused, reduction, ...own });
}

/**
 * Cross-entropy of one-hot (or soft) targets: `-sum y log p`; see {@link sparseCategoricalCrossentropy}.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })]);
 * model.compile({ loss: losses.categoricalCrossentropy({ labelSmoothing: 0.1 }) });
 * ```
 */
export const categoricalCrossentropy = (options: CrossentropyOptions = {}): Loss =>
  crossentropy(
    'categoricalCrossentropy',
    codes.CATEGORICAL_CROSSENTROPY,
    codes.CATEGORICAL_CROSSENTROPY_LOGITS,
    'softmax',
    options,
  );

/**
 * Cross-entropy of independent yes-or-no targets, the mean over the last axis. Behind a sigmoid layer it takes the logits.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: losses.binaryCrossentropy() });
 * ```
 */
export const binaryCrossentropy = (options: CrossentropyOptions = {}): Loss =>
  crossentropy('binaryCrossentropy', codes.BINARY_CROSSENTROPY, codes.BINARY_CROSSENTROPY_LOGITS, 'sigmoid', options);

function plain(name: string, kind: number, options: LossOptions): Loss {
  checkOptions(name, options, ['reduction']);
  return new Loss({ ...common, name, kind, reduction: options.reduction ?? 'sumOverBatchSize', options: {} });
}

/**
 * Mean over the last axis of `(y - p)²`.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: losses.meanSquaredError({ reduction: 'sum' }) });
 * ```
 */
export const meanSquaredError = (options: LossOptions = {}): Loss =>
  plain('meanSquaredError', codes.MEAN_SQUARED_ERROR, options);
/**
 * Mean over the last axis of `|y - p|`.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: losses.meanAbsoluteError() });
 * ```
 */
export const meanAbsoluteError = (options: LossOptions = {}): Loss =>
  plain('meanAbsoluteError', codes.MEAN_ABSOLUTE_ERROR, options);

/**
 * Mean over the last axis of `e² / 2` where `|e| <= delta`, `delta |e| - delta² / 2` beyond.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: losses.huber({ delta: 2 }) });
 * ```
 */
export function huber(options: HuberOptions = {}): Loss {
  checkOptions('huber', options, ['delta', 'reduction']);
  const { delta = 1, reduction = 'sumOverBatchSize' } = options;
  checkNumber('delta', delta, 0);
  return new Loss({ ...common, name: 'huber', kind: codes.HUBER, parameter: delta, reduction, options: { delta } });
}

/** @internal */
export const lossFunctions: Readonly<Record<LossName, (options?: never) => Loss>> = {
  sparseCategoricalCrossentropy,
  categoricalCrossentropy,
  binaryCrossentropy,
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  huber,
};

/** Every loss name. */
export const lossNames: readonly LossName[] = Object.keys(lossFunctions) as LossName[];

/** @internal */
export function lossOf(value: LossName | Loss): Loss {
  if (value instanceof Loss) return value;
  if (typeof value === 'object') throw new TypeError(`loss must be a name or come from losses, got ${show(value)}`);
  return lossFunctions[checkName('loss', value, lossNames)]();
}
