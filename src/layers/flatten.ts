import type { Value } from '../graph/graph.ts';
import { checkShape, showShape, sizeOf } from '../validate.ts';
import { Layer, type LayerOptions, labelOf, type Shape, single } from './layer.ts';

/** Gives samples another shape, in place: it records no operation. */
class View extends Layer {
  protected ownOptions(): { readonly targetShape?: Shape } {
    return {};
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return [sizeOf(single(this, inputs))];
  }

  protected compute([x]: readonly [Value]): Value {
    return x.graph.view(x, this.shapeOf([x.shape]));
  }
}

/**
 * Flattens each sample to a vector: [28, 28] becomes [784].
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.flatten({ inputShape: [28, 28] });
 * ```
 */
export function flatten(options: LayerOptions = {}): Layer {
  return new View('flatten', options, []);
}

/** Options of {@link reshape}. */
export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample; one size may be -1: whatever remains. */
  readonly targetShape: readonly number[];
}

class Reshape extends View {
  readonly #targetShape: Shape;
  /** Elements of the axes that are not -1. */
  readonly #known: number;

  constructor(options: ReshapeOptions) {
    super('reshape', options, ['targetShape']);
    const { targetShape } = options;
    checkShape('targetShape', targetShape, -1);
    const known = targetShape.filter((size) => size !== -1);
    this.#targetShape = [...targetShape];
    this.#known = sizeOf(known);
    if (targetShape.length - known.length > 1 || this.#known === 0)
      throw new RangeError(`targetShape may hold one -1 and no 0, got ${showShape(targetShape)}`);
  }

  protected override ownOptions() {
    return { targetShape: this.#targetShape };
  }

  protected override shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const size = sizeOf(input);
    const shape = this.#targetShape.map((axis) => (axis === -1 ? Math.floor(size / this.#known) : axis));
    if (sizeOf(shape) === size) return shape;
    throw new RangeError(
      `${labelOf(this)}: cannot make ${showShape(this.#targetShape)} of ${showShape(input)}: ${size} elements`,
    );
  }
}

/**
 * Gives each sample another shape of the same size.
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.reshape({ targetShape: [28, -1] }); // [784] becomes [28, 28]
 * ```
 */
export function reshape(options: ReshapeOptions): Layer {
  return new Reshape(options);
}
