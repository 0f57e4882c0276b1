/** Activations of Keras that layers have no name for: give layers the function itself, `activation: ops.mish`. */
import * as kinds from '../../assembly/codes.ts';
import type { Value } from '../graph/graph.ts';
import { activated } from '../graph/operations/arrays/activations.ts';
import { type Arithmetic, arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { cut } from '../graph/operations/arrays/pieces.ts';
import { clipped } from '../graph/operations/arrays/unary.ts';
import { checkNumber, checkOptions } from '../validate.ts';
import { axisOf, inner, rankOf } from './axes.ts';
import { call } from './call.ts';
import { elementwise, named, type OptionalOperation, type UnaryOperation } from './elementwise.ts';
import type { OutOptions } from './operand.ts';

/** Options of {@link celu}. */
export interface CeluOptions extends OutOptions {
  /** The limit far below zero, negated: above 0. Default 1. */
  readonly alpha?: number;
}

/** Options of {@link hardShrink} and {@link softShrink}. */
export interface ShrinkOptions extends OutOptions {
  /** What is not further from 0 becomes 0. Default 0.5. */
  readonly threshold?: number;
}

/** Options of {@link squareplus}. */
export interface SquareplusOptions extends OutOptions {
  /** How wide the bend is. Default 4. */
  readonly b?: number;
}

/** Options of {@link glu}. */
export interface GluOptions extends OutOptions {
  /** The axis that is halved; negative ones count from the end. Default -1. */
  readonly axis?: number;
}

/** An activation with one parameter. */
const shaped = <K extends string>(
  name: string,
  option: K,
  fallback: number,
  record: (m: Arithmetic, x: Value, parameter: number) => Value,
): OptionalOperation<OutOptions & { readonly [name in K]?: number }> =>
  named(name, (x, options = {}) => {
    checkOptions(name, options, [option, 'out']);
    const { [option]: parameter = fallback, out } = options;
    checkNumber(option, parameter, 0);
    return call(name, { x }, (value) => record(arithmetic(name), value, parameter as number), { out });
  });

/**
 * `x` above 0, else `alpha * (exp(x / alpha) - 1)`, whose slope at 0 is 1 for every alpha.
 *
 * @throws RangeError for a negative alpha.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.celu(tensor([2], [-1, 2]), { alpha: 2 }); // -0.7869387, 2
 * ```
 * @function
 */
export const celu: OptionalOperation<CeluOptions> = /* @__PURE__ */ shaped('celu', 'alpha', 1, (m, x, alpha) =>
  m.multiply(activated('celu', kinds.ELU, 1, m.divide(x, alpha)), alpha),
);

/**
 * `x`, but 0 where it is not further from 0 than the threshold.
 *
 * @throws RangeError for a negative threshold.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.hardShrink(tensor([3], [-1, 0.4, 2])); // -1, 0, 2
 * ```
 * @function
 */
export const hardShrink: OptionalOperation<ShrinkOptions> = /* @__PURE__ */ shaped(
  'hardShrink',
  'threshold',
  0.5,
  (m, x, threshold) => m.select(m.greater(m.abs(x), threshold), x, 0),
);

/**
 * `x` moved towards 0 by the threshold, at most to 0.
 *
 * @throws RangeError for a negative threshold.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.softShrink(tensor([3], [-1, 0.4, 2])); // -0.5, 0, 1.5
 * ```
 * @function
 */
export const softShrink: OptionalOperation<ShrinkOptions> = /* @__PURE__ */ shaped(
  'softShrink',
  'threshold',
  0.5,
  (m, x, threshold) => m.subtract(x, clipped('softShrink', x, -threshold, threshold)),
);

/**
 * `(x + √(x² + b)) / 2`: like softplus, without an exponential.
 *
 * @throws RangeError for a negative b.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.squareplus(tensor([2], [-1, 2])); // 0.618034, 2.4142137
 * ```
 * @function
 */
export const squareplus: OptionalOperation<SquareplusOptions> = /* @__PURE__ */ shaped(
  'squareplus',
  'b',
  4,
  (m, x, b) => m.multiply(m.add(x, m.sqrt(m.add(m.square(x), b))), 0.5),
);

/**
 * `x - tanh(x)`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.tanhShrink(tensor([2], [-1, 2])); // -0.2384058, 1.0359724
 * ```
 * @function
 */
export const tanhShrink: UnaryOperation = /* @__PURE__ */ elementwise('tanhShrink', (x) =>
  arithmetic('tanhShrink').subtract(x, activated('tanhShrink', kinds.TANH, 0, x)),
);

/**
 * `x * tanh(softplus(x))`.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.mish(tensor([2], [-1, 2])); // -0.3034015, 1.9439590
 * ```
 * @function
 */
export const mish: UnaryOperation = /* @__PURE__ */ elementwise('mish', (x) =>
  arithmetic('mish').multiply(x, activated('mish', kinds.TANH, 0, activated('mish', kinds.SOFTPLUS, 0, x))),
);

/**
 * `log(sigmoid(x))`, also where the sigmoid is too small for float32.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.logSigmoid(tensor([2], [-1, 2])); // -1.3132616, -0.12692800
 * ```
 * @function
 */
export const logSigmoid: UnaryOperation = /* @__PURE__ */ elementwise('logSigmoid', (x) => {
  const m = arithmetic('logSigmoid');
  return m.negate(activated('logSigmoid', kinds.SOFTPLUS, 0, m.negate(x)));
});

/**
 * 0 up to -1, `x` from 1 on, and the parabola `(x + 1)² / 4` between.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sparsePlus(tensor([3], [-2, 0, 2])); // 0, 0.25, 2
 * ```
 * @function
 */
export const sparsePlus: UnaryOperation = /* @__PURE__ */ elementwise('sparsePlus', (x) => {
  const m = arithmetic('sparsePlus');
  const bend = m.multiply(m.square(m.add(x, 1)), 0.25);
  return m.select(m.lessEqual(x, -1), 0, m.select(m.less(x, 1), bend, x));
});

/**
 * `(x + 1) / 2`, clipped to 0 to 1: the slope of {@link sparsePlus}.
 *
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.sparseSigmoid(tensor([3], [-2, 0, 2])); // 0, 0.5, 1
 * ```
 * @function
 */
export const sparseSigmoid: UnaryOperation = /* @__PURE__ */ elementwise('sparseSigmoid', (x) =>
  clipped('sparseSigmoid', arithmetic('sparseSigmoid').multiply(arithmetic('sparseSigmoid').add(x, 1), 0.5), 0, 1),
);

/**
 * Halves an axis, and multiplies the first half by the sigmoid of the second.
 *
 * @throws RangeError for an axis that is not there, or cannot be halved.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const y = ops.glu(tensor([4], [1, 2, 0, 0])); // 0.5, 1
 * ```
 * @function
 */
export const glu: OptionalOperation<GluOptions> = /* @__PURE__ */ named('glu', (x, options = {}) => {
  checkOptions('glu', options, ['axis', 'out']);
  const { axis = -1, out } = options;
  const record = (value: Value): Value => {
    const [at = 0] = inner('glu', value, [axisOf('glu', axis, rankOf(value))]);
    const size = value.shape[at] ?? 1;
    if (size % 2 !== 0) throw new RangeError(`glu: axis ${axis} has ${size} entries, which cannot be halved`);
    const half = value.shape.map((own, one) => (one === at ? own / 2 : own));
    const from = (start: number): number[] => half.map((_, one) => (one === at ? start : 0));
    const gate = activated('glu', kinds.SIGMOID, 0, cut('glu', value, from(size / 2), half));
    return arithmetic('glu').multiply(cut('glu', value, from(0), half), gate);
  };
  return call('glu', { x }, record, { out });
});
