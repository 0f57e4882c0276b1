import { DENSE, DENSE_INPUT_GRADIENT, DENSE_KERNEL_GRADIENT } from '../../assembly/opcodes.ts';
import { type Activation, type ActivationName, type ActivationSpec, activationOf, specOf } from '../activations.ts';
import type { Recorder } from '../engine/recorder.ts';
import { configOf, type Initializer, type InitializerName, initializerOf } from '../initializers.ts';
import { penaltyOf, type Regularizer, type RegularizerName, regularizerOf } from '../regularizers.ts';
import { checkBoolean, checkInteger, checkOptions, sizeOf } from '../validate.ts';
import { recordActivation, recordActivationGradient } from './activation.ts';
import { Layer, type LayerOptions, type Mode, type Recorded, type Shape, type Value } from './layer.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends LayerOptions {
  /** Size of the output's last axis. */
  readonly units: number;
  /** Default `'linear'`. */
  readonly activation?: ActivationName | ActivationSpec;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerName | Initializer;
  /** Penalty on the kernel. Default none. */
  readonly kernelRegularizer?: Regularizer | RegularizerName;
  /** Penalty on the bias. Default none. */
  readonly biasRegularizer?: Regularizer | RegularizerName;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}

class Dense extends Layer {
  readonly #units: number;
  readonly #activation: Activation;
  readonly #useBias: boolean;
  readonly #kernelInitializer: Initializer;
  readonly #biasInitializer: Initializer;
  readonly #kernelRegularizer: Regularizer | undefined;
  readonly #biasRegularizer: Regularizer | undefined;

  constructor(options: DenseOptions) {
    checkOptions('layers.dense', options, [
      'units',
      'activation',
      'useBias',
      'kernelInitializer',
      'biasInitializer',
      'kernelRegularizer',
      'biasRegularizer',
      'activityRegularizer',
      'name',
      'inputShape',
    ]);
    super('dense', options);
    checkInteger('units', options.units, 1);
    const { useBias = true } = options;
    checkBoolean('useBias', useBias);
    this.#units = options.units;
    this.#activation = activationOf(options.activation ?? 'linear');
    this.#useBias = useBias;
    this.#kernelInitializer = initializerOf(options.kernelInitializer ?? 'glorotUniform');
    this.#biasInitializer = initializerOf(options.biasInitializer ?? 'zeros');
    this.#kernelRegularizer = regularizerOf(options.kernelRegularizer);
    this.#biasRegularizer = regularizerOf(options.biasRegularizer);
    this.activityRegularizer = regularizerOf(options.activityRegularizer);
  }

  protected ownOptions() {
    return {
      units: this.#units,
      activation: specOf(this.#activation),
      useBias: this.#useBias,
      kernelInitializer: configOf(this.#kernelInitializer),
      biasInitializer: configOf(this.#biasInitializer),
      kernelRegularizer: penaltyOf(this.#kernelRegularizer),
      biasRegularizer: penaltyOf(this.#biasRegularizer),
      activityRegularizer: penaltyOf(this.activityRegularizer),
    };
  }

  override get lastActivation(): ActivationName {
    return this.#activation.name;
  }

  build(input: Shape): Shape {
    const inputs = input.at(-1);
    if (inputs === undefined)
      throw new RangeError(`${this.name}: expected samples of at least one axis, got a scalar each`);
    const place = { address: 0, gradient: 0 };
    this.weights = [
      {
        ...place,
        name: 'kernel',
        shape: [inputs, this.#units],
        initializer: this.#kernelInitializer,
        regularizer: this.#kernelRegularizer,
      },
    ];
    if (this.#useBias) {
      this.weights.push({
        ...place,
        name: 'bias',
        shape: [this.#units],
        initializer: this.#biasInitializer,
        regularizer: this.#biasRegularizer,
      });
    }
    return [...input.slice(0, -1), this.#units];
  }

  protected recordForward(recorder: Recorder, x: Value, { fused }: Mode): Recorded {
    const [kernel, bias] = this.weights;
    if (kernel === undefined) throw new Error(`${this.name} has not been built`);
    const inputs = x.shape.at(-1) ?? 1;
    const units = this.#units;
    const times = sizeOf(x.shape) / inputs;
    const shape = [...x.shape.slice(0, -1), units];
    const z: Value = { address: recorder.buffer(times * units), shape };
    const rectify = !fused && this.#activation.name === 'relu';
    recorder.emit(
      this.name,
      DENSE,
      z.address,
      x.address,
      kernel.address,
      bias?.address ?? 0,
      inputs,
      units,
      times,
      rectify ? 1 : 0,
    );

    const backward = (dz: number, wanted: boolean): number => {
      recorder.emit(
        `${this.name} kernel gradient`,
        DENSE_KERNEL_GRADIENT,
        kernel.gradient,
        bias?.gradient ?? 0,
        x.address,
        dz,
        inputs,
        units,
        times,
      );
      if (!wanted) return 0;
      const dx = recorder.buffer(times * inputs);
      recorder.emit(
        `${this.name} input gradient`,
        DENSE_INPUT_GRADIENT,
        dx,
        dz,
        kernel.address,
        inputs,
        units,
        times,
        0,
      );
      return dx;
    };
    if (fused || this.#activation.name === 'linear') return { y: z, backward };
    const label = `${this.name} ${this.#activation.name}`;
    // the product's epilogue has applied relu already, and what it needs for the way back shows in its output
    const y = rectify ? z : recordActivation(recorder, label, this.#activation, z, true);
    return {
      y,
      backward: (dy, wanted) => backward(recordActivationGradient(recorder, label, this.#activation, z, y, dy), wanted),
    };
  }
}

/**
 * A fully connected layer: `y = activation(x · kernel + bias)` over the last axis, kernel [inputs, units], bias [units].
 *
 * @throws RangeError for units below 1 or unknown names.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.dense({ units: 300, activation: 'relu', kernelInitializer: 'heNormal', kernelRegularizer: 'l2' });
 * ```
 */
export function dense(options: DenseOptions): Layer {
  return new Dense(options);
}
