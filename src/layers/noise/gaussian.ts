/** Noise on the numbers of a sample, while training. */
import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { checkFraction, checkNumber } from '../../validate.ts';
import { Layer, type LayerOptions, type Mode, type Shape, single } from '../layer.ts';
import { normal, uniform } from './random.ts';

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, from 0 to 1. */
  readonly stddev: number;
}

/** Options of {@link gaussianDropout}. */
export interface GaussianDropoutOptions extends LayerOptions {
  /** Gives the noise the variance that dropout of this rate would have, `rate / (1 - rate)`. From 0 to below 1. */
  readonly rate: number;
}

/** Options of {@link alphaDropout}. */
export interface AlphaDropoutOptions extends LayerOptions {
  /** Share of the elements that it replaces, from 0 to below 1. */
  readonly rate: number;
}

/** Changes numbers by a random amount while training, as much as its one option says. */
class Noise extends Layer {
  readonly #option: string;
  readonly #amount: number;
  readonly #record: (label: string, x: Value, amount: number, mode: Mode) => Value;

  constructor(
    kind: string,
    options: LayerOptions,
    option: 'stddev' | 'rate',
    record: (label: string, x: Value, amount: number, mode: Mode) => Value,
  ) {
    super(kind, options, [option]);
    const amount: number = Reflect.get(options, option);
    if (option === 'rate') checkFraction(option, amount);
    else checkNumber(option, amount, 0, 1);
    this.#option = option;
    this.#amount = amount;
    this.#record = record;
  }

  protected ownOptions() {
    return { [this.#option]: this.#amount };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return single(this, inputs);
  }

  protected compute([x]: readonly [Value], mode: Mode): Value {
    return mode.training && this.#amount > 0 ? this.#record(this.name, x, this.#amount, mode) : x;
  }
}

/**
 * While training, adds normal noise of mean 0; otherwise does nothing. The noise comes from the model's seed: the same in every engine.
 *
 * @throws RangeError for a deviation outside of 0 to 1.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.gaussianNoise({ stddev: 0.1 });
 * ```
 */
export function gaussianNoise(options: GaussianNoiseOptions): Layer {
  return new Noise('gaussianNoise', options, 'stddev', (label, x, stddev, mode) =>
    arithmetic(label).add(x, normal(label, x, x.shape, mode, 0, stddev)),
  );
}

/**
 * While training, multiplies by normal noise of mean 1 and variance `rate / (1 - rate)`; otherwise does nothing.
 *
 * @throws RangeError for a rate outside of 0 to below 1.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.gaussianDropout({ rate: 0.2 });
 * ```
 */
export function gaussianDropout(options: GaussianDropoutOptions): Layer {
  return new Noise('gaussianDropout', options, 'rate', (label, x, rate, mode) =>
    arithmetic(label).multiply(x, normal(label, x, x.shape, mode, 1, x.graph.engine.core.sqrt64(rate / (1 - rate)))),
  );
}

/** The limit of selu far below zero. */
const LOWEST = -1.6732632423543772 * 1.0507009873554805;

/**
 * While training, sets a random share of the elements to selu's lowest value, and then scales and shifts all of them to keep mean 0
 * and variance 1, which networks of selu rely on; otherwise does nothing.
 *
 * @throws RangeError for a rate outside of 0 to below 1.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([
 *   layers.dense({ units: 64, activation: 'selu', kernelInitializer: 'lecunNormal', inputShape: [20] }),
 *   layers.alphaDropout({ rate: 0.1 }),
 * ]);
 * ```
 */
export function alphaDropout(options: AlphaDropoutOptions): Layer {
  return new Noise('alphaDropout', options, 'rate', (label, x, rate, mode) => {
    const m = arithmetic(label);
    const scale = 1 / x.graph.engine.core.sqrt64((1 - rate) * (1 + rate * LOWEST * LOWEST));
    const kept = m.greaterEqual(uniform(label, x, x.shape, mode), rate);
    return m.add(m.multiply(m.select(kept, x, LOWEST), scale), -scale * LOWEST * rate);
  });
}
