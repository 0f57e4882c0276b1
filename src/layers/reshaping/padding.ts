/** Zeros around samples, and samples without their edges. */
import type { Value } from '../../graph/graph.ts';
import { cut, pad } from '../../graph/operations/arrays/pieces.ts';
import { checkInteger, checkKind, showShape } from '../../validate.ts';
import { positionedInput } from '../axes.ts';
import { Layer, type LayerOptions, labelOf, type Shape } from '../layer.ts';

/** How many before, and how many behind. */
type Pair = readonly [number, number];

/** Options of {@link zeroPadding1d}. */
export interface ZeroPadding1dOptions extends LayerOptions {
  /** How many zeros on both sides, or how many before and behind. Default 1. */
  readonly padding?: number | readonly [before: number, behind: number];
}

/** Options of {@link zeroPadding2d}. */
export interface ZeroPadding2dOptions extends LayerOptions {
  /** How many zeros on all sides; or on both sides of height and of width; or `[[top, bottom], [left, right]]`. Default 1. */
  readonly padding?: number | readonly [Sides, Sides];
}

/** Options of {@link cropping1d}. */
export interface Cropping1dOptions extends LayerOptions {
  /** How many steps to leave out on both sides, or how many before and behind. Default 1. */
  readonly cropping?: number | readonly [before: number, behind: number];
}

/** Options of {@link cropping2d}. */
export interface Cropping2dOptions extends LayerOptions {
  /** How many to leave out on all sides; or on both sides of height and of width; or `[[top, bottom], [left, right]]`. Default 0. */
  readonly cropping?: number | readonly [Sides, Sides];
}

/** Both sides of an axis, together or apart. */
export type Sides = number | readonly [before: number, behind: number];

function pairFrom(what: string, value: unknown): Pair {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  checkKind(pair.length === 2, what, 'a number or a pair of them', value);
  for (const one of pair) checkInteger(what, one, 0);
  return [pair[0] as number, pair[1] as number];
}

/** A pair for each axis of the picture. */
function sidesOf(what: string, value: unknown, axes: 1 | 2): readonly Pair[] {
  if (axes === 1) return [pairFrom(what, value)];
  const both: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  checkKind(both.length === 2, what, 'a number, a pair of them or a pair of pairs', value);
  return both.map((one) => pairFrom(what, one));
}

/** Changes the size of the axes before the last. */
abstract class Sided extends Layer {
  protected readonly sides: readonly Pair[];
  readonly #option: string;

  constructor(kind: string, options: LayerOptions, option: string, value: unknown, axes: 1 | 2) {
    super(kind, options, [option]);
    this.sides = sidesOf(`${kind}: ${option}`, value, axes);
    this.#option = option;
  }

  protected ownOptions() {
    const [first, second] = this.sides.map((pair) => [...pair]);
    return { [this.#option]: second === undefined ? first : [first ?? [], second] };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = positionedInput(this, inputs, this.sides.length);
    return input.map((size, axis) => {
      const [before, behind] = this.sides[axis] ?? [0, 0];
      return this.sizeOf(size, before + behind, input);
    });
  }

  protected abstract sizeOf(size: number, sum: number, input: Shape): number;
}

class ZeroPadding extends Sided {
  protected sizeOf(size: number, sum: number): number {
    return size + sum;
  }

  protected compute([x]: readonly [Value]): Value {
    return pad(this.name, x, [...this.sides, [0, 0]], 0);
  }
}

class Cropping extends Sided {
  protected sizeOf(size: number, sum: number, input: Shape): number {
    if (sum < size) return size - sum;
    throw new RangeError(
      `${labelOf(this)}: nothing is left of ${size} without ${sum} in samples ${showShape(['..', ...input])}`,
    );
  }

  protected compute([x]: readonly [Value]): Value {
    const from = x.shape.map((_, axis) => this.sides[axis]?.[0] ?? 0);
    return cut(this.name, x, from, this.shapeOf([x.shape]));
  }
}

/**
 * Adds zeros before and behind a sequence: [steps, channels] becomes [before + steps + behind, channels].
 *
 * @throws RangeError for negative numbers, or samples of other than two axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.zeroPadding1d({ padding: [2, 0], inputShape: [10, 3] }); // [12, 3]
 * ```
 */
export function zeroPadding1d(options: ZeroPadding1dOptions = {}): Layer {
  return new ZeroPadding('zeroPadding1d', options, 'padding', options.padding ?? 1, 1);
}

/**
 * Adds zeros around an image [height, width, channels].
 *
 * @throws RangeError for negative numbers, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.zeroPadding2d({ padding: [[0, 1], [2, 2]], inputShape: [8, 8, 3] }); // [9, 12, 3]
 * ```
 */
export function zeroPadding2d(options: ZeroPadding2dOptions = {}): Layer {
  return new ZeroPadding('zeroPadding2d', options, 'padding', options.padding ?? 1, 2);
}

/**
 * Leaves out the beginning and the end of a sequence [steps, channels].
 *
 * @throws RangeError for negative numbers, samples of other than two axes, or if nothing is left.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.cropping1d({ cropping: [0, 3], inputShape: [10, 3] }); // [7, 3]
 * ```
 */
export function cropping1d(options: Cropping1dOptions = {}): Layer {
  return new Cropping('cropping1d', options, 'cropping', options.cropping ?? 1, 1);
}

/**
 * Leaves out the edges of an image [height, width, channels].
 *
 * @throws RangeError for negative numbers, samples of other than three axes, or if nothing is left.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.cropping2d({ cropping: [2, 4], inputShape: [28, 28, 1] }); // [24, 20, 1]
 * ```
 */
export function cropping2d(options: Cropping2dOptions = {}): Layer {
  return new Cropping('cropping2d', options, 'cropping', options.cropping ?? 0, 2);
}
