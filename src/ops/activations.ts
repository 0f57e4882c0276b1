/** Activations, by name and as functions. */
import * as kinds from '../../assembly/codes.ts';
import { type ActivationName, type ActivationSpec, activationOf } from '../activations.ts';
import type { Value } from '../graph/graph.ts';
import { activated } from '../graph/operations/arrays/activations.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { permute } from '../graph/operations/arrays/copy.ts';
import { Tensor } from '../tensor.ts';
import { checkBoolean, checkNumber, checkOptions } from '../validate.ts';
import { axisOf, inner, rankOf } from './axes.ts';
import { call, output } from './call.ts';
import { elementwise, named, type OptionalOperation, type UnaryOperation } from './elementwise.ts';
import { checkTensor, type Operand, type OutOptions, type Result } from './operand.ts';
import { checkedAxes, logSumExpOf } from './reductions.ts';

/** Options of {@link softmax} and {@link logSoftmax}. */
export interface SoftmaxOptions extends OutOptions {
  /** The axis; negative ones count from the end. Default -1. */
  readonly axis?: number;
}

/** Options of {@link leakyRelu}. */
export interface LeakyReluOptions extends OutOptions {
  /** The slope below zero. Default 0.2. */
  readonly negativeSlope?: number;
}

/** Options of {@link elu}. */
export interface EluOptions extends OutOptions {
  /** The limit far below zero, negated. Default 1. */
  readonly alpha?: number;
}

/** Options of {@link gelu}. */
export interface GeluOptions extends OutOptions {
  /** Use a hyperbolic tangent instead of the error function. Default true, as in Keras. */
  readonly approximate?: boolean;
}

/**
 * Any activation by name: `ops.activation(x, 'gelu')`; softmax runs over the last axis.
 *
 * @throws RangeError for an unknown name or parameter.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.activation(tensor([1, 3], [1, 2, 3]), 'softmax');
 * ```
 */
export function activation<X extends Operand>(
  x: X,
  name: ActivationName | ActivationSpec,
  options: OutOptions = {},
): Result<X> {
  checkOptions('activation', options, ['out']);
  const { kind, alpha } = activationOf(name);
  return activate('activation', kind, alpha, x, options);
}

/** Runs an activation's kernel on a tensor, or records it. */
function activate<X extends Operand>(name: string, kind: number, alpha: number, x: X, { out }: OutOptions): Result<X> {
  if (!(x instanceof Tensor)) return call(name, { x }, (value) => activated(name, kind, alpha, value), { out });
  const { engine, shape, size, address } = checkTensor('x', x);
  const cols = shape.at(-1) ?? 1;
  const y = output(name, engine, shape, out, [x]);
  if (kind === kinds.SOFTMAX) engine.core.softmax(y.address, address, cols === 0 ? 0 : size / cols, cols);
  else engine.core.activation(kind, y.address, address, size, alpha);
  return y as Result<X>;
}

const plain = (name: string, kind: number): UnaryOperation =>
  named(name, (x, options = {}) => {
    checkOptions(name, options, ['out']);
    return activate(name, kind, 0, x, options);
  });

const kernel = (name: 'tanh' | 'sigmoid' | 'softplus', kind: number): UnaryOperation =>
  elementwise(name, (x) => activated(name, kind, 0, x), name);

/**
 * `x` above 0, else 0. The gradient at 0 is 0.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.relu(tensor([2], [-1, 2])); // 0, 2
 * ```
 * @function
 */
export const relu: UnaryOperation = /* @__PURE__ */ plain('relu', kinds.RELU);
/**
 * `1.0507 x` above 0, else `1.7581 (exp(x) - 1)`: keeps mean 0 and variance 1 through many layers.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.selu(tensor([2], [-1, 2])); // -1.1113307, 2.101402
 * ```
 * @function
 */
export const selu: UnaryOperation = /* @__PURE__ */ plain('selu', kinds.SELU);
/**
 * Logistic function of each element: within 3 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sigmoid(tensor([2], [-1, 2])); // 0.26894143, 0.8807971
 * ```
 * @function
 */
export const sigmoid: UnaryOperation = /* @__PURE__ */ kernel('sigmoid', kinds.SIGMOID);
/**
 * `x / 6 + 0.5`, clipped to 0 to 1.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.hardSigmoid(tensor([2], [-1, 2])); // 0.33333334, 0.8333333
 * ```
 * @function
 */
export const hardSigmoid: UnaryOperation = /* @__PURE__ */ plain('hardSigmoid', kinds.HARD_SIGMOID);
/**
 * Hyperbolic tangent of each element: within 2 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.tanh(tensor([2], [-1, 2])); // -0.7615942, 0.9640276
 * ```
 * @function
 */
export const tanh: UnaryOperation = /* @__PURE__ */ kernel('tanh', kinds.TANH);
/**
 * `log(1 + e^x)` of each element: within 2 ulp.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.softplus(tensor([2], [-1, 2])); // 0.3132617, 2.126928
 * ```
 * @function
 */
export const softplus: UnaryOperation = /* @__PURE__ */ kernel('softplus', kinds.SOFTPLUS);
/**
 * `x / (1 + |x|)`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.softsign(tensor([2], [-1, 2])); // -0.5, 0.6666667
 * ```
 * @function
 */
export const softsign: UnaryOperation = /* @__PURE__ */ plain('softsign', kinds.SOFTSIGN);
/**
 * `x * sigmoid(x)`, also known as swish.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.silu(tensor([2], [-1, 2])); // -0.26894143, 1.7615942
 * ```
 * @function
 */
export const silu: UnaryOperation = /* @__PURE__ */ plain('silu', kinds.SILU);
/**
 * `x` between 0 and 6.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.relu6(tensor([3], [-1, 2, 8])); // 0, 2, 6
 * ```
 * @function
 */
export const relu6: UnaryOperation = /* @__PURE__ */ plain('relu6', kinds.RELU6);
/**
 * `x * hardSigmoid(x)`, also known as hardSwish.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.hardSilu(tensor([2], [-1, 2])); // -0.33333334, 1.6666666
 * ```
 * @function
 */
export const hardSilu: UnaryOperation = /* @__PURE__ */ plain('hardSilu', kinds.HARD_SILU);
/**
 * `x` between -1 and 1.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.hardTanh(tensor([2], [-0.5, 2])); // -0.5, 1
 * ```
 * @function
 */
export const hardTanh: UnaryOperation = /* @__PURE__ */ plain('hardTanh', kinds.HARD_TANH);
/**
 * `x` above 0, else `negativeSlope * x`.
 *
 * @throws RangeError for a negative slope.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.leakyRelu(tensor([2], [-1, 2])); // -0.2, 2
 * ```
 * @function
 */
export const leakyRelu: OptionalOperation<LeakyReluOptions> = /* @__PURE__ */ named('leakyRelu', (x, options = {}) => {
  checkOptions('leakyRelu', options, ['negativeSlope', 'out']);
  const { negativeSlope = 0.2 } = options;
  checkNumber('negativeSlope', negativeSlope, 0);
  return activate('leakyRelu', kinds.LEAKY_RELU, negativeSlope, x, options);
});

/**
 * `x` above 0, else `alpha * (exp(x) - 1)`.
 *
 * @throws RangeError for a negative alpha.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.elu(tensor([2], [-1, 2])); // -0.63212055, 2
 * ```
 * @function
 */
export const elu: OptionalOperation<EluOptions> = /* @__PURE__ */ named('elu', (x, options = {}) => {
  checkOptions('elu', options, ['alpha', 'out']);
  const { alpha = 1 } = options;
  checkNumber('alpha', alpha, 0);
  return activate('elu', kinds.ELU, alpha, x, options);
});

/**
 * `x` times the share of a normal distribution that lies below it.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.gelu(tensor([2], [-1, 2]), { approximate: false }); // -0.15865526, 1.9544997
 * ```
 * @function
 */
export const gelu: OptionalOperation<GeluOptions> = /* @__PURE__ */ named('gelu', (x, options = {}) => {
  checkOptions('gelu', options, ['approximate', 'out']);
  const { approximate = true } = options;
  checkBoolean('approximate', approximate);
  return activate('gelu', approximate ? kinds.GELU_TANH : kinds.GELU, 0, x, options);
});

/** Calls `record` with the axis moved to the end, and moves it back. */
function lastAxis(name: string, x: Value, axis: number, record: (x: Value) => Value): Value {
  const [at = 0] = inner(name, x, [axisOf(name, axis, rankOf(x))]);
  const last = x.shape.length - 1;
  if (at === last) return record(x);
  // swapping twice restores the order
  const order = x.shape.map((_, one) => (one === at ? last : one === last ? at : one));
  return permute(name, record(permute(name, x, order)), order);
}

/**
 * `exp(x) / sum(exp(x))` along an axis, by default the last.
 *
 * @throws RangeError for an axis that is not there.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.softmax(tensor([2], [0, 0])); // 0.5, 0.5
 * ```
 * @function
 */
export const softmax: OptionalOperation<SoftmaxOptions> = /* @__PURE__ */ named('softmax', (x, options = {}) => {
  checkOptions('softmax', options, ['axis', 'out']);
  const { axis = -1, out } = options;
  const record = (value: Value): Value => activated('softmax', kinds.SOFTMAX, 0, value);
  return call('softmax', { x }, (value) => lastAxis('softmax', value, axis, record), { out });
});

/**
 * The logarithm of the softmax along an axis, by default the last: `x - logSumExp(x)`, also where a probability is too small for float32.
 *
 * @throws RangeError for an axis that is not there.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.logSoftmax(tensor([2], [0, 0])); // -0.6931472, -0.6931472
 * ```
 * @function
 */
export const logSoftmax: OptionalOperation<SoftmaxOptions> = /* @__PURE__ */ named('logSoftmax', (x, options = {}) => {
  checkOptions('logSoftmax', options, ['axis', 'out']);
  const { axis = -1, out } = options;
  return call(
    'logSoftmax',
    { x },
    (value) => {
      const axes = checkedAxes('logSoftmax', value, axisOf('logSoftmax', axis, rankOf(value)), true);
      return arithmetic('logSoftmax').subtract(value, logSumExpOf('logSoftmax', value, axes));
    },
    { out },
  );
});
