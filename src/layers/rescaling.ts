import type { Value } from '../graph/graph.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { checkKind, checkNumber, showShape } from '../validate.ts';
import { Layer, type LayerOptions, labelOf, type Shape, single } from './layer.ts';

/** Options of {@link rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** What samples are multiplied by: a number, or one for each entry of the last axis. */
  readonly scale: number | readonly number[];
  /** What is added then: a number, or one for each entry of the last axis. Default 0. */
  readonly offset?: number | readonly number[];
}

type Numbers = number | readonly number[];

/** Checks an option; returns a copy. */
function numbersOf(what: string, value: Numbers): Numbers {
  const list: readonly number[] = Array.isArray(value) ? value : [value];
  checkKind(list.length > 0, what, 'a number or an array of them', value);
  for (const one of list) checkNumber(what, one, Number.NEGATIVE_INFINITY);
  return Array.isArray(value) ? [...list] : value;
}

class Rescaling extends Layer {
  readonly #scale: Numbers;
  readonly #offset: Numbers;

  constructor(options: RescalingOptions) {
    super('rescaling', options, ['scale', 'offset']);
    this.#scale = numbersOf('scale', options.scale);
    this.#offset = numbersOf('offset', options.offset ?? 0);
  }

  protected ownOptions() {
    return { scale: this.#scale, offset: this.#offset };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    for (const [what, list] of Object.entries({ scale: this.#scale, offset: this.#offset }))
      if (typeof list !== 'number' && list.length !== 1 && list.length !== input.at(-1))
        throw new RangeError(
          `${labelOf(this)}: ${what} ${showShape(list)} does not fit samples ${showShape(['..', ...input])}`,
        );
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const m = arithmetic(this.name);
    const value = (of: Numbers): Value | number =>
      typeof of === 'number' ? of : x.graph.constant([of.length], Float32Array.from(of));
    return m.add(m.multiply(x, value(this.#scale)), value(this.#offset));
  }
}

/**
 * `x * scale + offset`, in training and prediction.
 *
 * @throws RangeError for lists that do not fit the last axis.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.rescaling({ scale: 1 / 127.5, offset: -1, inputShape: [28, 28, 1] }); // 0 … 255 becomes -1 … 1
 * ```
 */
export function rescaling(options: RescalingOptions): Layer {
  return new Rescaling(options);
}
