import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { permute } from '../../graph/operations/arrays/copy.ts';
import { maximumOf, sumOver } from '../../graph/operations/arrays/moments.ts';
import { multiplied } from '../../graph/operations/arrays/products.ts';
import { checkBoolean, checkInteger } from '../../validate.ts';
import { sampleAxis } from '../axes.ts';
import type { Layer, LayerOptions, Shape } from '../layer.ts';
import { Merge } from './merge.ts';

/** Options of {@link dot}. */
export interface DotOptions extends LayerOptions {
  /** The axis of each input along which products are summed, counted with the batch's, 0: one for both, or a pair. */
  readonly axes: number | readonly [number, number];
  /** Divides each input by its length along the axis first, so the result is the cosine of the angle. Default false. */
  readonly normalize?: boolean;
}

/** Divides vectors along an axis by their lengths, at least 1e-7 as in Keras. */
function normalized(label: string, x: Value, axis: number): Value {
  const { divide, sqrt, square } = arithmetic(label);
  return divide(x, sqrt(maximumOf(label, sumOver(label, square(x), [axis]), 1e-14)));
}

class Dot extends Merge {
  readonly #axes: number | readonly [number, number];
  readonly #normalize: boolean;

  constructor(options: DotOptions) {
    super('dot', options, ['axes', 'normalize'], 2, true);
    const { axes, normalize = false } = options;
    const pair: readonly unknown[] = Array.isArray(axes) ? axes : [axes, axes];
    if (pair.length !== 2) throw new RangeError(`axes must be an integer or two of them, got ${pair.length}`);
    for (const axis of pair) checkInteger('axes', axis, Number.MIN_SAFE_INTEGER);
    checkBoolean('normalize', normalize);
    this.#axes = Array.isArray(axes) ? [axes[0], axes[1]] : axes;
    this.#normalize = normalize;
  }

  protected ownOptions() {
    return { axes: this.#axes, normalize: this.#normalize };
  }

  /** The axis of each input, counted from 0 without the batch's. */
  #along([a = [], b = []]: readonly Shape[]): readonly [number, number] {
    const axes = this.#axes;
    const [left, right] = typeof axes === 'number' ? [axes, axes] : axes;
    return [sampleAxis(this, left, a), sampleAxis(this, right, b)];
  }

  protected checkShapes(inputs: readonly Shape[]): void {
    const [left, right] = this.#along(inputs);
    const [m, n] = [inputs[0]?.[left], inputs[1]?.[right]];
    if (m !== n) this.refuse(inputs, `axis ${left + 1} has ${m}, axis ${right + 1} has ${n}`);
  }

  protected join(inputs: readonly Value[]): Value {
    const along = this.#along(inputs.map(({ shape }) => shape));
    const [a, b] = inputs.map((x, i) => {
      const axis = along[i] ?? 0;
      const unit = this.#normalize ? normalized(this.name, x, axis) : x;
      // the axis goes last, the others become one
      const rest = x.shape.map((_, at) => at).filter((at) => at !== axis);
      const moved = permute(this.name, unit, [...rest, axis]);
      const size = x.shape[axis] ?? 1;
      return x.graph.view(moved, [x.size / size, size]);
    }) as [Value, Value];
    const left = inputs.flatMap(({ shape }, i) => shape.filter((_, at) => at !== along[i]));
    const product = multiplied(this.name, a, b, { transposeA: false, transposeB: true });
    return product.graph.view(product, left.length === 0 ? [1] : left);
  }
}

/**
 * Sums of products of two inputs along an axis of each: [.., n] and [.., n] give one number, [.., 1].
 *
 * @throws RangeError from `apply` for other than two inputs, or axes of different sizes.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const cosine = layers.dot({ axes: 1, normalize: true }).apply([a, b]); // [.., 1]
 * ```
 */
export const dot = (options: DotOptions): Layer => new Dot(options);
