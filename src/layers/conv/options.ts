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
  /** Distance in pixels from one position of the kernel to the next. Default 1. */
  readonly strides?: PerAxis;
  /** `'same'` pads with zeros so that the output has `ceil(size / stride)` pixels; `'valid'` does not pad. Default `'valid'`. */
  readonly padding?: Padding;
  /** Distance between the pixels that the kernel reads; above 1 only with strides of 1. Default 1. */
  readonly dilationRate?: PerAxis;
  /** Default `'linear'`. */
  readonly activation?: ActivationName | ActivationSpec | ActivationFunction;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerName | Initializer;
  /** Penalty on the bias. Default none. */
  readonly biasRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the bias, applied after each update. Default none. */
  readonly biasConstraint?: Constraint | ConstraintFunction;
  /** Penalty on the output, divided by the size of the batch. Default none. */
  readonly activityRegularizer?: Regularizer | RegularizerName;
}
