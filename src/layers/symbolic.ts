/** The values of functional models: calls of layers on the outputs of others, before there is any data. */
import type { Shape } from '../graph/operation.ts';
import { Printed } from '../printed.ts';
import { checkKind, checkLabel, checkOptions, checkShape, showShape } from '../validate.ts';
import { type Layer, labelOf } from './layer.ts';

/** A call of a layer. @internal */
export interface Call {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
}

/** The output of a layer's call, or an input of a model: a shape, and where it comes from. Made by {@link input} and by calling layers. @category Models */
export class SymbolicTensor extends Printed {
  /** Sizes of the axes; the first is the batch's, null. */
  readonly shape: readonly (number | null)[];
  /** Shape of one sample. @internal */
  readonly sample: Shape;
  /** The call that makes it; undefined for an input. @internal */
  readonly call: Call | undefined;
  /** Which output of the call it is. @internal */
  readonly at: number;
  /** The name of an input, '' if the model is to name it. @internal */
  readonly label: string;

  /** @internal */
  constructor(sample: Shape, call: Call | undefined, at = 0, label = '') {
    super();
    this.sample = Object.freeze([...sample]);
    this.shape = Object.freeze([null, ...sample]);
    this.call = call;
    this.at = at;
    this.label = label;
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'SymbolicTensor';
  }

  toString(): string {
    return `SymbolicTensor ${showShape(['..', ...this.sample])}`;
  }

  /** Calls `layer` on `inputs`, of which this is one; returns the outputs. @internal */
  feed(layer: Layer, inputs: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    for (const [i, one] of inputs.entries())
      checkKind(one instanceof SymbolicTensor, `input ${i} of ${labelOf(layer)}`, 'a symbolic tensor', one);
    const call = { layer, inputs: [...inputs] };
    const shapes = layer.connectAll(inputs.map(({ sample }) => sample));
    return shapes.map((shape, at) => new SymbolicTensor(shape, call, at));
  }
}

/** Options of {@link input}. */
export interface InputOptions {
  /** Shape of one sample: `[784]`. */
  readonly shape: Shape;
  /** The name for data given by name. Default `input_1`, `input_2`, … in the order of the model's inputs. */
  readonly name?: string;
}

/**
 * An input of a functional model.
 *
 * @example
 * ```ts
 * import { input, layers, model } from 'simdescent';
 * const x = input({ shape: [4] });
 * const y = layers.dense({ units: 1 }).apply(x);
 * const net = model({ inputs: x, outputs: y });
 * ```
 * @category Models
 */
export function input(options: InputOptions): SymbolicTensor {
  checkOptions('input', options, ['shape', 'name']);
  const { shape, name = '' } = options;
  checkShape('input: shape', shape);
  checkLabel('the name of an input', name);
  return new SymbolicTensor(shape, undefined, 0, name);
}
