/** The class of losses: how a loss is computed and recorded, and its meaning in Keras. */
import * as op from '../assembly/opcodes.ts';
import { type Config, given, type JsonObject } from './config.ts';
import type { Scope } from './engine/memory.ts';
import { type Engine, engineOf } from './engine/runtime.ts';
import type { Graph, Value } from './graph/graph.ts';
import type { SymbolicValue } from './ops/symbolic.ts';
import { Printed } from './printed.ts';
import { placePredictions, placeTargets, placeWeights } from './targets.ts';
import { type TensorLike, toArrayData } from './tensor.ts';
import { checkBoolean, checkFraction, checkInteger, checkNumber, checkOptions, checkSpelling } from './validate.ts';

/**
 * How the losses of the samples become the loss of a batch: `sumOverBatchSize`, or `mean`, is their weighted sum divided by their
 * number, the default as in Keras; `sum` their weighted sum; `meanWithSampleWeight` that sum divided by the sum of the weights;
 * `none` keeps one for each sample; metrics and `perSample` accept it, `compile` and `compute` do not.
 */
export type Reduction = 'sumOverBatchSize' | 'mean' | 'sum' | 'meanWithSampleWeight' | 'none';

/** Options of every loss. */
export interface LossOptions {
  /** Default `'sumOverBatchSize'`. */
  readonly reduction?: Reduction;
}

const reductions = {
  sumOverBatchSize: op.SUM_OVER_BATCH_SIZE,
  sum: op.REDUCE_SUM,
  meanWithSampleWeight: op.MEAN_WITH_SAMPLE_WEIGHT,
  none: op.MEAN_OF_ROWS,
} as const;

/** The options of all losses with a kernel. */
interface AnyOptions extends LossOptions {
  readonly fromLogits?: boolean;
  readonly ignoreClass?: number | undefined;
  readonly labelSmoothing?: number;
  readonly delta?: number;
}

/** The kernel for logits, and the activation that makes probabilities of them. */
interface Fused {
  readonly kernel: number;
  readonly activation: 'softmax' | 'sigmoid';
}

/**
 * A loss or a metric of your own: returns the loss of every sample of a batch, or of every vector of it, see `losses.custom`. Give it to `compile` directly.
 */
export type LossFunction = (yTrue: SymbolicValue, yPred: SymbolicValue) => SymbolicValue;

/** How to record a loss made of operations, so that programs without one do without operations on arrays. @internal */
export interface Trace {
  /** Given without a loss object: as a metric its value is the mean over the samples. */
  readonly plain: boolean;
  /** The losses of each row's `times` vectors. */
  readonly values: (label: string, targets: Value, predictions: Value, times: number) => Value;
  /** The gradient of the batch's loss by these losses, with which the backward pass begins. */
  readonly seed: (graph: Graph, label: string, times: number, weights: Value | undefined) => Value;
  /** Computes the losses of a batch, whose targets and predictions of `shape` lie at these addresses; returns where they are. */
  readonly run: (
    label: string,
    engine: Engine,
    scope: Scope,
    targets: number,
    predictions: number,
    shape: readonly number[],
  ) => number;
  /** The name of the function in descriptions. */
  readonly functionName: () => string;
  /** Options beside the reduction, defaults included, of a loss of `losses`; undefined for a user's own. */
  readonly own?: JsonObject;
}

/** What computes a loss: a kernel of the core, operations, or the loss that fits the data. */
interface Means {
  readonly kernel?: number;
  /** For losses with `fromLogits`. */
  readonly fused?: Fused;
  readonly trace?: Trace;
  /** The loss for an output of `cols` columns, and for labels if `sparse`. */
  readonly choose?: (cols: number, sparse: boolean, options: LossOptions) => Loss;
}

const NO_CLASS = -2147483648;

/** A loss. Made by the functions of `losses`, or named by a string in `compile`. */
export class Loss extends Printed {
  /** Name of the function that made it. */
  readonly name: string;
  /** How the losses of samples become one number; `mean` is `sumOverBatchSize` here. */
  readonly reduction: Exclude<Reduction, 'mean'>;
  /** @internal */
  readonly kernel: number;
  /** The loss to use behind its activation, on logits. @internal */
  readonly fused: Fused | undefined;
  /** Label smoothing, or huber's delta. @internal */
  readonly parameter: number;
  /** @internal */
  readonly ignoreClass: number;
  /** For a loss of your own. @internal */
  readonly trace: Trace | undefined;
  readonly #choose: Means['choose'];
  readonly #options: { readonly [key: string]: JsonObject[string] | undefined };

  /** `own` are its options beside the reduction. @internal */
  constructor(name: string, options: AnyOptions, own: readonly (keyof AnyOptions)[], means: Means) {
    super();
    checkOptions(name, options, [...own, 'reduction']);
    const { fromLogits = false, ignoreClass, labelSmoothing = 0, delta = 1, reduction = 'sumOverBatchSize' } = options;
    checkBoolean('fromLogits', fromLogits);
    if (ignoreClass !== undefined) checkInteger('ignoreClass', ignoreClass, NO_CLASS + 1, 2147483647);
    checkFraction('labelSmoothing', labelSmoothing);
    checkNumber('delta', delta, 0);
    const { kernel = 0, fused, trace, choose } = means;
    this.name = name;
    this.trace = trace;
    this.#choose = choose;
    const all = Object.keys(reductions) as (keyof typeof reductions)[];
    this.reduction = checkSpelling('reduction', reduction, all, { mean: 'sumOverBatchSize' });
    this.kernel = fromLogits && fused !== undefined ? fused.kernel : kernel;
    this.fused = fromLogits ? undefined : fused;
    this.parameter = name === 'huber' ? delta : labelSmoothing;
    this.ignoreClass = ignoreClass ?? NO_CLASS;
    const given: AnyOptions = { fromLogits, ignoreClass, labelSmoothing, delta };
    this.#options = Object.fromEntries(own.map((option) => [option, given[option]]));
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Loss';
  }

  toString(): string {
    return `Loss ${this.name} ${JSON.stringify(this.toConfig().config)}`;
  }

  /** Targets are integer labels; undefined if that depends on the data. @internal */
  get sparse(): boolean | undefined {
    return this.#choose === undefined ? this.name === 'sparseCategoricalCrossentropy' : undefined;
  }

  /** Keras' name of this loss object, the key of a metric. @internal */
  get key(): string {
    if (this.trace !== undefined && this.trace.own === undefined) return this.name;
    return this.name === 'huber' ? 'huber_loss' : this.name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
  }

  /** @internal */
  get reductionCode(): number {
    return reductions[this.reduction];
  }

  /** The options, defaults included, as plain JSON; `configs.lossFrom` makes another loss from it. */
  toConfig(): Config {
    const { name, reduction, trace } = this;
    const own = trace === undefined ? this.#options : trace.own;
    if (trace === undefined || own !== undefined) return { className: name, config: given({ ...own, reduction }) };
    const config = { function: trace.functionName(), name, reduction };
    return { className: trace.plain ? 'function' : 'custom', config };
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
   * @param sampleWeight one weight for each sample, of either sign; default all 1
   * @throws RangeError if shapes or labels do not fit, or for the reduction `none`.
   */
  compute(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): number {
    this.checkReduces('compute');
    return this.#run(yTrue, yPred, sampleWeight).reduced;
  }

  /** This loss, or the one that fits predictions and targets of these shapes. @internal */
  fitting(predictions: readonly number[], targets: readonly number[]): Loss {
    if (this.#choose === undefined) return this;
    const cols = predictions.at(-1) ?? 1;
    const sparse = targets.length < predictions.length || (targets.at(-1) === 1 && cols > 1);
    return this.#choose(cols, sparse, { reduction: this.reduction });
  }

  /** Refuses the reduction `none` where `of` needs one number. @internal */
  checkReduces(of: string): void {
    if (this.reduction === 'none')
      throw new RangeError(
        `${of} needs one number for a batch, but ${this.name} has the reduction 'none'; use 'sum' or 'mean', or perSample`,
      );
  }

  #run(yTrue: TensorLike, yPred: TensorLike, sampleWeight: TensorLike | undefined) {
    const predictions = toArrayData('yPred', yPred);
    const engine = predictions.tensor?.engine ?? engineOf(undefined);
    const { core } = engine;
    const scope = engine.scope();
    try {
      const { address, rows, cols, leading } = placePredictions(engine, scope, predictions);
      const given = toArrayData('yTrue', yTrue);
      const loss = this.fitting(predictions.shape, given.shape);
      const targets = placeTargets(engine, scope, 'yTrue', given, leading, cols, loss);
      const weights = sampleWeight === undefined ? 0 : placeWeights(engine, scope, sampleWeight, rows);
      const { kernel, parameter, ignoreClass, trace } = loss;
      const kernelValues = (): number => {
        const at = scope.allocate(rows * 4);
        core.loss(kernel, at, 0, 0, address, targets, 0, rows, cols, 1, parameter, ignoreClass);
        return at;
      };
      const values = trace?.run(loss.name, engine, scope, targets, address, predictions.shape) ?? kernelValues();
      const scale = core.reductionScale(this.reductionCode, targets, weights, rows, ignoreClass);
      return { values: engine.f32(values, rows).slice(), reduced: core.weightedSum(values, weights, rows) * scale };
    } finally {
      scope.dispose();
    }
  }
}
