/** Layers of your own: weights, and a function of `ops` that uses them. */
import type { JsonObject } from '../config.ts';
import { type Constraint, type ConstraintFunction, constraintOf } from '../constraint.ts';
import type { Value } from '../graph/graph.ts';
import { type Initializer, type InitializerName, initializerOf } from '../initializers.ts';
import { recordingIn } from '../ops/operand.ts';
import { resultOf } from '../ops/result.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { nameOf } from '../registry.ts';
import { type Regularizer, type RegularizerFunction, type RegularizerName, regularizerOf } from '../regularizers.ts';
import { checkBoolean, checkLabel, checkOptions, checkShape } from '../validate.ts';
import { type CallContext, given } from './lambda.ts';
import { type LayerOptions, labelOf, type Mode, type Shape, type Weight } from './layer.ts';
import { TracedLayer } from './traced.ts';

/** Options of `addWeight`. */
export interface WeightOptions {
  /** Its name within the layer. */
  readonly name: string;
  /** Sizes of its axes; `[]` for a single number. */
  readonly shape: Shape;
  /** Default `'glorotUniform'`, as in Keras. */
  readonly initializer?: InitializerName | Initializer;
  /** Default none. */
  readonly regularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the weight, applied after each update. Default none. */
  readonly constraint?: Constraint | ConstraintFunction;
  /** False: training does not change it. Default true. */
  readonly trainable?: boolean;
}

/**
 * A layer of your own: extend it with `call`, which makes the output from the input with `ops`, and, if it has weights, with `build`. Gradients are
 * automatic. To load a model that has one, register the class with `configs.register`, and return the constructor's options from `getConfig`.
 *
 * @example
 * ```ts
 * import { CustomLayer, type LayerOptions, ops, type Shape, type SymbolicValue, sequential, type Weight } from 'simdescent';
 * class Scale extends CustomLayer {
 *   scale?: Weight;
 *   override build(inputShape: Shape) {
 *     this.scale = this.addWeight({ name: 'scale', shape: inputShape, initializer: 'ones' });
 *   }
 *   call(x: SymbolicValue) {
 *     return ops.multiply(x, this.scale ?? 1);
 *   }
 * }
 * const model = sequential([new Scale({ inputShape: [4] })]);
 * ```
 * @category Models
 */
export abstract class CustomLayer extends TracedLayer {
  /** `options` are those of every layer, and may have others for the class that extends this one. */
  constructor(options: LayerOptions = {}) {
    const { name, inputShape, trainable } = options;
    const own = {
      ...(name !== undefined && { name }),
      ...(inputShape !== undefined && { inputShape }),
      ...(trainable !== undefined && { trainable }),
    };
    const { name: kind } = new.target;
    super(kind === '' ? 'custom' : kind.charAt(0).toLowerCase() + kind.slice(1), own, []);
  }

  /**
   * Makes the weights, with `addWeight`, when the layer is first called. A layer of several inputs gets the list of their shapes.
   *
   * @param _inputShape shape of one sample
   */
  build(_inputShape: Shape | readonly Shape[]): void {}

  /** Makes the output from the input, or from the list of several; their first axis is the batch. */
  abstract call(x: SymbolicValue | readonly SymbolicValue[], context: CallContext): SymbolicValue;

  /** The constructor's options beside those of every layer, as plain JSON; loading a saved model calls the constructor with them. Default none. */
  getConfig(): JsonObject {
    return {};
  }

  /** Makes a weight, which is an operand for `ops` inside `call`. For `build`. */
  protected addWeight(options: WeightOptions): Weight {
    checkOptions('addWeight', options, ['name', 'shape', 'initializer', 'regularizer', 'constraint', 'trainable']);
    const { name, shape, initializer = 'glorotUniform', regularizer, constraint, trainable = true } = options;
    checkLabel(`${labelOf(this)}: the name of a weight`, name);
    if (name === '' || this.weights.some((weight) => weight.name === name))
      throw new RangeError(`${labelOf(this)}: each weight needs a name of its own, got '${name}'`);
    checkShape(`${labelOf(this)}: the shape of ${name}`, shape);
    checkBoolean('trainable', trainable);
    return this.makeWeight({
      name,
      shape: Object.freeze([...shape]),
      initializer: initializerOf(initializer),
      regularizer: regularizerOf(regularizer),
      constraint: constraintOf('constraint', constraint),
      trainable,
    });
  }

  /** @internal */
  override get registeredName(): string {
    return nameOf(this.constructor);
  }

  /** Its fields stay writable. @internal */
  protected override seal(): void {}

  /** @internal */
  protected override makeWeights(inputs: readonly Shape[]): void {
    const [only] = inputs;
    this.build(inputs.length === 1 && only !== undefined ? only : inputs);
  }

  /** @internal */
  protected override ownOptions(): JsonObject {
    return this.getConfig();
  }

  /** @internal */
  protected trace(inputs: readonly Value[], { training }: Mode): Value {
    const graph = inputs[0]?.graph;
    const result = recordingIn(graph, () => this.call(given(inputs), { training }));
    return resultOf(`call of ${labelOf(this)}`, graph, result);
  }
}
