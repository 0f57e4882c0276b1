import type { Recorder } from '../engine/recorder.ts';
import { checkOptions, checkShape, showShape, sizeOf } from '../validate.ts';
import { Layer, type LayerOptions, type Mode, type Recorded, type Shape, type Value } from './layer.ts';

/** Gives samples another shape. The numbers stay where they are: no operation is recorded. */
class View extends Layer {
  readonly #target: (input: Shape) => Shape;
  readonly #targetShape: Shape | undefined;

  constructor(kind: string, options: LayerOptions, target: (input: Shape) => Shape, targetShape?: Shape) {
    super(kind, options);
    this.#target = target;
    this.#targetShape = targetShape;
  }

  protected ownOptions() {
    return { targetShape: this.#targetShape };
  }

  build(input: Shape): Shape {
    return this.#target(input);
  }

  protected recordForward(_recorder: Recorder, x: Value, _mode: Mode): Recorded {
    return { y: { address: x.address, shape: this.outputShape }, backward: (dy) => dy };
  }
}

/**
 * Makes one vector of each sample: [28, 28] becomes [784].
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.flatten({ inputShape: [28, 28] });
 * ```
 */
export function flatten(options: LayerOptions = {}): Layer {
  checkOptions('layers.flatten', options, ['name', 'inputShape']);
  return new View('flatten', options, (input) => [sizeOf(input)]);
}

/** Options of {@link reshape}. */
export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample; one size may be -1 and is then what remains. */
  readonly targetShape: readonly number[];
}

/**
 * Gives each sample another shape of as many elements.
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.reshape({ targetShape: [28, -1] }); // [784] becomes [28, 28]
 * ```
 */
export function reshape(options: ReshapeOptions): Layer {
  checkOptions('layers.reshape', options, ['targetShape', 'name', 'inputShape']);
  checkShape('targetShape', options.targetShape, -1);
  const targetShape = [...options.targetShape];
  const known = sizeOf(targetShape.filter((size) => size !== -1));
  const unknown = targetShape.filter((size) => size === -1).length;
  if (unknown > 1 || known === 0)
    throw new RangeError(`targetShape may hold one -1 and no 0, got ${showShape(targetShape)}`);
  const target = (input: Shape): Shape => {
    const size = sizeOf(input);
    if (unknown === 0 ? size !== known : size % known !== 0) {
      throw new RangeError(
        `${layer.name}: cannot make ${showShape(targetShape)} of ${showShape(input)}: ${size} elements`,
      );
    }
    return targetShape.map((axis) => (axis === -1 ? size / known : axis));
  };
  const layer: Layer = new View('reshape', options, target, targetShape);
  return layer;
}
