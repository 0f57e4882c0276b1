import type { ActivationFunction, ActivationName, ActivationSpec } from '../../activations.ts';
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Padding, PerAxis } from '../../graph/operations/conv/options.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import type { LayerOptions } from '../layer.ts';

/** Options of all convolutional layers. */
export interface ConvolutionOptions extends LayerOptions {
  /** Size of the kernel: one number for all axes, or one for each. */
  readonly kernelSize: PerAxis;
  /** How many pixels the kernel moves on. Default 1. */
  readonly strides?: PerAxis;
  /** `'same'` pads with zeros so that the output has `ceil(size / stride)` pixels. Default `'valid'`, none. */
  readonly padding?: Padding;
  /** Distance of the pixels that the kernel reads; not together with strides above 1. Default 1. */
  readonly dilationRate?: PerAxis;
  /** Default `'linear'`. */
  readonly activation?: ActivationName | ActivationSpec | ActivationFunction;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerName | Initializer;
  /** Penalty on the bias. Default none. */
  readonly biasRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** What the bias keeps to after each update. Default nothing. */
  readonly biasConstraint?: Constraint | ConstraintFunction;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}
