/** The losses that have kernels and names: their options and their meaning in Keras. */
import * as codes from '../assembly/codes.ts';
import { Loss, type LossOptions } from './loss.ts';
import { checkSpelling, show } from './validate.ts';

/**
 * Names of the losses; `bce`, `mse` and `mae` for short. `crossentropy`, or `ce`, is the cross-entropy that fits output and targets: binary
 * for an output of one column, sparse for targets with one axis less than the output (or a last axis of 1), else categorical.
 */
export type LossName =
  | 'sparseCategoricalCrossentropy'
  | 'categoricalCrossentropy'
  | 'binaryCrossentropy'
  | 'meanSquaredError'
  | 'meanAbsoluteError'
  | 'huber'
  | 'bce'
  | 'mse'
  | 'mae'
  | 'crossentropy'
  | 'ce';

type Plain = Exclude<LossName, 'bce' | 'mse' | 'mae' | 'crossentropy' | 'ce'>;

/** @internal */
export const lossAliases: Readonly<Record<Exclude<LossName, Plain>, Plain | 'crossentropy'>> = {
  bce: 'binaryCrossentropy',
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  crossentropy: 'crossentropy',
  ce: 'crossentropy',
};

/** Options of {@link sparseCategoricalCrossentropy}. */
export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Samples with this label do not count. Default: none. */
  readonly ignoreClass?: number;
}

/** Options of the losses over one-hot or binary targets. */
export interface CrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Moves this share of the target's weight to all classes alike. Default 0. */
  readonly labelSmoothing?: number;
}

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** Where the square becomes a line. Default 1. */
  readonly delta?: number;
}

/**
 * Cross-entropy of integer labels: `-log p[label]`, with probabilities renormalised and clipped to [1e-7, 1 - 1e-7] as in Keras
 * (a row of zeros counts as equal probabilities), or from logits. Behind a softmax layer it reads the logits, which is exact where clipping is not.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 3, inputShape: [4] })]);
 * model.compile({ loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }) });
 * ```
 */
export function sparseCategoricalCrossentropy(options: SparseCategoricalCrossentropyOptions = {}): Loss {
  return new Loss('sparseCategoricalCrossentropy', options, ['fromLogits', 'ignoreClass'], {
    kernel: codes.SPARSE_CROSSENTROPY,
    fused: { kernel: codes.SPARSE_CROSSENTROPY_LOGITS, activation: 'softmax' },
  });
}

const smoothed = ['fromLogits', 'labelSmoothing'] as const;

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
  new Loss('categoricalCrossentropy', options, smoothed, {
    kernel: codes.CATEGORICAL_CROSSENTROPY,
    fused: { kernel: codes.CATEGORICAL_CROSSENTROPY_LOGITS, activation: 'softmax' },
  });

/**
 * Cross-entropy of independent yes-or-no targets, the mean over the last axis. Behind a sigmoid layer it reads the logits.
 *
 * @example
 * ```ts
 * import { layers, losses, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] })]);
 * model.compile({ loss: losses.binaryCrossentropy() });
 * ```
 */
export const binaryCrossentropy = (options: CrossentropyOptions = {}): Loss =>
  new Loss('binaryCrossentropy', options, smoothed, {
    kernel: codes.BINARY_CROSSENTROPY,
    fused: { kernel: codes.BINARY_CROSSENTROPY_LOGITS, activation: 'sigmoid' },
  });

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
  new Loss('meanSquaredError', options, [], { kernel: codes.MEAN_SQUARED_ERROR });
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
  new Loss('meanAbsoluteError', options, [], { kernel: codes.MEAN_ABSOLUTE_ERROR });

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
  return new Loss('huber', options, ['delta'], { kernel: codes.HUBER });
}

const functions = {
  sparseCategoricalCrossentropy,
  categoricalCrossentropy,
  binaryCrossentropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
} satisfies Record<Plain, unknown>;

/** Losses that a description can name. @internal */
export const lossFunctions: Readonly<Record<Plain | 'crossentropy', (options?: never) => Loss>> =
  // not spread, which bundlers treat as a side effect
  /* @__PURE__ */ Object.assign(
    { crossentropy: (options: LossOptions = {}) => new Loss('crossentropy', options, [], { choose: crossentropyFor }) },
    functions,
  );

/** @internal */
export const LOSSES: readonly Plain[] = /* @__PURE__ */ Object.keys(functions) as Plain[];

/** @internal */
export function lossOf(value: LossName | Loss): Loss {
  if (value instanceof Loss) return value;
  if (typeof value === 'object') throw new TypeError(`loss must be a name or come from losses, got ${show(value)}`);
  const hint = '; others are functions of losses: losses.poisson()';
  return lossFunctions[checkSpelling<Plain | 'crossentropy'>('loss', value, LOSSES, lossAliases, hint)]();
}

/** The loss that `'crossentropy'` means for an output of `cols` columns. @internal */
export function crossentropyFor(cols: number, sparse: boolean, options: LossOptions = {}): Loss {
  if (cols === 1) return binaryCrossentropy(options);
  return sparse ? sparseCategoricalCrossentropy(options) : categoricalCrossentropy(options);
}
