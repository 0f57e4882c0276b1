import { RELU, SOFTMAX } from '../../assembly/codes.ts';
import { ACTIVATION, ACTIVATION_GRADIENT } from '../../assembly/opcodes.ts';
import { type Activation, type ActivationName, type ActivationSpec, activationOf, specOf } from '../activations.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';
import { penaltyOf, type Regularizer, type RegularizerName, regularizerOf } from '../regularizers.ts';
import { checkOptions, sizeOf } from '../validate.ts';
import { Layer, type LayerOptions, type Mode, type Recorded, type Shape, type Value } from './layer.ts';

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  /** A name, or a name with its parameter. */
  readonly activation: ActivationName | ActivationSpec;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

/** Records the way back through an activation from `x` to `y`, over `dy`; `x` is read only by those that need it. @internal */
export function recordActivationGradient(
  recorder: Recorder,
  label: string,
  { kind, alpha, needsInput }: Activation,
  x: Value,
  y: Value,
  dy: number,
): number {
  if (kind === RELU && recorder.rectify(dy, y.address)) return dy;
  const cols = kind === SOFTMAX ? (y.shape.at(-1) ?? 1) : 1;
  const from = needsInput ? x.address : 0;
  recorder.emit(
    `${label} backward`,
    ACTIVATION_GRADIENT,
    dy,
    dy,
    from,
    y.address,
    sizeOf(y.shape),
    kind,
    floatWord(alpha),
    cols,
  );
  return dy;
}

/** Records `y = activation(x)`, over `x` if `inPlace` and its derivative allows it. @internal */
export function recordActivation(
  recorder: Recorder,
  label: string,
  activation: Activation,
  x: Value,
  inPlace: boolean,
): Value {
  const { kind, alpha, needsInput } = activation;
  const perRow = sizeOf(x.shape);
  const cols = kind === SOFTMAX ? (x.shape.at(-1) ?? 1) : 1;
  const y = { address: inPlace && !needsInput ? x.address : recorder.buffer(perRow), shape: x.shape };
  recorder.emit(label, ACTIVATION, y.address, x.address, perRow, kind, floatWord(alpha), cols);
  return y;
}

class ActivationLayer extends Layer {
  readonly #activation: Activation;

  constructor(options: ActivationOptions) {
    checkOptions('layers.activation', options, ['activation', 'activityRegularizer', 'name', 'inputShape']);
    super('activation', options);
    this.#activation = activationOf(options.activation);
    this.activityRegularizer = regularizerOf(options.activityRegularizer);
  }

  override get lastActivation(): ActivationName {
    return this.#activation.name;
  }

  protected ownOptions() {
    return { activation: specOf(this.#activation), activityRegularizer: penaltyOf(this.activityRegularizer) };
  }

  build(input: Shape): Shape {
    return input;
  }

  protected recordForward(recorder: Recorder, x: Value, { fused }: Mode): Recorded {
    if (fused || this.#activation.name === 'linear') return { y: x, backward: (dy) => dy };
    const y = recordActivation(recorder, this.name, this.#activation, x, false);
    return { y, backward: (dy) => recordActivationGradient(recorder, this.name, this.#activation, x, y, dy) };
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
