import { RELU, SOFTMAX } from '../../assembly/codes.ts';
import { ACTIVATION, ACTIVATION_GRADIENT } from '../../assembly/opcodes.ts';
import { type Activation, type ActivationName, type ActivationSpec, activationOf, specOf } from '../activations.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';
import type { Regularizer, RegularizerName } from '../regularizers.ts';
import { sizeOf } from '../validate.ts';
import { Layer, type LayerOptions, type Mode, type Recorded, type Value } from './layer.ts';

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  /** A name, or a name with its parameter. */
  readonly activation: ActivationName | ActivationSpec;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

/**
 * Records `y = activation(x)`, over `x` if `inPlace` and its derivative allows it; nothing forward if it is `done` already, which its
 * derivative must be able to tell from `y`. @internal
 */
export function recordActivation(
  recorder: Recorder,
  label: string,
  { kind, alpha, needsInput }: Activation,
  x: Value,
  inPlace: boolean,
  done = false,
): Recorded {
  const perRow = sizeOf(x.shape);
  const words = [perRow, kind, floatWord(alpha), kind === SOFTMAX ? (x.shape.at(-1) ?? 1) : 1] as const;
  const y = { address: inPlace && !needsInput ? x.address : recorder.buffer(perRow), shape: x.shape };
  if (!done) recorder.emit(label, ACTIVATION, y.address, x.address, ...words);
  return {
    y,
    backward(dy) {
      if (kind !== RELU || !recorder.rectify(dy, y.address))
        recorder.emit(
          `${label} backward`,
          ACTIVATION_GRADIENT,
          dy,
          dy,
          needsInput ? x.address : 0,
          y.address,
          ...words,
        );
      return dy;
    },
  };
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

  protected recordForward(recorder: Recorder, x: Value, { fused }: Mode): Recorded {
    if (fused || this.activation.name === 'linear') return { y: x, backward: (dy) => dy };
    return recordActivation(recorder, this.name, this.activation, x, false);
  }
}

/**
 * An activation as a layer of its own.
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
