import { activationOf } from '../../activations.ts';
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Value } from '../../graph/graph.ts';
import { activate } from '../../graph/operations/activation.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import { checkInteger, checkKind, sameShape, showShape } from '../../validate.ts';
import { sampleAxis } from '../axes.ts';
import { Layer, type LayerOptions, labelOf, type Shape, single } from '../layer.ts';
import { configFrom, optionsOf, type WeightSpec, weightFrom } from '../weight-options.ts';

/** Options of {@link prelu}. */
export interface PreluOptions extends LayerOptions {
  /** Default `'zeros'`. */
  readonly alphaInitializer?: InitializerName | Initializer;
  /** Penalty on alpha. Default none. */
  readonly alphaRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on alpha, applied after each update. Default none. */
  readonly alphaConstraint?: Constraint | ConstraintFunction;
  /** Axes along which all positions share their slopes, counted with that of the batch, 0: `[1, 2]` behind a convolution of images. Default none. */
  readonly sharedAxes?: readonly number[];
}

class Prelu extends Layer {
  readonly #alpha: WeightSpec;
  readonly #shared: readonly number[];

  constructor(options: PreluOptions) {
    super('prelu', options, [...optionsOf('alpha'), 'sharedAxes']);
    const { sharedAxes = [] } = options;
    checkKind(Array.isArray(sharedAxes), 'sharedAxes', 'an array of axes', sharedAxes);
    for (const axis of sharedAxes) checkInteger('sharedAxes', axis, Number.MIN_SAFE_INTEGER);
    this.#alpha = weightFrom('alpha', options, 'zeros');
    this.#shared = [...sharedAxes];
  }

  protected ownOptions() {
    return { ...configFrom(this.#alpha), sharedAxes: [...this.#shared] };
  }

  /** The shape of alpha for samples of this shape. */
  #slopes(input: Shape): Shape {
    const shared = this.#shared.map((axis) => sampleAxis(this, axis, input));
    return input.map((size, axis) => (shared.includes(axis) ? 1 : size));
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    this.makeWeight({ ...this.#alpha, shape: this.#slopes(single(this, inputs)) });
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const { shape = [] } = this.weights[0] ?? {};
    if (!sameShape(shape, this.#slopes(input)))
      throw new RangeError(
        `${labelOf(this)}: its slopes ${showShape(shape)} do not fit samples ${showShape(['..', ...input])}`,
      );
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph } = x;
    const [alpha] = this.weights;
    if (alpha === undefined) throw new Error(`${this.name} has not been built`);
    const m = arithmetic(this.name);
    const relu = (value: Value): Value => activate(graph, this.name, activationOf('relu'), value);
    return m.subtract(relu(x), m.multiply(relu(m.negate(x)), graph.weight(alpha)));
  }
}

/**
 * `x` above 0, else `alpha * x` with slopes alpha that are trained: one for each number of a sample, or for all positions of `sharedAxes` together.
 *
 * @throws RangeError for an axis that is not there.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 8, inputShape: [4] }), layers.prelu()]);
 * ```
 */
export function prelu(options: PreluOptions = {}): Layer {
  return new Prelu(options);
}
