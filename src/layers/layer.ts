/** Weights with shapes, and the operations that compute outputs from inputs; the backward pass follows from these (src/graph). */
import type { Activation } from '../activations.ts';
import { type Config, given, type JsonObject, type Seen } from '../config.ts';
import type { Value } from '../graph/graph.ts';
import type { Shape } from '../graph/operation.ts';
import { penalizeOutput } from '../graph/operations/losses.ts';
import { Printed } from '../printed.ts';
import { activityRegularizerOf, penaltyOf, type Regularizer, type RegularizerName } from '../regularizers.ts';
import type { Seeds } from '../seeds.ts';
import {
  checkBoolean,
  checkKind,
  checkLabel,
  checkOptions,
  checkShape,
  sameShape,
  showShape,
  sizeOf,
} from '../validate.ts';
import type { SymbolicTensor } from './symbolic.ts';
import type { Weight, WeightMemory } from './weights.ts';

export type { Shape, Weight };

/** A call of a layer on earlier values, by their numbers. @internal */
export interface LayerCall {
  readonly layer: Layer;
  readonly inputs: readonly number[];
}

/** A layer with weights, and the names that lead to it, `encoder/dense`. @internal */
export interface Leaf {
  readonly layer: Layer;
  readonly path: string;
}

/** Calls of layers on numbered values: first the inputs, then the outputs of the calls. @internal */
export interface LayerCalls {
  readonly calls: readonly LayerCall[];
  /** Numbers of the output values. */
  readonly outputs: readonly number[];
  /** The layers, each once, in the order of their first calls. */
  readonly leaves: readonly Leaf[];
}

/** The calls inside a model that is called like a layer. @internal */
export interface InnerModel extends LayerCalls {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** Shapes of one sample, by value. */
  readonly shapes: readonly Shape[];
  /** The layers as the model lists them, each once, in the order of their first calls. */
  readonly layers: readonly Layer[];
}

/** The purpose of a recorded program. @internal */
export interface Mode {
  readonly training: boolean;
  /** Whether the layer was frozen when the model was compiled. */
  readonly frozen: boolean;
  readonly seeds: Seeds;
  /** Whether the step has passed the layer before, with other weights: moving statistics count the first pass alone. */
  readonly again?: boolean;
  /** Which call of a layer this is in its model, for a separate stream of random numbers. */
  readonly index: number;
}

/** Options of every layer. */
export interface LayerOptions {
  /** At most 256 characters. Default: the kind of layer and its number, as `dense_1`. */
  readonly name?: string;
  /** Shape of one sample, for the first layer: `[28, 28]`. Without it the model is built when it first sees data. */
  readonly inputShape?: Shape;
  /** False freezes the layer: training does not change its weights. Default true. */
  readonly trainable?: boolean;
}

/** Option of layers with a penalty on their output. */
interface Regularized {
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

/** A layer of a model. Made by the functions of `layers`. @category Models */
export abstract class Layer extends Printed {
  /** @internal */
  readonly activityRegularizer: Regularizer | undefined;
  /** The activation at the very end of the layer, which a loss may take over. @internal */
  readonly activation: Activation | undefined;
  #weights: Weight[] = [];
  #memory: WeightMemory | undefined;
  #built = false;
  #trainable = true;
  readonly #kind: string;
  #name: string;
  readonly #inputShape: Shape | undefined;
  #outputShape: Shape = Object.freeze([]);

  /** `own` are the options of its kind, beside those of every layer. @internal */
  constructor(kind: string, options: LayerOptions & Regularized, own: readonly string[]) {
    super();
    checkOptions(`layers.${kind}`, options, [...own, 'name', 'inputShape', 'trainable']);
    const { name = '', inputShape, trainable = true } = options;
    checkBoolean('trainable', trainable);
    if (inputShape !== undefined) checkShape(`${kind}: inputShape`, inputShape);
    checkLabel(`${kind}: name`, name);
    this.#kind = kind;
    this.#name = name;
    this.#trainable = trainable;
    this.#inputShape = inputShape && Object.freeze([...inputShape]);
    this.activityRegularizer = activityRegularizerOf(options.activityRegularizer);
  }

  /** The kind of layer, as in its constructor function: `'dense'`. */
  get kind(): string {
    return this.#kind;
  }

  /** What a layer without a name is called, with a number. @internal */
  get nameStem(): string {
    return this.#kind;
  }

  /** Its name in messages and in `summary()`; given by the caller or by the model. */
  get name(): string {
    return this.#name;
  }

  /** Shape of one sample of its input, if the caller gave it. */
  get inputShape(): Shape | undefined {
    return this.#inputShape;
  }

  /** Shape of one sample of its output, known once the model is built. */
  get outputShape(): Shape {
    return this.#outputShape;
  }

  /**
   * Whether training changes its weights. Setting it takes effect at the next `compile` of a model that has the layer, as in Keras.
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 8, inputShape: [4] }), layers.dense({ units: 1 })]);
   * model.getLayer('dense').trainable = false;
   * model.compile({ loss: 'mse' }); // trains the last layer alone
   * ```
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  /** Freezes or unfreezes the layer from the next `compile` on. @throws TypeError for anything but a truth value. */
  set trainable(value: boolean) {
    checkBoolean('trainable', value);
    this.#trainable = value;
  }

  /** @internal */
  get weights(): readonly Weight[] {
    return this.#weights;
  }

  /** Makes a weight; for `makeWeights`. @internal */
  protected makeWeight(weight: Omit<Weight, 'address' | 'trainable'> & { readonly trainable?: boolean }): Weight {
    const { name, shape, constraint } = weight;
    if (typeof constraint === 'object') constraint.check(`${labelOf(this)}: ${name}`, shape);
    const made = { trainable: true, ...weight, address: 0 };
    this.#weights.push(made);
    return made;
  }

  /** Where its weights are, while a model that has made them exists. @internal */
  get memory(): WeightMemory | undefined {
    return this.#memory;
  }

  /** @internal */
  setMemory(memory: WeightMemory | undefined): void {
    this.#memory = memory;
  }

  /** Gives the layer its name; from then on setting any other property is an Error. @internal */
  claim(name: string): void {
    this.#name = name;
    this.seal();
  }

  /** @internal */
  protected seal(): void {
    Object.freeze(this);
  }

  /** Its class name in descriptions. @internal */
  get registeredName(): string {
    return this.#kind;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Layer';
  }

  toString(): string {
    return `Layer ${this.kind} ${JSON.stringify(this.toConfig().config)}`;
  }

  /** Makes the weights, given the shape of one sample of each input. @internal */
  protected makeWeights(_inputs: readonly Shape[]): void {}

  /** Shape of one sample of the output; refuses inputs that do not fit. @internal */
  protected abstract shapeOf(inputs: readonly Shape[]): Shape;

  /** Records the output, in the graph of its inputs. @internal */
  protected abstract compute(inputs: readonly Value[], mode: Mode): Value;

  /** The calls inside, for a model that is called like a layer. @internal */
  get inner(): InnerModel | undefined {
    return undefined;
  }

  /** The calls inside for inputs of these shapes, for which such a model is built if it has not been before. @internal */
  innerFor(_inputs: readonly Shape[]): InnerModel | undefined {
    return undefined;
  }

  /** From which such a model draws its weights, if it has been described. @internal */
  get seeds(): Seeds | undefined {
    return undefined;
  }

  /** It has its shapes and weights. @internal */
  get built(): boolean {
    return this.#built;
  }

  /** Builds the layer at its first call and checks the shapes of every call; returns the shape of the output. @internal */
  connect(inputs: readonly Shape[]): Shape {
    const [first = []] = inputs;
    this.checkInput(first);
    if (!this.#built) this.makeWeights(inputs);
    const shape = Object.freeze([...this.shapeOf(inputs)]);
    if (!this.#built) this.#outputShape = shape;
    this.#built = true;
    return shape;
  }

  /** The shapes of all outputs: one, except for models that are called like a layer. @internal */
  connectAll(inputs: readonly Shape[]): readonly Shape[] {
    return [this.connect(inputs)];
  }

  /** Forgets shapes and weights, unless a model has them. @internal */
  reset(): void {
    if (this.#memory !== undefined) return;
    this.#built = false;
    this.#weights = [];
    this.#outputShape = Object.freeze([]);
  }

  /**
   * Calls the layer on the symbolic output of another one, or on several, in a functional model. Calling it again shares its
   * weights.
   *
   * @throws RangeError if the shapes do not fit; TypeError for anything but symbolic tensors.
   * @example
   * ```ts
   * import { input, layers, model } from 'simdescent';
   * const x = input({ shape: [4] });
   * const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(x);
   * const y = layers.dense({ units: 1 }).apply(hidden);
   * const net = model({ inputs: x, outputs: y });
   * ```
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
    const all = Array.isArray(inputs) ? inputs : [inputs];
    const [first] = all;
    // a method of the input, so that programs without functional models do without its code
    checkKind(
      typeof first?.feed === 'function',
      `the input of ${labelOf(this)}`,
      'a symbolic tensor, of input() or another layer; layers made of layers are models, and ops serve within call()',
      first,
    );
    const [output] = first.feed(this, all);
    return output as SymbolicTensor;
  }

  /** All options of its kind, as plain JSON. @internal */
  protected abstract ownOptions(): { readonly [key: string]: JsonObject[string] | undefined };

  /**
   * The layer's options, defaults included, as plain JSON; `configs.layerFrom` makes another layer from it.
   *
   * @example
   * ```ts
   * import { configs, layers } from 'simdescent';
   * const config = layers.dropout({ rate: 0.2 }).toConfig(); // { className: 'dropout', config: { rate: 0.2 } }
   * configs.layerFrom(config);
   * ```
   */
  toConfig(): Config {
    const { registeredName: className, name, inputShape, activityRegularizer } = this;
    const common = {
      name: name === '' ? undefined : name,
      inputShape: inputShape && [...inputShape],
      trainable: this.trainable ? undefined : false,
    };
    const config = { ...common, ...this.ownOptions(), activityRegularizer: penaltyOf(activityRegularizer) };
    return { className, config: given(config) };
  }

  /** The same as a part of a model, in which the layers in `seen` are already described. @internal */
  configIn(_seen: Seen): Config {
    return this.toConfig();
  }

  /** Refuses input of another shape than its inputShape. @internal */
  protected checkInput(input: Shape): void {
    if (this.inputShape !== undefined && !sameShape(this.inputShape, input)) {
      const [expected, got] = [this.inputShape, input].map((shape) => showShape(['..', ...shape]));
      throw new RangeError(`${labelOf(this)}: expected input ${expected}, as its inputShape says, got ${got}`);
    }
  }

  /** How many numbers its weights have. */
  countParams(): number {
    return this.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** Records a call of the layer, including its penalty on the output. @internal */
  record(inputs: readonly Value[], mode: Mode): Value {
    for (const { sparse } of inputs) sparse?.check(this);
    const y = this.compute(inputs, mode);
    const { activityRegularizer: penalty } = this;
    if (penalty === undefined) return y;
    return penalizeOutput(y.graph, `${this.name} (activity penalty)`, y, penalty, mode.training);
  }
}

/** What messages call a layer: its name, or its kind before it has one. @internal */
export const labelOf = ({ name, kind }: { readonly name: string; readonly kind: string }): string => name || kind;

/** The input of a layer that takes only one. @internal */
export function single<T>(layer: Layer, inputs: readonly T[]): T {
  const [x] = inputs;
  if (x === undefined || inputs.length > 1)
    throw new RangeError(`${labelOf(layer)} takes one input, got ${inputs.length}`);
  return x;
}
