/** Axes in another order, and vectors that become sequences. */
import type { Value } from '../../graph/graph.ts';
import { expand, permute as permuted } from '../../graph/operations/arrays/copy.ts';
import { checkInteger, checkKind, showShape } from '../../validate.ts';
import { checkRank } from '../axes.ts';
import { Layer, type LayerOptions, labelOf, type Shape, single } from '../layer.ts';

/** Options of {@link permute}. */
export interface PermuteOptions extends LayerOptions {
  /** Which axis of a sample comes first, second and so on, counted from 1: `[2, 1]` swaps two. */
  readonly dims: readonly number[];
}

class Permute extends Layer {
  readonly #dims: readonly number[];

  constructor(options: PermuteOptions) {
    super('permute', options, ['dims']);
    const { dims } = options;
    checkKind(Array.isArray(dims), 'dims', 'an array of axes from 1 on', dims);
    const sorted = [...dims].sort((a, b) => a - b);
    if (dims.length === 0 || sorted.some((axis, i) => axis !== i + 1))
      throw new RangeError(`dims must name each axis from 1 on once, got ${showShape(dims)}`);
    this.#dims = [...dims];
  }

  protected ownOptions() {
    return { dims: [...this.#dims] };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    if (input.length !== this.#dims.length)
      throw new RangeError(
        `${labelOf(this)}: dims ${showShape(this.#dims)} do not fit samples ${showShape(['..', ...input])}`,
      );
    return this.#dims.map((axis) => input[axis - 1] ?? 1);
  }

  protected compute([x]: readonly [Value]): Value {
    return permuted(
      this.name,
      x,
      this.#dims.map((axis) => axis - 1),
    );
  }
}

/**
 * The axes of a sample in another order.
 *
 * @throws RangeError unless `dims` names each axis of a sample once.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.permute({ dims: [2, 1], inputShape: [10, 64] }); // [64, 10]
 * ```
 */
export function permute(options: PermuteOptions): Layer {
  return new Permute(options);
}

/** Options of {@link repeatVector}. */
export interface RepeatVectorOptions extends LayerOptions {
  /** How often. */
  readonly n: number;
}

class RepeatVector extends Layer {
  readonly #n: number;

  constructor(options: RepeatVectorOptions) {
    super('repeatVector', options, ['n']);
    checkInteger('n', options.n, 1);
    this.#n = options.n;
  }

  protected ownOptions() {
    return { n: this.#n };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    checkRank(this, input, '[features]');
    return [this.#n, ...input];
  }

  protected compute([x]: readonly [Value]): Value {
    const line = x.graph.view(x, [1, x.size]);
    return expand(this.name, line, { shape: [this.#n, x.size], rows: true });
  }
}

/**
 * Repeats a vector: [features] becomes [n, features].
 *
 * @throws RangeError for n below 1, or samples of other than one axis.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.repeatVector({ n: 3, inputShape: [32] }); // [3, 32]
 * ```
 */
export function repeatVector(options: RepeatVectorOptions): Layer {
  return new RepeatVector(options);
}
