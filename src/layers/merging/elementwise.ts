/** Layers that combine several inputs element by element. */
import * as kinds from '../../../assembly/codes.ts';
import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { combine } from '../../graph/operations/arrays/binary.ts';
import type { Layer, LayerOptions, Shape } from '../layer.ts';
import { Merge } from './merge.ts';

type Fold = (label: string, values: readonly Value[]) => Value;

/** Element by element, broadcast; samples of fewer axes get leading axes of 1. */
class Elementwise extends Merge {
  readonly #fold: Fold;

  constructor(kind: string, options: LayerOptions, fold: Fold, exactly = false) {
    super(kind, options, [], exactly ? 2 : 1, exactly);
    this.#fold = fold;
  }

  protected ownOptions(): Record<string, never> {
    return {};
  }

  protected checkShapes(inputs: readonly Shape[]): void {
    const rank = Math.max(...inputs.map(({ length }) => length));
    for (let back = 1; back <= rank; back++) {
      const sizes = new Set(inputs.map((shape) => shape.at(-back) ?? 1).filter((size) => size !== 1));
      if (inputs.some(({ length }) => length >= back) && sizes.size > 1)
        this.refuse(inputs, `${[...sizes].join(' and ')} on axis -${back} do not broadcast`);
    }
  }

  protected join(inputs: readonly Value[]): Value {
    return this.#fold(this.name, inputs);
  }
}

/** Samples of fewer axes get axes of 1 in front. */
function aligned(values: readonly Value[]): readonly Value[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return values.map((x) => {
    const missing = rank - x.shape.length;
    return missing === 0 ? x : x.graph.view(x, [...Array.from({ length: missing }, () => 1), ...x.shape]);
  });
}

/** One operation after the other, from the first input to the last. `kind` is one of assembly/codes.ts. */
const folded =
  (kind: number): Fold =>
  (label, values) =>
    aligned(values).reduce((a, b) => combine(label, kind, a, b));

/**
 * The sum of its inputs, element by element: the end of a residual connection. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers, model } from 'simdescent';
 * const x = input({ shape: [8] });
 * const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(x);
 * const net = model({ inputs: x, outputs: layers.add().apply([x, hidden]) });
 * ```
 */
export const add = (options: LayerOptions = {}): Layer => new Elementwise('add', options, folded(kinds.ADD));

/**
 * The first of two inputs minus the second, element by element. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for other than two inputs, or shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const difference = layers.subtract().apply([a, b]);
 * ```
 */
export const subtract = (options: LayerOptions = {}): Layer =>
  new Elementwise('subtract', options, folded(kinds.SUBTRACT), true);

/**
 * The product of its inputs, element by element, as in a gate. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const x = input({ shape: [8] });
 * const gate = layers.dense({ units: 8, activation: 'sigmoid' }).apply(x);
 * const gated = layers.multiply().apply([x, gate]);
 * ```
 */
export const multiply = (options: LayerOptions = {}): Layer =>
  new Elementwise('multiply', options, folded(kinds.MULTIPLY));

/**
 * The mean of its inputs, element by element. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const x = input({ shape: [4] });
 * const experts = [1, 2, 3].map(() => layers.dense({ units: 2 }).apply(x));
 * const mean = layers.average().apply(experts);
 * ```
 */
export const average = (options: LayerOptions = {}): Layer =>
  new Elementwise('average', options, (label, values) =>
    arithmetic(label).divide(folded(kinds.ADD)(label, values), values.length),
  );

/**
 * The largest of its inputs, element by element. Shapes are broadcast; equal inputs share the gradient in halves.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const largest = layers.maximum().apply([a, b]);
 * ```
 */
export const maximum = (options: LayerOptions = {}): Layer =>
  new Elementwise('maximum', options, folded(kinds.MAXIMUM));

/**
 * The smallest of its inputs, element by element. Shapes are broadcast; equal inputs share the gradient in halves.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const smallest = layers.minimum().apply([a, b]);
 * ```
 */
export const minimum = (options: LayerOptions = {}): Layer =>
  new Elementwise('minimum', options, folded(kinds.MINIMUM));
