import { DENSE, DENSE_INPUT_GRADIENT, DENSE_KERNEL_GRADIENT } from '../../assembly/opcodes.ts';
import { type Activation, type ActivationName, type ActivationSpec, activationOf, specOf } from '../activations.ts';
import type { Recorder } from '../engine/recorder.ts';
import { configOf, type Initializer, type InitializerName, initializerOf } from '../initializers.ts';
import { penaltyOf, type Regularizer, type RegularizerName, regularizerOf } from '../regularizers.ts';
import { checkBoolean, checkInteger, sizeOf } from '../validate.ts';
import { recordActivation } from './activation.ts';
import { Layer, type LayerOptions, type Mode, type Recorded, type Shape, type Value, type Weight } from './layer.ts';

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
  override readonly activation: Activation;
  readonly #units: number;
  readonly #useBias: boolean;
  readonly #kernel: Pick<Weight, 'name' | 'initializer' | 'regularizer'>;
  readonly #bias: Pick<Weight, 'name' | 'initializer' | 'regularizer'>;

  constructor(options: DenseOptions) {
    super('dense', options, [
      'units',
      'activation',
      'useBias',
      'kernelInitializer',
      'biasInitializer',
      'kernelRegularizer',
      'biasRegularizer',
      'activityRegularizer',
    ]);
    const { units, activation = 'linear', useBias = true, kernelRegularizer, biasRegularizer } = options;
    const { kernelInitializer = 'glorotUniform', biasInitializer = 'zeros' } = options;
    checkInteger('units', units, 1);
    checkBoolean('useBias', useBias);
    const weight = (name: string, initializer: InitializerName | Initializer, regularizer: typeof biasRegularizer) => ({
      name,
      initializer: initializerOf(initializer),
      regularizer: regularizerOf(regularizer),
    });
    this.#units = units;
    this.activation = activationOf(activation);
    this.#useBias = useBias;
    this.#kernel = weight('kernel', kernelInitializer, kernelRegularizer);
    this.#bias = weight('bias', biasInitializer, biasRegularizer);
  }

  protected ownOptions() {
    return {
      units: this.#units,
      activation: specOf(this.activation),
      useBias: this.#useBias,
      kernelInitializer: configOf(this.#kernel.initializer),
      biasInitializer: configOf(this.#bias.initializer),
      kernelRegularizer: penaltyOf(this.#kernel.regularizer),
      biasRegularizer: penaltyOf(this.#bias.regularizer),
    };
  }

  override build(input: Shape): Shape {
    const inputs = input.at(-1);
    if (inputs === undefined)
      throw new RangeError(`${this.name}: expected samples of at least one axis, got a scalar each`);
    const place = { address: 0, gradient: 0 };
    this.weights = [{ ...this.#kernel, shape: [inputs, this.#units], ...place }];
    if (this.#useBias) this.weights.push({ ...this.#bias, shape: [this.#units], ...place });
    return [...input.slice(0, -1), this.#units];
  }

  protected recordForward(recorder: Recorder, x: Value, { fused }: Mode): Recorded {
    const { name } = this.activation;
    const [kernel, bias] = this.weights;
    if (kernel === undefined) throw new Error(`${this.name} has not been built`);
    const [inputs = 1, units = 1] = kernel.shape;
    const times = sizeOf(x.shape) / inputs;
    const sizes = [inputs, units, times] as const;
    const z = { address: recorder.buffer(times * units), shape: this.outputShape };
    const rectify = !fused && name === 'relu';
    const { address } = kernel;
    recorder.emit(this.name, DENSE, z.address, x.address, address, bias?.address ?? 0, ...sizes, rectify ? 1 : 0);

    const backward = (dz: number, wanted: boolean): number => {
      const gradients = [kernel.gradient, bias?.gradient ?? 0] as const;
      recorder.emit(`${this.name} kernel gradient`, DENSE_KERNEL_GRADIENT, ...gradients, x.address, dz, ...sizes);
      if (!wanted) return 0;
      const dx = recorder.buffer(times * inputs);
      recorder.emit(`${this.name} input gradient`, DENSE_INPUT_GRADIENT, dx, dz, address, ...sizes, 0);
      return dx;
    };
    if (fused || name === 'linear') return { y: z, backward };
    // the product's epilogue applies relu, and what it needs for the way back shows in its output
    const activated = recordActivation(recorder, `${this.name} ${name}`, this.activation, z, true, rectify);
    return { y: activated.y, backward: (dy, wanted) => backward(activated.backward(dy, true), wanted) };
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
