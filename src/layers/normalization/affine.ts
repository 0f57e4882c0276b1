/** What layers that normalize share: gamma and beta, their options and weights. */
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Value } from '../../graph/graph.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import { checkBoolean, checkNumber } from '../../validate.ts';
import { Layer, type LayerOptions, type Shape } from '../layer.ts';
import { configFrom, optionsOf, type WeightSpec, weightFrom } from '../weight-options.ts';

/** Options of the layers that normalize, and then multiply by gamma and add beta. */
export interface AffineOptions extends LayerOptions {
  /** Added to the variance to avoid a division by 0. Default 0.001. */
  readonly epsilon?: number;
  /** Adds beta, which is trained. Default true. */
  readonly center?: boolean;
  /** Multiplies by gamma, which is trained. Default true. */
  readonly scale?: boolean;
  /** Default `'zeros'`. */
  readonly betaInitializer?: InitializerName | Initializer;
  /** Default `'ones'`. */
  readonly gammaInitializer?: InitializerName | Initializer;
  /** Penalty on beta. Default none. */
  readonly betaRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on beta, applied after each update. Default none. */
  readonly betaConstraint?: Constraint | ConstraintFunction;
  /** Penalty on gamma. Default none. */
  readonly gammaRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on gamma, applied after each update. Default none. */
  readonly gammaConstraint?: Constraint | ConstraintFunction;
}

/** A layer that multiplies what it has normalized by gamma and adds beta. */
export abstract class AffineLayer extends Layer {
  protected readonly epsilon: number;
  readonly #center: boolean;
  readonly #scale: boolean;
  readonly #beta: WeightSpec;
  readonly #gamma: WeightSpec;

  constructor(kind: string, options: AffineOptions, own: readonly string[]) {
    super(kind, options, [...own, 'epsilon', 'center', 'scale', ...optionsOf('beta'), ...optionsOf('gamma')]);
    const { epsilon = 1e-3, center = true, scale = true } = options;
    checkNumber('epsilon', epsilon, 0);
    checkBoolean('center', center);
    checkBoolean('scale', scale);
    this.epsilon = epsilon;
    this.#center = center;
    this.#scale = scale;
    this.#beta = weightFrom('beta', options, 'zeros');
    this.#gamma = weightFrom('gamma', options, 'ones');
  }

  protected affineOptions() {
    return {
      epsilon: this.epsilon,
      center: this.#center,
      scale: this.#scale,
      ...configFrom(this.#beta),
      ...configFrom(this.#gamma),
    };
  }

  /** Makes gamma, then beta, as Keras orders them. */
  protected makeAffine(shape: Shape): void {
    if (this.#scale) this.makeWeight({ ...this.#gamma, shape });
    if (this.#center) this.makeWeight({ ...this.#beta, shape });
  }

  /** A weight in the graph of `x`; undefined if the layer has none of this name. */
  protected weightIn({ graph }: Value, name: string): Value | undefined {
    const weight = this.weights.find((one) => one.name === name);
    return weight && graph.weight(weight);
  }
}

/** The shape of gamma and beta: sizes of `axes`, ones elsewhere. */
export const among = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((size, axis) => (axes.includes(axis) ? size : 1));
