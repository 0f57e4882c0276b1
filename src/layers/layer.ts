/** What a layer is: weights with shapes, and operations that it records, forward and backward. */
import { ACTIVITY_PENALTY } from '../../assembly/opcodes.ts';
import type { Activation } from '../activations.ts';
import { type Config, given, type JsonObject } from '../config.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';
import type { Initializer } from '../initializers.ts';
import { Printed } from '../printed.ts';
import { penaltyOf, type Regularizer, type RegularizerName, regularizerOf } from '../regularizers.ts';
import type { Seeds } from '../seeds.ts';
import { checkLabel, checkOptions, checkShape, sameShape, showShape, sizeOf } from '../validate.ts';

/** The shape of one sample, without the batch axis. */
export type Shape = readonly number[];

/** One array of trainable numbers. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | undefined;
  /** Where its values and its gradient are, set by the model that owns the layer. */
  address: number;
  gradient: number;
}

/** A batch of vectors in memory: [batch, ...shape]. @internal */
export interface Value {
  readonly address: number;
  readonly shape: Shape;
}

/** What a program is recorded for. @internal */
export interface Mode {
  readonly training: boolean;
  /** The loss takes this layer's logits: leave its last activation out. */
  readonly fused: boolean;
  readonly seeds: Seeds;
  /** Which layer of the model this is: its own stream of random numbers. */
  readonly index: number;
}

/** @internal */
export interface Recorded {
  readonly y: Value;
  /** Records the way back: from dL/dy at `dy` (which it may overwrite) to dL/dx, whose address it returns, or 0 if nobody wants it. */
  readonly backward: (dy: number, wanted: boolean) => number;
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

  /** Records what the layer does to `x`. @internal */
  protected abstract recordForward(recorder: Recorder, x: Value, mode: Mode): Recorded;

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

  /** @internal */
  record(recorder: Recorder, x: Value, mode: Mode): Recorded {
    const recorded = this.recordForward(recorder, x, mode);
    const { activityRegularizer: penalty } = this;
    if (penalty === undefined) return recorded;
    const { y, backward } = recorded;
    const emit = (dy: number): void =>
      recorder.emit(
        `${this.name} (activity penalty)`,
        ACTIVITY_PENALTY,
        y.address,
        dy,
        sizeOf(y.shape),
        floatWord(penalty.l1),
        floatWord(penalty.l2),
      );
    if (!mode.training) emit(0);
    return {
      y,
      backward(dy, wanted) {
        emit(dy);
        return backward(dy, wanted);
      },
    };
  }
}
