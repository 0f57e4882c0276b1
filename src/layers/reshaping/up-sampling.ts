/** Sequences and images with more steps or pixels. */
import type { Value } from '../../graph/graph.ts';
import { expand } from '../../graph/operations/arrays/copy.ts';
import { resampled } from '../../graph/operations/arrays/resample.ts';
import { checkInteger } from '../../validate.ts';
import { pairOf, positionedInput } from '../axes.ts';
import { type Interpolation, interpolationOf } from '../images/sampling.ts';
import { Layer, type LayerOptions, type Shape } from '../layer.ts';

/** Options of {@link upSampling1d}. */
export interface UpSampling1dOptions extends LayerOptions {
  /** How often each step is repeated. Default 2. */
  readonly size?: number;
}

/** Options of {@link upSampling2d}. */
export interface UpSampling2dOptions extends LayerOptions {
  /** How many times as high and as wide, together or apart. Default 2. */
  readonly size?: number | readonly [height: number, width: number];
  /** Default `'nearest'`, which repeats pixels. */
  readonly interpolation?: Interpolation;
}

class UpSampling extends Layer {
  readonly #factors: readonly number[];
  readonly #interpolation: Interpolation | undefined;

  /** Sequences have no `interpolation`. */
  constructor(kind: string, options: LayerOptions, factors: readonly number[], interpolation?: Interpolation) {
    super(kind, options, interpolation === undefined ? ['size'] : ['size', 'interpolation']);
    this.#factors = factors;
    this.#interpolation = interpolation;
  }

  protected ownOptions() {
    const [only] = this.#factors;
    return this.#interpolation === undefined
      ? { size: only }
      : { size: [...this.#factors], interpolation: this.#interpolation };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = positionedInput(this, inputs, this.#factors.length);
    return input.map((size, axis) => size * (this.#factors[axis] ?? 1));
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph } = x;
    const shape = this.shapeOf([x.shape]);
    if (this.#interpolation === 'bilinear')
      return resampled(this.name, x, shape, { smooth: true, outside: 'nearest', value: 0 });
    // each axis gets one behind it, along which it is repeated
    const apart = x.shape.flatMap((size, axis) => (axis < this.#factors.length ? [size, 1] : [size]));
    const wide = x.shape.flatMap((size, axis) => {
      const factor = this.#factors[axis];
      return factor === undefined ? [size] : [size, factor];
    });
    return graph.view(expand(this.name, graph.view(x, apart), { shape: wide, rows: true }), shape);
  }
}

/**
 * Repeats each step of a sequence: [steps, channels] becomes [steps size, channels].
 *
 * @throws RangeError for a size below 1, or samples of other than two axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.upSampling1d({ size: 3, inputShape: [4, 2] }); // [12, 2]
 * ```
 */
export function upSampling1d(options: UpSampling1dOptions = {}): Layer {
  const { size = 2 } = options;
  checkInteger('size', size, 1);
  return new UpSampling('upSampling1d', options, [size]);
}

/**
 * Makes images larger: [height, width, channels] becomes [height size, width size, channels].
 *
 * @throws RangeError for a size below 1, an unknown interpolation, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear', inputShape: [7, 7, 8] }); // [14, 21, 8]
 * ```
 */
export function upSampling2d(options: UpSampling2dOptions = {}): Layer {
  const { size = 2, interpolation = 'nearest' } = options;
  const factors = pairOf('size', size, (what, one) => checkInteger(what, one, 1));
  return new UpSampling('upSampling2d', options, factors, interpolationOf(interpolation));
}
