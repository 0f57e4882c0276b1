import {
  type Activation,
  type ActivationFunction,
  type ActivationName,
  type ActivationSpec,
  activationOf,
  specOf,
} from '../activations.ts';
import type { Constraint, ConstraintFunction } from '../constraint.ts';
import type { Value } from '../graph/graph.ts';
import { dense as product, sizesOf } from '../graph/operations/products.ts';
import type { Initializer, InitializerName } from '../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../regularizers.ts';
import { checkBoolean, checkInteger, showShape } from '../validate.ts';
import { activate, activatedShape } from './activate.ts';
import { Layer, type LayerOptions, labelOf, type Shape, single } from './layer.ts';
import { configFrom, optionsOf, type WeightSpec, weightFrom } from './weight-options.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends LayerOptions {
  /** Size of the output's last axis. */
  readonly units: number;
  /** Default `'linear'`. */
  readonly activation?: ActivationName | ActivationSpec | ActivationFunction;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerName | Initializer;
  /** Penalty on the kernel. Default none. */
  readonly kernelRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Penalty on the bias. Default none. */
  readonly biasRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the kernel, applied after each update. Default none. */
  readonly kernelConstraint?: Constraint | ConstraintFunction;
  /** Constraint on the bias, applied after each update. Default none. */
  readonly biasConstraint?: Constraint | ConstraintFunction;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

class Dense extends Layer {
  override readonly activation: Activation;
  readonly #units: number;
  readonly #useBias: boolean;
  readonly #kernel: WeightSpec;
  readonly #bias: WeightSpec;

  constructor(options: DenseOptions) {
    super('dense', options, [
      'units',
      'activation',
      'useBias',
      ...optionsOf('kernel'),
      ...optionsOf('bias'),
      'activityRegularizer',
    ]);
    const { units, activation = 'linear', useBias = true } = options;
    checkInteger('units', units, 1);
    checkBoolean('useBias', useBias);
    this.#units = units;
    this.activation = activationOf(activation);
    this.#useBias = useBias;
    this.#kernel = weightFrom('kernel', options, 'glorotUniform');
    this.#bias = weightFrom('bias', options, 'zeros');
  }

  protected ownOptions() {
    return {
      units: this.#units,
      activation: specOf(this.activation),
      useBias: this.#useBias,
      ...configFrom(this.#kernel),
      ...configFrom(this.#bias),
    };
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    const last = single(this, inputs).at(-1);
    if (last === undefined)
      throw new RangeError(`${labelOf(this)}: expected samples of at least one axis, got scalars`);
    this.makeWeight({ ...this.#kernel, shape: [last, this.#units] });
    if (this.#useBias) this.makeWeight({ ...this.#bias, shape: [this.#units] });
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const [expected] = this.weights[0]?.shape ?? [];
    if (input.at(-1) !== expected)
      throw new RangeError(`${labelOf(this)}: expected a last axis of ${expected}, got ${showShape(['..', ...input])}`);
    return activatedShape(this, [...input.slice(0, -1), this.#units]);
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph } = x;
    const [kernel, bias] = this.weights.map((weight) => graph.weight(weight));
    if (kernel === undefined) throw new Error(`${this.name} has not been built`);
    const y =
      x.sparse?.product(this.name, kernel, bias) ??
      graph.add(product, this.name, { x, kernel, bias }, { ...sizesOf(x, kernel), relu: 0 }).y;
    return activate(`${this.name} ${this.activation.name}`, this.activation, y);
  }
}

/**
 * A fully connected layer: `y = activation(x · kernel + bias)` over the last axis, kernel [inputs, units], bias [units].
 *
 * @throws RangeError for units below 1 or unknown names.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.dense({ units: 300, activation: 'relu', kernelInitializer: 'heNormal', kernelRegularizer: 'l2' });
 * ```
 */
export function dense(options: DenseOptions): Layer {
  return new Dense(options);
}
