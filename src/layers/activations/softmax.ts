import { type Activation, activationOf } from '../../activations.ts';
import type { Value } from '../../graph/graph.ts';
import { activate } from '../../graph/operations/activation.ts';
import { permute } from '../../graph/operations/arrays/copy.ts';
import { checkInteger } from '../../validate.ts';
import { sampleAxis } from '../axes.ts';
import { Layer, type LayerOptions, type Shape, single } from '../layer.ts';

/** Options of {@link softmax}. */
export interface SoftmaxLayerOptions extends LayerOptions {
  /** The axis along which the outputs sum to 1, counted with that of the batch, 0; negative ones count from the end. Default -1. */
  readonly axis?: number;
}

class Softmax extends Layer {
  /** At the end of a model a cross-entropy takes the logits instead, if the axis is the last. */
  override readonly activation: Activation = activationOf('softmax');
  readonly #axis: number;

  constructor(options: SoftmaxLayerOptions) {
    super('softmax', options, ['axis']);
    const { axis = -1 } = options;
    checkInteger('axis', axis, Number.MIN_SAFE_INTEGER);
    this.#axis = axis;
  }

  protected ownOptions() {
    return { axis: this.#axis };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    sampleAxis(this, this.#axis, input);
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const { shape } = x;
    const [axis, last] = [sampleAxis(this, this.#axis, shape), shape.length - 1];
    const record = (value: Value): Value => activate(value.graph, this.name, this.activation, value);
    if (axis === last) return record(x);
    // swapping twice restores the order
    const order = shape.map((_, one) => (one === axis ? last : one === last ? axis : one));
    return permute(this.name, record(permute(this.name, x, order)), order);
  }
}

/**
 * `exp(x) / sum(exp(x))` along an axis, by default the last.
 *
 * @throws RangeError for an axis that is not there.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 10, inputShape: [4] }), layers.softmax()]);
 * ```
 */
export function softmax(options: SoftmaxLayerOptions = {}): Layer {
  return new Softmax(options);
}
