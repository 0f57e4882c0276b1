/** Weights with shapes, and the operations that make an output of inputs; the way back follows from these (src/graph). */
import type { Activation } from '../activations.ts';
import { type Config, given, type JsonObject } from '../config.ts';
import type { Value } from '../graph/graph.ts';
import { penalizeOutput } from '../graph/operations/losses.ts';
import type { Initializer } from '../initializers.ts';
import { Printed } from '../printed.ts';
import { penaltyOf, type Regularizer, type RegularizerName, regularizerOf } from '../regularizers.ts';
import type { Seeds } from '../seeds.ts';
import { checkLabel, checkOptions, checkShape, sameShape, showShape, sizeOf } from '../validate.ts';

/** The shape of one sample, without the batch axis. */
export type Shape = readonly number[];

/** An array of numbers that a layer has. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | undefined;
  /** Where its values and its gradient are, set by the model that owns the layer; 0 for no gradient. */
  address: number;
  gradient: number;
}

/** What a program is recorded for. @internal */
export interface Mode {
  readonly training: boolean;
  readonly seeds: Seeds;
  /** Which call of a layer this is in its model: a stream of random numbers of its own. */
  readonly index: number;
}

/** Options of every layer. */
export interface LayerOptions {
  /** At most 256 characters. Default: the kind of layer and its number, as `dense_1`. */
  readonly name?: string;
  /** Shape of one sample, for the first layer: `[28, 28]`. Without it the model is built when it first sees data. */
  readonly inputShape?: Shape;
}

/** Option of the layers that take a penalty on their output. */
interface Regularized {
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

/** A layer of a model. Made by the functions of `layers`. */
export abstract class Layer extends Printed {
  /** @internal */
  readonly activityRegularizer: Regularizer | undefined;
  /** The activation at the very end of the layer, which a loss may take over. @internal */
  readonly activation: Activation | undefined;
  #weights: Weight[] = [];
  #owner: object | undefined;
  readonly #kind: string;
  #name: string;
  readonly #inputShape: Shape | undefined;
  #outputShape: Shape = Object.freeze([]);

  /** `own` are the options that layers of its kind take beside those of every layer. @internal */
  constructor(kind: string, options: LayerOptions & Regularized, own: readonly string[]) {
    super();
    checkOptions(`layers.${kind}`, options, [...own, 'name', 'inputShape']);
    const { name = '', inputShape } = options;
    if (inputShape !== undefined) checkShape(`${kind}: inputShape`, inputShape);
    checkLabel(`${kind}: name`, name);
    this.#kind = kind;
    this.#name = name;
    this.#inputShape = inputShape && Object.freeze([...inputShape]);
    this.activityRegularizer = regularizerOf(options.activityRegularizer);
  }

  /** The kind of layer, as in its constructor function: `'dense'`. */
  get kind(): string {
    return this.#kind;
  }

  /** Its name in messages and in `summary()`; given by the model if not by the caller. */
  get name(): string {
    return this.#name;
  }

  /** Shape of one sample of its input, if the caller has said it. */
  get inputShape(): Shape | undefined {
    return this.#inputShape;
  }

  /** Shape of one sample of its output, known once the model is built. */
  get outputShape(): Shape {
    return this.#outputShape;
  }

  /** Whether training changes its weights: always. Setting it is an Error: layers cannot be frozen yet. */
  get trainable(): boolean {
    return true;
  }

  /** @internal */
  set trainable(_value: boolean) {
    throw new Error(`${this.name || this.kind}: trainable cannot be set: freezing layers is not supported yet`);
  }

  /** @internal */
  get weights(): Weight[] {
    return this.#weights;
  }

  /** @internal */
  protected set weights(weights: Weight[]) {
    this.#weights = weights;
  }

  /** The model that it belongs to. @internal */
  get owner(): object | undefined {
    return this.#owner;
  }

  /** Gives the layer its owner, if it has one, and its name; from then on setting anything else is an Error. @internal */
  claim(owner: object | undefined, name: string): void {
    this.#owner = owner;
    this.#name = name;
    Object.freeze(this);
  }

  /** For the model, once it knows. @internal */
  setOutputShape(shape: Shape): void {
    this.#outputShape = Object.freeze([...shape]);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Layer';
  }

  toString(): string {
    return `Layer ${this.kind} ${JSON.stringify(this.toConfig().config)}`;
  }

  /** Makes the weights for samples of shape `input`; returns the shape of the output. @internal */
  build(input: Shape): Shape {
    return input;
  }

  /** Records what the layer makes of `x`, in its graph. @internal */
  protected abstract call(x: Value, mode: Mode): Value;

  /** The options of its kind, all of them, as plain JSON. @internal */
  protected abstract ownOptions(): { readonly [key: string]: JsonObject[string] | undefined };

  /**
   * What the layer was made with, defaults included, as plain JSON; `configs.layerFrom` makes another one of it.
   *
   * @example
   * ```ts
   * import { configs, layers } from 'simdescent';
   * const config = layers.dropout({ rate: 0.2 }).toConfig(); // { className: 'dropout', config: { rate: 0.2 } }
   * configs.layerFrom(config);
   * ```
   */
  toConfig(): Config {
    const { kind, name, inputShape, activityRegularizer } = this;
    const common = { name: name === '' ? undefined : name, inputShape: inputShape && [...inputShape] };
    const config = { ...common, ...this.ownOptions(), activityRegularizer: penaltyOf(activityRegularizer) };
    return { className: kind, config: given(config) };
  }

  /** Refuses input of another shape than the one that the caller gave this layer. @internal */
  checkInput(input: Shape): void {
    if (this.inputShape !== undefined && !sameShape(this.inputShape, input)) {
      const [expected, got] = [this.inputShape, input].map((shape) => showShape(['..', ...shape]));
      throw new RangeError(`${this.name}: expected input ${expected}, as its inputShape says, got ${got}`);
    }
  }

  /** Number of trainable numbers. */
  countParams(): number {
    return this.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** Records a call of the layer, its penalty on the output included. @internal */
  record(x: Value, mode: Mode): Value {
    const y = this.call(x, mode);
    const { activityRegularizer: penalty } = this;
    if (penalty === undefined) return y;
    return penalizeOutput(x.graph, `${this.name} (activity penalty)`, y, penalty, mode.training);
  }
}
