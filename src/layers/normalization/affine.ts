/** What layers that normalize have in common: options of gamma and beta, and the weights. */
import type { Value } from '../../graph/graph.ts';
import { configOf, type Initializer, type InitializerName, initializerOf } from '../../initializers.ts';
import {
  penaltyOf,
  type Regularizer,
  type RegularizerFunction,
  type RegularizerName,
  regularizerOf,
} from '../../regularizers.ts';
import { checkBoolean, checkNumber } from '../../validate.ts';
import { Layer, type LayerOptions, type Shape, type Weight } from '../layer.ts';

/** Options of the layers that normalize, and then multiply by gamma and add beta. */
export interface AffineOptions extends LayerOptions {
  /** Added to the variance, so that nothing is divided by 0. Default 0.001. */
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
  /** Penalty on gamma. Default none. */
  readonly gammaRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
}

type Part = Pick<Weight, 'name' | 'initializer' | 'regularizer'>;

const NAMES = [
  'epsilon',
  'center',
  'scale',
  'betaInitializer',
  'gammaInitializer',
  'betaRegularizer',
  'gammaRegularizer',
] as const;

/** A layer whose output is multiplied by gamma, and has beta added. */
export abstract class AffineLayer extends Layer {
  protected readonly epsilon: number;
  readonly #center: boolean;
  readonly #scale: boolean;
  readonly #beta: Part;
  readonly #gamma: Part;

  constructor(kind: string, options: AffineOptions, own: readonly string[]) {
    super(kind, options, [...own, ...NAMES]);
    const { epsilon = 1e-3, center = true, scale = true, betaRegularizer, gammaRegularizer } = options;
    const { betaInitializer = 'zeros', gammaInitializer = 'ones' } = options;
    checkNumber('epsilon', epsilon, 0);
    checkBoolean('center', center);
    checkBoolean('scale', scale);
    this.epsilon = epsilon;
    this.#center = center;
    this.#scale = scale;
    const part = (name: string, initializer: typeof betaInitializer, regularizer: typeof betaRegularizer): Part => ({
      name,
      initializer: initializerOf(initializer),
      regularizer: regularizerOf(regularizer),
    });
    this.#beta = part('beta', betaInitializer, betaRegularizer);
    this.#gamma = part('gamma', gammaInitializer, gammaRegularizer);
  }

  protected affineOptions() {
    return {
      epsilon: this.epsilon,
      center: this.#center,
      scale: this.#scale,
      betaInitializer: configOf(this.#beta.initializer),
      gammaInitializer: configOf(this.#gamma.initializer),
      betaRegularizer: penaltyOf(this.#beta.regularizer),
      gammaRegularizer: penaltyOf(this.#gamma.regularizer),
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
