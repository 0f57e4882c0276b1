import {
  type Activation,
  type ActivationFunction,
  type ActivationName,
  type ActivationSpec,
  activationOf,
  specOf,
} from '../activations.ts';
import type { Value } from '../graph/graph.ts';
import type { Regularizer, RegularizerName } from '../regularizers.ts';
import { activate, activatedShape } from './activate.ts';
import { Layer, type LayerOptions, type Shape, single } from './layer.ts';

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  /** A name, a name with its parameter, or a function of `ops`. */
  readonly activation: ActivationName | ActivationSpec | ActivationFunction;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

class ActivationLayer extends Layer {
  override readonly activation: Activation;

  constructor(options: ActivationOptions) {
    super('activation', options, ['activation', 'activityRegularizer']);
    this.activation = activationOf(options.activation);
  }

  protected ownOptions() {
    return { activation: specOf(this.activation) };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return activatedShape(this, single(this, inputs));
  }

  protected compute([x]: readonly [Value]): Value {
    return activate(this.name, this.activation, x);
  }
}

/**
 * An activation as a separate layer.
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.activation({ activation: 'relu' });
 * layers.activation({ activation: { name: 'leakyRelu', alpha: 0.3 } });
 * ```
 */
export function activation(options: ActivationOptions): Layer {
  return new ActivationLayer(options);
}
