/** Relu and its relatives as layers, with the options that Keras gives them there. */
import { type Activation, activationOf } from '../../activations.ts';
import type { Value } from '../../graph/graph.ts';
import { activate } from '../../graph/operations/activation.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { clipped } from '../../graph/operations/arrays/unary.ts';
import { checkNumber } from '../../validate.ts';
import { Layer, type LayerOptions, type Shape, single } from '../layer.ts';

/** Options of {@link reLU}. */
export interface ReLUOptions extends LayerOptions {
  /** The largest output. Default: there is none. */
  readonly maxValue?: number;
  /** The slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** Inputs up to here count as negative. Default 0. */
  readonly threshold?: number;
}

/** Options of {@link leakyReLU}. */
export interface LeakyReLUOptions extends LayerOptions {
  /** The slope below 0. Default 0.3, as of Keras' layer; the activation `leakyRelu` has 0.2. */
  readonly negativeSlope?: number;
}

/** Options of {@link elu}. */
export interface EluLayerOptions extends LayerOptions {
  /** The limit far below zero, negated. Default 1. */
  readonly alpha?: number;
}

/** Element by element, without weights. */
class Pointwise extends Layer {
  readonly #own: Readonly<Record<string, number | undefined>>;
  readonly #record: (label: string, x: Value) => Value;

  constructor(
    kind: string,
    options: LayerOptions,
    own: Readonly<Record<string, number | undefined>>,
    record: (label: string, x: Value) => Value,
  ) {
    super(kind, options, Object.keys(own));
    for (const [name, value] of Object.entries(own)) if (value !== undefined) checkNumber(name, value, 0);
    this.#own = own;
    this.#record = record;
  }

  protected ownOptions() {
    return { ...this.#own };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return single(this, inputs);
  }

  protected compute([x]: readonly [Value]): Value {
    return this.#record(this.name, x);
  }
}

const by =
  (activation: Activation) =>
  (label: string, x: Value): Value =>
    activate(x.graph, label, activation, x);

/**
 * `x` above the threshold, but at most `maxValue`; `negativeSlope * (x - threshold)` below it.
 *
 * @throws RangeError for negative options.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.reLU({ maxValue: 6 });
 * ```
 */
export function reLU(options: ReLUOptions = {}): Layer {
  const { maxValue, negativeSlope = 0, threshold = 0 } = options;
  return new Pointwise('reLU', options, { maxValue, negativeSlope, threshold }, (label, x) => {
    if (maxValue === undefined && threshold === 0)
      return by(activationOf(negativeSlope === 0 ? 'relu' : { name: 'leakyRelu', alpha: negativeSlope }))(label, x);
    const m = arithmetic(label);
    const above = m.select(m.greater(x, threshold), x, 0);
    const most = maxValue === undefined ? above : clipped(label, above, 0, maxValue);
    if (negativeSlope === 0) return most;
    const below = by(activationOf('relu'))(label, m.add(m.negate(x), threshold));
    return m.subtract(most, m.multiply(below, negativeSlope));
  });
}

/**
 * `x` above 0, else `negativeSlope * x`.
 *
 * @throws RangeError for a negative slope.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.leakyReLU({ negativeSlope: 0.1 });
 * ```
 */
export function leakyReLU(options: LeakyReLUOptions = {}): Layer {
  const { negativeSlope = 0.3 } = options;
  return new Pointwise('leakyReLU', options, { negativeSlope }, (label, x) =>
    by(activationOf({ name: 'leakyRelu', alpha: negativeSlope }))(label, x),
  );
}

/**
 * `x` above 0, else `alpha * (exp(x) - 1)`.
 *
 * @throws RangeError for a negative alpha.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.elu({ alpha: 0.5 });
 * ```
 */
export function elu(options: EluLayerOptions = {}): Layer {
  const { alpha = 1 } = options;
  return new Pointwise('elu', options, { alpha }, (label, x) => by(activationOf({ name: 'elu', alpha }))(label, x));
}
